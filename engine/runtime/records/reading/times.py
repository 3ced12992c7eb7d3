"""Days and instants: ISO, local ways of writing, and words such as "tomorrow 10:00"."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from engine.errors import Message, say
from engine.metadata.model.text import Value
from engine.metadata.moments import parse_moment, resolve_moment
from engine.runtime.records.reading.base import Reading, Unreadable, one_text

LONGEST = 60
FIRST, LAST = datetime(1000, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)

DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
LOCAL_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:\s?(?:г|г\.))?", re.ASCII)
CLOCK = r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?"
INSTANT = re.compile(rf"(\d{{4}}-\d{{2}}-\d{{2}})[T ]{CLOCK}\s?(Z|[+-]\d{{2}}:?\d{{2}})?", re.ASCII)
LOCAL_INSTANT = re.compile(rf"(\d{{1,2}}\.\d{{1,2}}\.\d{{4}})(?:\s?г\.?)?,?\s+{CLOCK}()", re.ASCII)


def read_date(value: object, reading: Reading) -> Value:
    """Read a day; words such as "tomorrow" are days of the person's zone."""
    if isinstance(value, datetime):
        raise Unreadable(say("Give a day without a time here."))
    if isinstance(value, date):
        return value
    text = _short(value)
    if _looks_like(text, DAY, LOCAL_DAY):
        return _day(text)
    if INSTANT.fullmatch(text) or LOCAL_INSTANT.fullmatch(text):
        raise Unreadable(say("Give a day without a time here."))
    return _moment(text, reading).astimezone(reading.zone).date()


def read_instant(value: object, reading: Reading) -> Value:
    """Read an instant; a time without an offset is one of the person's zone."""
    if isinstance(value, datetime):
        return _bounded(value if value.tzinfo else _in_zone(value, reading))
    if isinstance(value, date):
        raise Unreadable(say("Give a day and a time here."))
    text = _short(value)
    found = INSTANT.fullmatch(text) or LOCAL_INSTANT.fullmatch(text)
    if found:
        return _bounded(_written(found, reading))
    if _looks_like(text, DAY, LOCAL_DAY):
        raise Unreadable(
            say("Give a day and a time here, such as {example}.", example=f"{text} 10:00")
        )
    return _bounded(_moment(text, reading))


def _short(value: object) -> str:
    text = one_text(value).strip()
    if len(text) > LONGEST:
        raise Unreadable(_not_a_moment())
    return text


def _looks_like(text: str, *patterns: re.Pattern[str]) -> bool:
    return any(pattern.fullmatch(text) for pattern in patterns)


def _day(text: str) -> date:
    iso, local = DAY.fullmatch(text), LOCAL_DAY.fullmatch(text)
    if iso:
        year, month, day = int(iso[1]), int(iso[2]), int(iso[3])
    elif local:
        year, month, day = int(local[3]), int(local[2]), int(local[1])
    else:
        raise Unreadable(_not_a_moment())
    try:
        return date(year, month, day)
    except ValueError:
        raise Unreadable(say("There is no such day: {written}.", written=text)) from None


def _written(found: re.Match[str], reading: Reading) -> datetime:
    day = _day(found[1])
    hour, minute, second = int(found[2]), int(found[3]), int(found[4] or 0)
    micro = int((found[5] or "0").ljust(6, "0"))
    try:
        local = datetime(day.year, day.month, day.day, hour, minute, second, micro)  # noqa: DTZ001 - its zone follows
        offset = found[6]
        if not offset:
            return _in_zone(local, reading)
        return local.replace(tzinfo=UTC) - _offset(offset)
    except (ValueError, OverflowError):
        raise Unreadable(say("There is no such time: {written}.", written=found[0])) from None


def _offset(text: str) -> timedelta:
    if text == "Z":
        return timedelta(0)
    digits = text[1:].replace(":", "")
    length = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -length if text[0] == "-" else length


def _in_zone(local: datetime, reading: Reading) -> datetime:
    """Return the instant of a local time: the first of two, and none where the clocks jump over."""
    try:
        instant = local.replace(tzinfo=reading.zone, fold=0).astimezone(UTC)
        again = instant.astimezone(reading.zone)
    except (OverflowError, ValueError):
        raise Unreadable(say("This day is too far away.")) from None
    if again.replace(tzinfo=None, fold=0) != local.replace(fold=0):
        raise Unreadable(
            say(
                "{time} does not exist on this day: the clocks go forward then.",
                time=f"{local:%H:%M}",
            )
        )
    return instant


def _moment(text: str, reading: Reading) -> datetime:
    try:
        moment = parse_moment(text)
        return resolve_moment(moment, reading.now, reading.zone, reading.workdays)
    except (ValueError, OverflowError):
        raise Unreadable(_not_a_moment()) from None


def _bounded(instant: datetime) -> datetime:
    try:
        utc = instant.astimezone(UTC)
    except (OverflowError, ValueError):
        raise Unreadable(say("This day is too far away.")) from None
    if not FIRST <= utc < LAST:
        raise Unreadable(say("This day is too far away."))
    return utc


def _not_a_moment() -> Message:
    return say('Write a day such as 2026-03-02 or words such as "tomorrow" and "in 3 days".')
