"""Moments as a seller says them: Today 11:40, Tomorrow, Fri 16:00, 6 Mar, 6 Mar 2025."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType

from engine.errors import Message, say, say_many, verbatim
from engine.metadata.moments import parse_length
from engine.runtime.writing import written_day, written_parts
from engine.web.parts.look import Look

NEAR = 7
NEAR_WORDS: Mapping[int, Message] = MappingProxyType(
    {-1: say("Yesterday"), 0: say("Today"), 1: say("Tomorrow")}
)
LENGTHS: Mapping[str, Callable[[int], Message]] = MappingProxyType(
    {
        "s": lambda number: say("{number} s", number=number),
        "min": lambda number: say("{minutes} min", minutes=number),
        "h": lambda number: say("{hours} h", hours=number),
        "d": lambda number: say_many("{number} day", "{number} days", number),
        "w": lambda number: say_many("{number} week", "{number} weeks", number),
        "mo": lambda number: say_many("{number} month", "{number} months", number),
        "workmin": lambda number: say_many(
            "{number} working minute", "{number} working minutes", number
        ),
        "workh": lambda number: say_many("{number} working hour", "{number} working hours", number),
        "workd": lambda number: say_many("{number} working day", "{number} working days", number),
    }
)


NOMINAL: Mapping[str, timedelta] = MappingProxyType(
    {
        "s": timedelta(seconds=1),
        "min": timedelta(minutes=1),
        "h": timedelta(hours=1),
        "d": timedelta(days=1),
        "w": timedelta(weeks=1),
        "mo": timedelta(days=28),
        "workmin": timedelta(minutes=1),
        "workh": timedelta(hours=1),
        "workd": timedelta(days=1),
    }
)


def short_moment(look: Look, at: datetime | None) -> str:
    """Return an instant on the viewer's clock, as short as it stays clear; '' for a hidden one."""
    if at is None:
        return ""
    local = look.local(at)
    return f"{short_day(look, local.date())} {local.hour}:{local.minute:02}"


def short_day(look: Look, day: date) -> str:
    """Return a day: by its word or weekday when it is near, else by its date."""
    word = day_word(day, look.today)
    if word is not None:
        return look.text(word)
    if abs((day - look.today).days) < NEAR:
        return written_parts(day, "EEEd", look.language)
    skeleton = "MMMd" if day.year == look.today.year else "yMMMd"
    return written_parts(day, skeleton, look.language)


def day_word(day: date, today: date) -> Message | None:
    """Return the word for a day next to today, None for others."""
    return NEAR_WORDS.get((day - today).days)


def long_day(look: Look, day: date) -> str:
    """Return a day as the heading of a page: Tuesday, 10 March."""
    return beginning_large(written_day(day, "EEEE, d MMMM", look.language))


def beginning_large(text: str) -> str:
    """Return a text as the beginning of a line: вторник, 10 марта -> Вторник, 10 марта."""
    return text[:1].upper() + text[1:]


def distance(length: timedelta) -> Message:
    """Return how long it is until then, or has been since, in the two largest steps."""
    minutes = int(abs(length.total_seconds()) // 60)
    days, hours = minutes // 1440, minutes // 60
    if days:
        return say_many("{number} day", "{number} days", days)
    if hours and minutes % 60:
        return say("{hours} h {minutes}", hours=hours, minutes=f"{minutes % 60:02}")
    if hours:
        return say("{hours} h", hours=hours)
    return say("{minutes} min", minutes=minutes)


def span(length: timedelta) -> Message:
    """Return how long something has been so, in its two largest steps: 1 d 4 h."""
    minutes = int(abs(length.total_seconds()) // 60)
    days, hours = minutes // 1440, minutes // 60 % 24
    if days and hours:
        return say("{days} d {hours} h", days=days, hours=hours)
    return say("{days} d", days=days) if days else distance(length)


def length_words(text: str) -> Message:
    """Return a length of time as the configuration writes it: 2 workd -> 2 working days."""
    try:
        length = parse_length(text)
    except ValueError:
        return verbatim(text)
    return LENGTHS[length.unit](length.amount)


def nominal(text: str) -> timedelta:
    """Return how long a length of time is at least: free hours and days between are not in it."""
    try:
        length = parse_length(text)
    except ValueError:
        return timedelta.max
    return length.amount * NOMINAL[length.unit]
