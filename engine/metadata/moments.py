"""Moments and lengths of time as people write them: "in 5 min", "next monday 9:00", "2 workd".

Pure: a text becomes a `Moment` or `Length`, and with the present, a zone and working days that
becomes an instant. Hours and shorter are elapsed time; days and longer keep the clock time in the
zone. A day without a time is its midnight. English is the language of configurations; Bulgarian
and Russian words are read too, for what people type into forms.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TypeAlias
from zoneinfo import ZoneInfo

from engine.metadata.expressions.calendar import (
    is_workday,
    local,
    localise,
    shift_instant,
    shift_workdays,
)
from engine.metadata.model.application import Workdays

__all__ = [
    "Length",
    "Moment",
    "add_length",
    "is_workday",
    "next_workdays",
    "parse_length",
    "parse_moment",
    "resolve_moment",
]

LONGEST = 99_999
MOST_READ = 500  # moments that stay read: a configuration names the same ones for every form
_UNITS: Mapping[str, tuple[str, ...]] = {
    "s": ("s sec second seconds", "с сек секунд секунда секунди секунды секунду"),
    "min": ("min minute minutes", "мин минут минута минути минуты минуту"),
    "h": ("h hour hours", "ч час часа часов часове"),
    "d": ("d day days", "д дн ден дни дня день дней"),
    "w": ("w week weeks", "н нед седм седмица седмици неделя неделю недели недель"),
    "mo": ("mo month months", "мес месец месеца месеци месяц месяца месяцев"),
    "workmin": ("workmin", ""),
    "workh": ("workh", ""),
    "workd": ("workd workday workdays", "рд"),
}
_UNIT_OF = {word: unit for unit, texts in _UNITS.items() for text in texts for word in text.split()}
_DAYS_FROM_TODAY = {
    "today": 0,
    "днес": 0,
    "сегодня": 0,
    "tomorrow": 1,
    "утре": 1,
    "завтра": 1,
    "yesterday": -1,
    "вчера": -1,
    "вдругиден": 2,
    "послезавтра": 2,
    "онзиден": -2,
    "позавчера": -2,
}
_WEEKDAYS: tuple[str, ...] = (
    "monday mon понеделник пн понедельник",
    "tuesday tue вторник вт",
    "wednesday wed сряда ср среда среду",
    "thursday thu четвъртък чт четверг",
    "friday fri петък пт пятница пятницу",
    "saturday sat събота сб суббота субботу",
    "sunday sun неделя нд воскресенье вс",
)
_WEEKDAY_OF = {word: day for day, words in enumerate(_WEEKDAYS) for word in words.split()}
_NEXT = (
    "(?:next|following|следващия|следващият|следващата|другия|другата"
    "|следующий|следующая|следующую|следующее)"
)
_AT = r"(?:(?:at|в|във|на|от)\s+)?"
_CLOCK = rf"(?:\s+{_AT}(?P<hour>\d{{1,2}}):(?P<minute>\d{{2}}))?"
_AMOUNT = r"(?P<amount>\d{1,5})\s*(?P<unit>[a-zа-я]+)\.?"

_LENGTH = re.compile(_AMOUNT)
_AHEAD = re.compile(rf"(?:in|след|через)\s+{_AMOUNT}{_CLOCK}")
_AGO_AFTER = re.compile(rf"{_AMOUNT}\s+(?:ago|назад){_CLOCK}")
_AGO_BEFORE = re.compile(rf"преди\s+{_AMOUNT}{_CLOCK}")
_WORD = re.compile(rf"(?P<word>[a-zа-я]+){_CLOCK}")
_WEEKDAY = re.compile(rf"(?:(?:on|в|във|на)\s+)?(?:{_NEXT}\s+)?(?P<word>[a-zа-я]+)\.?{_CLOCK}")
_DATE = re.compile(rf"(?P<date>\d{{4}}-\d{{2}}-\d{{2}}){_CLOCK}")
_TIME = re.compile(rf"{_AT}(?P<hour>\d{{1,2}}):(?P<minute>\d{{2}})")
_ISO = re.compile(r"^(\d{4}-\d{2}-\d{2})t(?=\d)")
_NOW = frozenset({"now", "сега", "сейчас"})
_NEXT_WORKDAY = re.compile(rf"next\s+(?:workday|working\s+day){_CLOCK}")


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time: so many units; negative ones lie in the past."""

    amount: int
    unit: str

    @property
    def is_by_calendar(self) -> bool:
        """Say whether it counts days, so that the clock time stays."""
        return self.unit in {"d", "w", "mo", "workd"}


@dataclass(frozen=True, slots=True)
class DayFromToday:
    """Today, tomorrow, yesterday ..."""

    days: int


@dataclass(frozen=True, slots=True)
class Weekday:
    """The next such day after today, 0 being Monday."""

    day: int


@dataclass(frozen=True, slots=True)
class Day:
    """A date."""

    date: date


