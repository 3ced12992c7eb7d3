"""Counting with dates and instants by the calendar of the company's zone and working days.

Days and longer keep the clock time and clamp at the end of a month; a clock time that the spring
change skips is read with the offset before it, one that the autumn change repeats is the second
one (as PostgreSQL does). What leaves the years 1 to 9999 is empty.
"""

from __future__ import annotations

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from engine.metadata.model.application import Workdays

MICROSECOND = timedelta(microseconds=1)
DURATION_LIMIT = 10**18  # microseconds: 31,688 years
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_MONDAY = date(1, 1, 1).toordinal()  # the first day of the calendar is a Monday
_LAST = date.max.toordinal()


def localise(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant (in UTC) at which clocks of a zone show the naive moment."""
    first = moment.replace(tzinfo=zone, fold=0)
    second = moment.replace(tzinfo=zone, fold=1)
    shown = min(first, second, key=lambda one: one.utcoffset() or timedelta())
    return (moment - (shown.utcoffset() or timedelta())).replace(tzinfo=UTC)


def local(instant: datetime, zone: ZoneInfo) -> datetime:
    """Return what clocks of a zone show at an instant, naive."""
    return instant.astimezone(zone).replace(tzinfo=None)


def today(now: datetime, zone: ZoneInfo) -> date:
    """Return the day in a zone."""
    return now.astimezone(zone).date()


def shift_days(day: date, amount: int) -> date | None:
    """Move a date by days."""
    ordinal = day.toordinal() + amount
    return date.fromordinal(ordinal) if _MONDAY <= ordinal <= _LAST else None


def shift_months(day: date, amount: int) -> date | None:
    """Move a date by months; the end of a shorter month is its last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + amount, 12)
    if not 1 <= year <= date.max.year:
        return None
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def shift_date(day: date, amount: int, step: str, workdays: Workdays) -> date | None:
    """Move a date by days, months or working days."""
    if step == "day":
        return shift_days(day, amount)
    if step == "month":
        return shift_months(day, amount)
    return shift_workdays(day, amount, workdays)


def shift_instant(
    instant: datetime, amount: int, step: str, zone: ZoneInfo, workdays: Workdays
) -> datetime | None:
    """Move an instant by days, months or working days, keeping its clock time in the zone."""
    return at_local(instant, zone, lambda day: shift_date(day, amount, step, workdays))


def at_local(
    instant: datetime, zone: ZoneInfo, move: Callable[[date], date | None]
) -> datetime | None:
    """Move the day of an instant, keeping its clock time in the zone."""
    try:
        shown = local(instant, zone)
        moved = move(shown.date())
        return None if moved is None else localise(datetime.combine(moved, shown.time()), zone)
    except OverflowError:  # the edge of the calendar lies within a zone's offset
        return None


def later(instant: datetime, length: timedelta) -> datetime | None:
    """Return the instant so much later."""
    try:
        return instant + length
    except OverflowError:
        return None


def length_of(microseconds: int) -> timedelta | None:
    """Return a length of time, or nothing where it is longer than the calendar."""
    if abs(microseconds) >= DURATION_LIMIT:
        return None
    return timedelta(microseconds=microseconds)


def microseconds_of(length: timedelta) -> int:
    """Return a length of time as whole microseconds."""
    return length // MICROSECOND


def edge_of_date(day: date, unit: str, *, end: bool) -> date | None:
    """Return the first or last day of the unit in which a date lies."""
    first = _first_day(day, unit)
    if not end:
        return first
    if unit in _MONTHS:
        after = shift_months(first, _MONTHS[unit])
        return date.max if after is None else after - timedelta(days=1)
    return shift_days(first, 6 if unit == "week" else 0)


def edge_of_instant(instant: datetime, unit: str, zone: ZoneInfo, *, end: bool) -> datetime | None:
    """Return the first or last moment of the unit in which an instant lies, by local clocks."""
    try:
        shown = local(instant, zone)
        if not end:
            return localise(_first_moment(shown, unit), zone)
        after = _first_moment_after(shown, unit)
        return None if after is None else localise(after, zone) - MICROSECOND
    except OverflowError:
        return None


