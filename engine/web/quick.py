"""One-press days and hours beside a date: today, tomorrow, the next working days, working hours.

Pure: the page's "now", the viewer's zone, the company's working time and a language come in;
buttons with the text that a press writes leave.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton

from engine.metadata.model.application import Workdays
from engine.metadata.moments import next_workdays
from engine.runtime.speech import locale_of

WORKING_DAYS_SHOWN = 4
HOURS_SHOWN = 9


@dataclass(frozen=True, slots=True)
class Press:
    """A button: what it writes, its word, a small word below, and whether it is chosen."""

    value: str
    label: str
    note: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Now:
    """The present as a form needs it."""

    at: datetime
    zone: ZoneInfo
    workdays: Workdays
    language: str

    @property
    def today(self) -> date:
        """Return the viewer's day."""
        return self.at.astimezone(self.zone).date()


def quick_days(
    now: Now, chosen: date | None, words: tuple[str, str, str, str]
) -> tuple[Press, ...]:
    """Return the day buttons; `words` are Today, Tomorrow, In a week and In two weeks."""
    today, tomorrow, week, fortnight = words
    first = now.today
    named = {
        first: today,
        first + timedelta(days=1): tomorrow,
        first + timedelta(days=7): week,
        first + timedelta(days=14): fortnight,
    }
    days = sorted(
        {*named, *next_workdays(first + timedelta(days=1), WORKING_DAYS_SHOWN, now.workdays)}
    )
    return tuple(_day(day, named.get(day, ""), day == chosen, now.language) for day in days)


def quick_hours(now: Now, chosen: time | None) -> tuple[Press, ...]:
    """Return the hour buttons of a working day, at most nine."""
    start, end = now.workdays.start.hour, now.workdays.end.hour
    hours = range(start, max(end, start + 1))
    step = -(-len(hours) // HOURS_SHOWN)
    return tuple(
        Press(f"{hour:02}:00", f"{hour}:00", chosen=chosen == time(hour)) for hour in hours[::step]
    )


def _day(day: date, word: str, chosen: bool, language: str) -> Press:  # noqa: FBT001
    name = format_date(day, "EEE", locale=locale_of(language))
    month_day = format_skeleton("MMMd", day, locale=locale_of(language))
    note = f"{name} {day.day}" if word else month_day
    return Press(day.isoformat(), word or name, note, chosen)