Base: TypeAlias = Length | DayFromToday | Weekday | Day


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment as it is said: where it is counted from, and the time of day where one is said."""

    base: Base
    clock: time | None = None


def parse_length(text: str) -> Length:
    """Read a length of time; raise ValueError with a sentence where it is none."""
    found = _LENGTH.fullmatch(_plain(text))
    unit = _UNIT_OF.get(found["unit"]) if found else None
    if found is None or unit is None:
        raise ValueError(f"'{text}' is no length of time such as 5 min, 2 h, 3 d or 2 workd")
    return Length(int(found["amount"]), unit)


@lru_cache(maxsize=MOST_READ)
def parse_moment(text: str) -> Moment:
    """Read a moment; raise ValueError with a sentence where it is none."""
    plain = _plain(text)
    moment = None
    if plain in _NOW:
        moment = Moment(Length(0, "s"))
    for pattern, read in _FORMS:
        found = None if moment else pattern.fullmatch(plain)
        moment = read(found) if found else moment
    if moment is None:
        raise ValueError(
            f"'{text}' is no moment such as in 3 d, tomorrow 10:00, next monday 9:00 "
            "or 2026-03-02 10:00"
        )
    return moment


def _plain(text: str) -> str:
    plain = " ".join(text.lower().replace("ё", "е").replace(",", " ").split())
    return _ISO.sub(r"\1 ", plain)


def _clock(found: re.Match[str]) -> time | None:
    if found["hour"] is None:
        return None
    try:
        return time(int(found["hour"]), int(found["minute"]))
    except ValueError:
        raise ValueError(f"there is no time {found['hour']}:{found['minute']}") from None


def _offset(sign: int, found: re.Match[str]) -> Moment | None:
    unit = _UNIT_OF.get(found["unit"])
    if unit is None:
        return None
    length, clock = Length(sign * int(found["amount"]), unit), _clock(found)
    if clock is not None and not length.is_by_calendar:
        raise ValueError("a time of day goes with days, not with hours or minutes")
    return Moment(length, clock)


def _ahead(found: re.Match[str]) -> Moment | None:
    return _offset(1, found)


def _ago(found: re.Match[str]) -> Moment | None:
    return _offset(-1, found)


def _day_word(found: re.Match[str]) -> Moment | None:
    days = _DAYS_FROM_TODAY.get(found["word"])
    return None if days is None else Moment(DayFromToday(days), _clock(found))


def _weekday(found: re.Match[str]) -> Moment | None:
    day = _WEEKDAY_OF.get(found["word"])
    return None if day is None else Moment(Weekday(day), _clock(found))


def _next_workday(found: re.Match[str]) -> Moment:
    return Moment(Length(1, "workd"), _clock(found))


def _date(found: re.Match[str]) -> Moment:
    try:
        return Moment(Day(date.fromisoformat(found["date"])), _clock(found))
    except ValueError:
        raise ValueError(f"there is no day {found['date']}") from None


def _time(found: re.Match[str]) -> Moment:
    return Moment(DayFromToday(0), _clock(found))


_FORMS = (
    (_DATE, _date),
    (_TIME, _time),
    (_AHEAD, _ahead),
    (_AGO_AFTER, _ago),
    (_AGO_BEFORE, _ago),
    (_NEXT_WORKDAY, _next_workday),
    (_WORD, _day_word),
    (_WEEKDAY, _weekday),
)


def resolve_moment(moment: Moment, now: datetime, zone: ZoneInfo, workdays: Workdays) -> datetime:
    """Return the instant (in UTC) that a moment means, seen from the present in a zone.

    Raises ValueError where it lies outside the calendar, or needs working hours and has none.
    """
    try:
        return _resolve(moment, now, zone, workdays)
    except OverflowError:
        raise ValueError("the moment lies outside the calendar") from None


def _resolve(moment: Moment, now: datetime, zone: ZoneInfo, workdays: Workdays) -> datetime:
    if isinstance(moment.base, Length):
        instant = add_length(now, moment.base, zone, workdays)
        if moment.clock is None:
            return instant
        return localise(datetime.combine(local(instant, zone).date(), moment.clock), zone)
    day = _day_of(moment.base, local(now, zone).date())
    return localise(datetime.combine(day, moment.clock or time()), zone)


def _day_of(base: DayFromToday | Weekday | Day, today: date) -> date:
    match base:
        case Day(day):
            return day
        case DayFromToday(days):
            return today + timedelta(days=days)
        case Weekday(day):
            return today + timedelta(days=(day - today.weekday() - 1) % 7 + 1)


def add_length(instant: datetime, length: Length, zone: ZoneInfo, workdays: Workdays) -> datetime:
    """Return the instant so much later."""
    amount = length.amount
    match length.unit:
        case "s" | "min" | "h":
            seconds = {"s": 1, "min": 60, "h": 3600}[length.unit]
            return (instant + timedelta(seconds=amount * seconds)).astimezone(UTC)
        case "workmin":
            return _add_worktime(instant, timedelta(minutes=amount), zone, workdays)
        case "workh":
            return _add_worktime(instant, timedelta(hours=amount), zone, workdays)
        case unit:
            step = {"d": "day", "w": "day", "mo": "month", "workd": "workday"}[unit]
            count = amount * 7 if unit == "w" else amount
            moved = shift_instant(instant, count, step, zone, workdays)
            if moved is None:
                raise ValueError("the moment lies outside the calendar")
            return moved


def _add_worktime(
    instant: datetime, length: timedelta, zone: ZoneInfo, workdays: Workdays
) -> datetime:
    """Count working time only: from the hours of one working day into those of the next."""
    if not workdays.days or workdays.start >= workdays.end:
        raise ValueError("the company has no working hours")
    if length < timedelta():
        raise ValueError("working time is counted forward")
    at = local(instant, zone)
    while True:
        end = datetime.combine(at.date(), workdays.end)
        if is_workday(at.date(), workdays) and at < end:
            at = max(at, datetime.combine(at.date(), workdays.start))
            if length <= end - at:
                return localise(at + length, zone)
            length -= end - at
        at = datetime.combine(at.date() + timedelta(days=1), workdays.start)


def next_workdays(day: date, count: int, workdays: Workdays) -> tuple[date, ...]:
    """Return the next working days after a day, so many."""
    found = (shift_workdays(day, ahead, workdays) for ahead in range(1, count + 1))
    return tuple(one for one in found if one is not None)
