"""What a part of an expression may mean beside a value, and who says so.

`days(3)` is no value: it has no length of its own until a date or moment is moved by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeAlias
from zoneinfo import ZoneInfo

from engine.metadata.expressions.meet import Checked
from engine.metadata.expressions.names import Scope
from engine.metadata.expressions.nodes import Elapsed, Node, Step
from engine.metadata.expressions.syntax import Syntax

DAY = 86_400_000_000  # microseconds


@dataclass(frozen=True, slots=True)
class CalendarLength:
    """Days, months or working days: no value by itself, but something to move a date by."""

    amount: Node
    factor: int
    step: Step
    words: str

    def elapsed(self) -> Node | None:
        """Return it as a length of time, where a day counts as 24 hours."""
        return Elapsed(self.amount, self.factor * DAY) if self.step == "day" else None


Meaning: TypeAlias = Node | CalendarLength


class Checking(Protocol):
    """The checker, as the parts of it see the whole."""

    scope: Scope
    zone: ZoneInfo

    def meaning(self, written: Syntax) -> Meaning:
        """Return the meaning of a part, which may be a length by the calendar."""
        ...

    def checked(self, written: Syntax) -> Checked:
        """Return a part that gives a value, together with its meaning."""
        ...

    def values(self, written: tuple[Syntax, ...]) -> tuple[Checked, ...]:
        """Return several values, with the problems of all of them noted."""
        ...
