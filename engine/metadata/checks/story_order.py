"""The order in which the lines of a story are played, as far as it is the same on every day.

The words of `at` are counted from the present, which a check does not know: it asks how the lines
would follow each other on a few days that differ in what matters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from engine.metadata.checks.subject import Subject
from engine.metadata.expressions.calendar import localise
from engine.metadata.model.application import Application, Workdays
from engine.metadata.moments import parse_moment, resolve_moment

# Early and late in the day and in the month, working days and not, before and after any date.
DAYS = (
    "1950-03-01 00:01",
    "1950-12-31 23:59",
    "2090-05-29 12:30",
    "2090-07-01 03:00",
    "2090-10-03 18:00",
)
MOST_KNOWN = 8192  # a story of a year asks three times for each of its lines, at every load


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
        return Order.BEFORE if True in found else Order.AFTER


def orders(subject: Subject) -> Orders:
    """Return when the lines of the story would be played."""
    known = cache(lambda text: _moments(text, subject.application))
    return Orders([known(one.at.text) for one in subject.tale.lines])


def _moments(text: str, application: Application) -> tuple[datetime, ...]:
    try:
        found = moments_of(text, application)
    except ValueError:
        return ()
    return () if is_to_come(found, application) else found


def moments_of(text: str, application: Application) -> tuple[datetime, ...]:
    """Return what a moment is on each day; raise ValueError with a sentence where it is none."""
    return _resolved(text, ZoneInfo(application.timezone), application.workdays)


@lru_cache(maxsize=MOST_KNOWN)
def _resolved(text: str, zone: ZoneInfo, workdays: Workdays) -> tuple[datetime, ...]:
    moment = parse_moment(text)
    return tuple(resolve_moment(moment, one, zone, workdays) for one in _presents(zone))


def is_to_come(moments: Sequence[datetime], application: Application) -> bool:
    """Say whether something lies ahead on every day."""
    presents = _presents(ZoneInfo(application.timezone))
    return all(at > now for at, now in zip(moments, presents, strict=True))


@cache
def _presents(zone: ZoneInfo) -> tuple[datetime, ...]:
    return tuple(localise(datetime.fromisoformat(one), zone) for one in DAYS)
