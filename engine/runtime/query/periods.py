"""Days in words -> spans of days: `today`, `this_week`, `last_30_days`, `2026-03-02`, `02.03.2026`.

A span begins on its first day and ends before the day after its last. Weeks begin on Monday.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import TypeAlias

from engine.errors import Message, say, say_many

Days: TypeAlias = tuple[date, date]

FIRST_YEAR, LAST_YEAR = 1000, 8999
LONGEST = 3660

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_LOCAL = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
_LAST = re.compile(r"last_(\d{1,4})_days", re.ASCII)
_NEXT = re.compile(r"in_(\d{1,4})_days", re.ASCII)


def read_days(text: str, today: date) -> Days | None:
    """Read a span of days; None where the text names none. A day that isn't: ValueError."""
    if text in _WORDS:
        return _WORDS[text](today)
    if found := _LAST.fullmatch(text):
        return today - _days(found[1]), today + _days("1")
    if found := _NEXT.fullmatch(text):
        return today, today + _days(found[1]) + _days("1")
    if found := _ISO.fullmatch(text):
        return one_day(date(int(found[1]), int(found[2]), int(found[3])))
    if found := _LOCAL.fullmatch(text):
        return one_day(date(int(found[3]), int(found[2]), int(found[1])))
    return None


def words_for_days(text: str) -> Message | None:
    """Say a word of the address to a person; None for what is no word."""
    if text in _SAID:
        return _SAID[text]
    if found := _LAST.fullmatch(text):
        return say_many("the last day", "the last {number} days", int(found[1]))
    if found := _NEXT.fullmatch(text):
        return say_many("the next day", "the next {number} days", int(found[1]))
    return None


def one_day(day: date) -> Days:
    """Return the span of one day."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"{day} is too far away")
    return day, day + timedelta(days=1)


def _days(count: str) -> timedelta:
    return timedelta(days=min(int(count), LONGEST))


def _day(offset: int) -> Callable[[date], Days]:
    return lambda today: one_day(today + timedelta(days=offset))


def _week(offset: int) -> Callable[[date], Days]:
    def span(today: date) -> Days:
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=offset)
        return monday, monday + timedelta(weeks=1)

    return span


def _month(offset: int) -> Callable[[date], Days]:
    return lambda today: (_first_of_month(today, offset), _first_of_month(today, offset + 1))


def _first_of_month(today: date, offset: int) -> date:
    months = today.year * 12 + today.month - 1 + offset
    return date(months // 12, months % 12 + 1, 1)


def _this_year(today: date) -> Days:
    return date(today.year, 1, 1), date(today.year + 1, 1, 1)


_WORDS: Mapping[str, Callable[[date], Days]] = MappingProxyType(
    {
        "yesterday": _day(-1),
        "today": _day(0),
        "tomorrow": _day(1),
        "last_week": _week(-1),
        "this_week": _week(0),
        "next_week": _week(1),
        "last_month": _month(-1),
        "this_month": _month(0),
        "next_month": _month(1),
        "this_year": _this_year,
    }
)
_SAID: Mapping[str, Message] = MappingProxyType(
    {
        "yesterday": say("yesterday"),
        "today": say("today"),
        "tomorrow": say("tomorrow"),
        "last_week": say("last week"),
        "this_week": say("this week"),
        "next_week": say("next week"),
        "last_month": say("last month"),
        "this_month": say("this month"),
        "next_month": say("next month"),
        "this_year": say("this year"),
    }
)
