"""Texts: trimmed, one way of ending lines, nothing that a screen or a database can't show."""

from __future__ import annotations

import unicodedata

from engine.errors import say
from engine.metadata.model.text import Value
from engine.runtime.records.reading.base import Reading, Unreadable, one_text

LINE_ENDS = "\n\t"
HARD_LIMIT = 1_000_000  # longer texts are refused before anything looks at them


def read_text(value: object, _: Reading) -> Value:
    """Read one line of text."""
    text = clean(one_text(value))
    if any(mark in text for mark in LINE_ENDS):
        raise Unreadable(say("Write this on one line, without tabs."))
    return text or None


def read_long_text(value: object, _: Reading) -> Value:
    """Read several lines of text."""
    return clean(one_text(value)) or None


def clean(text: str) -> str:
    """Return the text trimmed and with plain line ends, or refuse what can't be kept."""
    if len(text) > HARD_LIMIT:
        raise Unreadable(say("This text is too long."))
    plain = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    if not plain.isprintable() and any(is_forbidden(character) for character in plain):
        raise Unreadable(say("The text holds characters that can't be kept: type it anew."))
    return plain.strip()


def is_forbidden(character: str) -> bool:
    """Say whether a character has no place in a text: a control character, half a pair."""
    return character not in LINE_ENDS and unicodedata.category(character) in {"Cc", "Cs"}
