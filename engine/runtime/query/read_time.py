"""Days and instants of a filter: words, days, times of the actor's zone -> spans of time."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from engine.errors import say
from engine.metadata.moments import parse_moment, resolve_moment
from engine.runtime.query.asking import Asked, Asking, Unclear
from engine.runtime.query.parts import Part, Span
from engine.runtime.query.periods import Days, one_day, read_days

LONGEST = 60
MINUTE = timedelta(minutes=1)

_CLOCK = re.compile(r"\d:\d\d", re.ASCII)


def read_date(text: str, _: Asked, asking: Asking) -> Part:
    """Read what days are compared with: a span of days."""
    return Span(*(_days(text, asking) or _day(_moment(text, asking), asking)))


def read_instant(text: str, _: Asked, asking: Asking) -> Part:
    """Read what instants are compared with: all of a span of days, or a minute."""
    days = _days(text, asking)
    if days is not None:
        return _from_midnight(days, asking)
    moment = _moment(text, asking)
    if _CLOCK.search(text) or moment.astimezone(asking.zone).time() != time():
        return Span(moment, moment + MINUTE)
    return _from_midnight(_day(moment, asking), asking)


def _days(text: str, asking: Asking) -> Days | None:
    try:
        return read_days(text, asking.today)
    except (ValueError, OverflowError):
        raise _no_time(text) from None


def _day(moment: datetime, asking: Asking) -> Days:
    return one_day(moment.astimezone(asking.zone).date())


def _from_midnight(days: Days, asking: Asking) -> Span:
    start, end = (_midnight(day, asking) for day in days)
    return Span(start, end)


def _midnight(day: date, asking: Asking) -> datetime:
    return datetime.combine(day, time(), asking.zone).astimezone(UTC)


def _moment(text: str, asking: Asking) -> datetime:
    try:
        moment = parse_moment(text[:LONGEST])
        found = resolve_moment(moment, asking.now, asking.zone, asking.workdays)
        one_day(found.date())
    except (ValueError, OverflowError):
        raise _no_time(text) from None
    return found.astimezone(UTC)


def _no_time(text: str) -> Unclear:
    return Unclear(say("'{value}' is no day or time, such as 2026-03-02 or today.", value=text))
