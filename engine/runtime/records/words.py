"""The language room, as this one needs it; `engine.app` joins the translator to it."""

from __future__ import annotations

from typing import Protocol

from engine.errors import Message
from engine.metadata.expressions.templates import Show


class Words(Protocol):
    """Says sentences and prints values in a language; an empty language is the company's."""

    def text(self, message: Message, language: str) -> str:
        """Return a sentence in a language."""
        ...

    def shower(self, language: str) -> Show:
        """Return the function that prints values of expressions in a language."""
        ...
