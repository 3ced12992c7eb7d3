"""Values in a sentence that have a name in each language: a place, a day of the week.

They stand among the values of a `Message`; `translate` says them in the language of the reader,
and by themselves they speak English.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Place:
    """The city that a time zone is named after."""

    zone: str

    def __str__(self) -> str:
        """Return the city's name as the zone has it."""
        return self.zone.rsplit("/", 1)[-1].replace("_", " ")


@dataclass(frozen=True, slots=True)
class Weekday:
    """The day of the week of a date."""

    day: date

    def __str__(self) -> str:
        """Return its English name."""
        return _DAYS[self.day.weekday()]


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day, as clocks show it."""

    time: time

    def __str__(self) -> str:
        """Return hours and minutes."""
        return f"{self.time.hour}:{self.time.minute:02}"
