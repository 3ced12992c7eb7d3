"""The order in which the lines of a story are played, as far as it is the same on every day.

The words of `at` are counted from the present, which a check does not know: it asks how the lines
would follow each other on a few days that differ in what matters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from zoneinfo import ZoneInfo

from engine.metadata.checks.subject import Subject
from engine.metadata.model.application import Application
from engine.metadata.moments import parse_moment, resolve_moment

# Early and late in the day and in the month, working days and not, before and after any date.
PRESENTS = (
    datetime(1950, 3, 1, 0, 10, tzinfo=UTC),
    datetime(1950, 12, 31, 23, 50, tzinfo=UTC),
    datetime(2090, 5, 29, 12, 30, tzinfo=UTC),
    datetime(2090, 7, 1, 3, 0, tzinfo=UTC),
    datetime(2090, 10, 3, 18, 0, tzinfo=UTC),
)


class Order(Enum):
    """How one line stands to another."""

    BEFORE = "before"
    AFTER = "after"
    DEPENDS = "depends on the day"


@dataclass(frozen=True, slots=True)
class Orders:
    """When each line would be played; nothing where its `at` has a problem of its own."""

    moments: Sequence[tuple[datetime, ...]]

    def of(self, one: int, other: int) -> Order:
        """Say whether a line is played before or after another."""
        pairs = zip(self.moments[one], self.moments[other], strict=False)
        found = {(mine, one) < (theirs, other) for mine, theirs in pairs}
        if len(found) > 1:
            return Order.DEPENDS
        is_before = next(iter(found), one < other)
        return Order.BEFORE if is_before else Order.AFTER


def orders(subject: Subject) -> Orders:
    """Return when the lines of the story would be played."""
    known = cache(lambda text: _moments(text, subject.application))
    return Orders([known(one.at.text) for one in subject.tale.lines])


def _moments(text: str, application: Application) -> tuple[datetime, ...]:
    zone, workdays = ZoneInfo(application.timezone), application.workdays
    try:
        moment = parse_moment(text)
        found = tuple(resolve_moment(moment, one, zone, workdays) for one in PRESENTS)
    except ValueError:
        return ()
    return () if is_to_come(found) else found


def is_to_come(moments: Sequence[datetime]) -> bool:
    """Say whether something lies ahead on every day."""
    return all(at > now for at, now in zip(moments, PRESENTS, strict=True))
