"""One-press days and hours beside a date: today, tomorrow, the next working days, working hours.

Pure: the page's "now", the viewer's zone, the company's working time and a language come in;
buttons with the text that a press writes leave.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.errors import Message, say, say_many
from engine.metadata.model.application import Workdays
from engine.metadata.moments import (
    Day,
    DayFromToday,
    Length,
    Weekday,
    next_workdays,
    parse_moment,
    resolve_moment,
)
from engine.runtime.spoken import Place
from engine.runtime.writing import written_day, written_parts

DAYS = {0: say("Today"), 1: say("Tomorrow"), -1: say("Yesterday")}
LENGTHS: Mapping[str, Callable[[int], Message]] = {
    "min": lambda number: say_many("In a minute", "In {number} minutes", number),
    "h": lambda number: say_many("In an hour", "In {number} hours", number),
    "d": lambda number: say_many("In a day", "In {number} days", number),
    "w": lambda number: say_many("In a week", "In {number} weeks", number),
    "mo": lambda number: say_many("In a month", "In {number} months", number),
    "workd": lambda number: say_many("In a working day", "In {number} working days", number),
}
WORKING_DAYS_SHOWN = 4
HOURS_SHOWN = 9


@dataclass(frozen=True, slots=True)
class Press:
    """A button: what it writes, its word, a small word below, and whether it is chosen.

    `is_poor` is an hour outside of working time where the other person is: it can still be chosen.
    """

    value: str
    label: str
    note: str = ""
    chosen: bool = False
    is_poor: bool = False


@dataclass(frozen=True, slots=True)
class Now:
    """The present as a form needs it; `there` is the zone of whom it is about, where it differs."""

    at: datetime
    zone: ZoneInfo
    workdays: Workdays
    language: str
    there: ZoneInfo | None = None

    @property
    def today(self) -> date:
        """Return the viewer's day."""
        return self.at.astimezone(self.zone).date()


def quick_days(
    now: Now,
    chosen: date | None,
    say_it: Callable[[Message], str],
    low: date = date.min,
    high: date = date.max,
) -> tuple[Press, ...]:
    """Return the buttons of the days between two bounds; what must be past also gets yesterday."""
    first = now.today
    named = {
        first: DAYS[0],
        first + timedelta(days=1): DAYS[1],
        first + timedelta(days=7): LENGTHS["w"](1),
        first + timedelta(days=14): LENGTHS["w"](2),
    }
    if high <= first:
        named[first - timedelta(days=1)] = DAYS[-1]
    working = next_workdays(first + timedelta(days=1), WORKING_DAYS_SHOWN, now.workdays)
    words = {day: say_it(word) for day, word in named.items()}
    return tuple(
        _day(day, words.get(day, ""), now.language, chosen=day == chosen)
        for day in sorted({*named, *working})
        if low <= day <= high
    )


def bound(now: Now, text: str | None, otherwise: date) -> date:
    """Return the day of a bound as the configuration writes it: a date, or today."""
    if text is None:
        return otherwise
    try:
        at = resolve_moment(parse_moment(text), now.at, now.zone, now.workdays)
    except ValueError:
        return otherwise
    return at.astimezone(now.zone).date()


def bound_words(now: Now, text: str, say_it: Callable[[Message], str]) -> str:
    """Say the day of a bound: today, 2 March 2026."""
    try:
        word = _word(parse_moment(text).base)
    except ValueError:
        return text
    if word is not None:
        return say_it(word).lower()
    return written_day(bound(now, text, date.max), "long", now.language)


def quick_moments(
    now: Now, texts: Sequence[str], chosen: str, say_it: Callable[[Message], str], *, timed: bool
) -> tuple[Press, ...]:
    """Return the moments that the configuration offers, as they are when the form is drawn."""
    return tuple(_moment(now, text, chosen, say_it, timed=timed) for text in texts)


def _moment(
    now: Now, text: str, chosen: str, say_it: Callable[[Message], str], *, timed: bool
) -> Press:
    moment = parse_moment(text)
    local = resolve_moment(moment, now.at, now.zone, now.workdays).astimezone(now.zone)
    value = f"{local:%Y-%m-%d %H:%M}" if timed else f"{local:%Y-%m-%d}"
    note = written_parts(local.date(), "MMMEd", now.language)
    word = _word(moment.base)
    label = say_it(word) if word else text
    if word and timed and moment.clock:
        label = f"{label} {moment.clock.hour}:{moment.clock.minute:02}"
    return Press(value, label, note, chosen=value == chosen)


def _word(base: Length | DayFromToday | Weekday | Day) -> Message | None:
    """Say a day or a length of time; None for what is said as it is written."""
    match base:
        case DayFromToday(days) if days in DAYS:
            return DAYS[days]
        case Length(amount, unit) if unit in LENGTHS and amount > 0:
            return LENGTHS[unit](amount)
        case _:
            return None


def quick_hours(now: Now, chosen: time | None, day: date | None = None) -> tuple[Press, ...]:
    """Return the hour buttons of a working day, at most nine."""
    start, end = now.workdays.start.hour, now.workdays.end.hour
    hours = range(start, max(end, start + 1))
    step = -(-len(hours) // HOURS_SHOWN)
    return tuple(_hour(now, time(hour), chosen, day or now.today) for hour in hours[::step])


def _hour(now: Now, hour: time, chosen: time | None, day: date) -> Press:
    shown = f"{hour.hour}:{hour.minute:02}"
    poor = not is_good_there(now, datetime.combine(day, hour, now.zone))
    return Press(f"{hour:%H:%M}", shown, chosen=chosen == hour, is_poor=poor)


def is_good_there(now: Now, at: datetime) -> bool:
    """Say whether an hour is one to call at where the other person is."""
    if now.there is None:
        return True
    return now.workdays.start <= at.astimezone(now.there).time() < now.workdays.end


def hour_there(now: Now, at: datetime) -> Message | None:
    """Say which hour it will be where the other person is, None where it is the same as here."""
    if now.there is None:
        return None
    clock = at.astimezone(now.there)
    shown, place = f"{clock.hour}:{clock.minute:02}", Place(now.there.key)
    if is_good_there(now, at):
        return say("{time} in {place}, a good hour", time=shown, place=place)
    return say("{time} in {place}, a poor hour", time=shown, place=place)


def _day(day: date, word: str, language: str, *, chosen: bool) -> Press:
    name = written_day(day, "EEE", language)
    month_day = written_parts(day, "MMMd", language)
    note = f"{name} {day.day}" if word else month_day
    return Press(day.isoformat(), word or name, note, chosen)