def _first_moment(shown: datetime, unit: str) -> datetime:
    if unit == "hour":
        return shown.replace(minute=0, second=0, microsecond=0)
    return datetime.combine(_first_day(shown.date(), unit), time())


def _first_moment_after(shown: datetime, unit: str) -> datetime | None:
    if unit == "hour":
        return _first_moment(shown, unit) + timedelta(hours=1)
    day = _first_day_after(shown.date(), unit)
    return None if day is None else datetime.combine(day, time())


def _first_day(day: date, unit: str) -> date:
    match unit:
        case "day":
            return day
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "quarter":
            return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
        case "year":
            return date(day.year, 1, 1)
        case _:
            raise ValueError(f"'{unit}' is no unit of the calendar")


def _first_day_after(day: date, unit: str) -> date | None:
    first = _first_day(day, unit)
    if unit in _MONTHS:
        return shift_months(first, _MONTHS[unit])
    return shift_days(first, 7 if unit == "week" else 1)


def age(born: date, day: date) -> int | None:
    """Return the full years from one date to another; nothing before the first."""
    if born > day:
        return None
    years = day.year - born.year
    birthday = shift_months(born, years * 12)
    return years if birthday is not None and birthday <= day else years - 1


def next_anniversary(first: date, day: date) -> date | None:
    """Return the next day, `day` included, with the month and day of the first."""
    years = day.year - first.year
    this_year = shift_months(first, years * 12)
    if this_year is not None and this_year >= day:
        return this_year
    return shift_months(first, (years + 1) * 12)


class WorkCalendar(NamedTuple):
    """Working days as numbers, so that counting them needs no steps.

    `weekdays` are the days of work in a week, `before[d]` how many of them come before day `d` of
    it; `holidays` are free days that would be worked on, `skipped[i]` the number that the i-th of
    them would have among the days that are worked on.
    """

    weekdays: tuple[int, ...]
    before: tuple[int, ...]
    holidays: tuple[int, ...]
    skipped: tuple[int, ...]


@lru_cache(maxsize=64)
def work_calendar(days: tuple[int, ...], holidays: frozenset[date]) -> WorkCalendar:
    """Prepare the counting of working days."""
    weekdays = tuple(sorted(set(days)))
    before = tuple(sum(1 for one in weekdays if one < day) for day in range(7))
    free = tuple(sorted(one.toordinal() for one in holidays if one.weekday() in weekdays))
    skipped = tuple(
        _weekdays_before(one, weekdays, before) - index for index, one in enumerate(free)
    )
    return WorkCalendar(weekdays, before, free, skipped)


def calendar_of(workdays: Workdays) -> WorkCalendar:
    """Return the prepared calendar of a company."""
    return work_calendar(workdays.days, workdays.holidays)


def _weekdays_before(ordinal: int, weekdays: tuple[int, ...], before: tuple[int, ...]) -> int:
    weeks, day = divmod(ordinal - _MONDAY, 7)
    return weeks * len(weekdays) + before[day]


def shift_workdays(day: date, amount: int, workdays: Workdays) -> date | None:
    """Return the n-th working day after a date (before it, where negative); 0 is the date."""
    if amount == 0:
        return day
    calendar = calendar_of(workdays)
    if not calendar.weekdays:
        return None
    start = day.toordinal() + (1 if amount > 0 else 0)
    worked = _weekdays_before(start, calendar.weekdays, calendar.before)
    worked -= bisect_right(calendar.holidays, start - 1)
    wanted = worked + amount - (1 if amount > 0 else 0)
    wanted += bisect_right(calendar.skipped, wanted)
    weeks, rest = divmod(wanted, len(calendar.weekdays))
    return shift_days(date(1, 1, 1), weeks * 7 + calendar.weekdays[rest])


def is_workday(day: date, workdays: Workdays) -> bool:
    """Say whether the company works on a day."""
    return day.weekday() in workdays.days and day not in workdays.holidays
