"""The days that a calendar shows: whole weeks around a month, or one week; weeks begin on Monday.

Pure: the address comes in as texts, days and the addresses of other days leave.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from engine.errors import BadQuery, say
from engine.metadata.expressions.calendar import localise, shift_days, shift_months
from engine.runtime.query.parts import Span
from engine.runtime.query.periods import FIRST_YEAR, LAST_YEAR

MONTH, WEEK = "month", "week"
SHOWS = (MONTH, WEEK)
DAY = timedelta(days=1)
DAYS_IN_WEEK = 7


@dataclass(frozen=True, slots=True)
class Days:
    """The days on show; `on` is the one that the address names."""

    show: str
    on: date

    @property
    def all(self) -> tuple[date, ...]:
        """Return every day, Monday first."""
        first, last = monday(self.first), monday(self.last) + 6 * DAY
        return tuple(first + number * DAY for number in range((last - first).days + 1))

    @property
    def first(self) -> date:
        """Return the first day of the month or week."""
        return self.on.replace(day=1) if self.show == MONTH else monday(self.on)

    @property
    def last(self) -> date:
        """Return the last day of the month or week."""
        if self.show == WEEK:
            return monday(self.on) + 6 * DAY
        return (self.first + 31 * DAY).replace(day=1) - DAY

    def contains(self, day: date) -> bool:
        """Say whether a day belongs to the month or week."""
        return self.first <= day <= self.last

    def beside(self, steps: int) -> date | None:
        """Return a day of the month or week so many steps away, None at the end of time."""
        if self.show == MONTH:
            day = shift_months(self.first, steps)
        else:
            day = shift_days(self.first, steps * DAYS_IN_WEEK)
        return day if day is not None and is_near(day) else None


def read_days(show: str, on: str, today: date) -> Days:
    """Read which days an address asks for; without a word, the month of today."""
    if show not in ("", *SHOWS):
        raise BadQuery("show", say("Show month or week."))
    return Days(show or MONTH, read_day(on, "on") if on else today)


def read_day(text: str, parameter: str) -> date:
    """Read a day of an address: 2026-03-09."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if len(text) != len("2026-03-09") or not is_near(day):
        raise BadQuery(parameter, say("Write a day such as 2026-03-09."))
    return day


def is_near(day: date) -> bool:
    """Say whether a day lies within the years that lists can ask for."""
    return FIRST_YEAR < day.year < LAST_YEAR


def monday(day: date) -> date:
    """Return the first day of a day's week."""
    return day - day.weekday() * DAY


def spans_of_dates(days: tuple[date, ...]) -> tuple[Span, ...]:
    """Return the days as spans of dates."""
    return tuple(Span(one, one + DAY) for one in days)


def spans_of_moments(days: tuple[date, ...], zone: ZoneInfo) -> tuple[Span, ...]:
    """Return the days as spans of moments, from midnight to midnight in a zone."""
    ends = [midnight(one, zone) for one in (*days, days[-1] + DAY)]
    return tuple(Span(start, end) for start, end in pairwise(ends))


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the moment at which a day begins in a zone."""
    return localise(datetime.combine(day, time.min), zone).astimezone(UTC)
