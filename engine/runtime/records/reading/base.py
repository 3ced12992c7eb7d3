"""What readers have in common: the person's clock and language, and the refusal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

from engine.errors import Message, say
from engine.metadata.model.application import Workdays
from engine.metadata.model.text import Value


@dataclass(frozen=True, slots=True)
class Reading:
    """The circumstances of one reading: when, in whose zone, with which working time."""

    now: datetime
    zone: ZoneInfo
    workdays: Workdays


Reader: TypeAlias = Callable[[object, Reading], Value]

# For values that do not depend on a clock: numbers, options, texts of the configuration.
NOWHERE = Reading(datetime(2000, 1, 1, tzinfo=UTC), ZoneInfo("UTC"), Workdays())


class Unreadable(Exception):
    """The value is not one of the field's type."""

    def __init__(self, message: Message) -> None:
        """Keep the sentence for the person."""
        self.message = message
        super().__init__(str(message))


def one_text(value: object) -> str:
    """Return a single text; several values, a mapping or a number in its place are refused."""
    if isinstance(value, str):
        return value
    raise Unreadable(say("Give one text here."))


def is_empty(value: object) -> bool:
    """Say whether a value counts as nothing: nothing at all, blanks, an empty list."""
    if value is None:
        return True
    if isinstance(value, str):
        return not value.strip()
    return isinstance(value, (list, tuple, set, frozenset)) and not value
