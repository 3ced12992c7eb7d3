"""How values are written for a person: money, numbers, days and moments in three languages.

Pure: a `Speech` says to whom and when; words come from the caller's translator.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property, partial
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.numbers import format_percent

from engine.errors import Message, say
from engine.metadata.expressions.evaluate import Result
from engine.metadata.fieldtypes.base import Kind
from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.metadata.model.application import Application
from engine.metadata.model.field import Field, Option
from engine.metadata.model.text import RecordRef
from engine.runtime.spoken import Place
from engine.runtime.writing import (
    NO_BREAK,
    currency_sign,
    locale_of,
    written_day,
    written_number,
    written_phone,
)

UNGROUPED = 10_000  # smaller numbers are written without separators: 2026, 1500

_DAY = {"en": "d MMM y", "bg": "d MMM y 'г'.", "ru": "d MMM y 'г'."}
_NEAR_DAY = "EEE d MMMM"
_FAR_DAY = {"en": "d MMMM y", "bg": "d MMMM y 'г'.", "ru": "d MMMM y 'г'."}


@dataclass(frozen=True)
class Speech:
    """To whom something is said: language, zone, and the present where days have words."""

    language: str
    zone: ZoneInfo
    application: Application
    text: Callable[[Message], str]
    now: datetime | None = None

    @property
    def locale(self) -> Locale:
        """Return the way of writing that goes with the language."""
        return locale_of(self.language)

    @cached_property
    def today(self) -> date | None:
        """Return the reader's day, where days have words."""
        return self.now.astimezone(self.zone).date() if self.now else None


def show_field(value: Result, field: Field, speech: Speech) -> str:
    """Write a field's value."""
    return "" if value is None else writer_of(field, speech)(value)


def writer_of(field: Field, speech: Speech) -> Callable[[Any], str]:
    """Return what writes the values of a field, one after the other; none of them is empty."""
    special = _BY_TYPE.get(field.type)
    if special is not None:
        return lambda value: special(value, speech)
    write = _writer(FIELD_TYPES[field.type].kind, tuple(field.options.values()), speech)
    return (lambda value: f"{write(value)}{NO_BREAK}{field.unit}") if field.unit else write


def show_kind(value: Result, kind: Kind | None, options: tuple[Option, ...], speech: Speech) -> str:
    """Write a value of a kind."""
    return "" if value is None else _writer(kind, options, speech)(value)


def _writer(kind: Kind | None, options: tuple[Option, ...], speech: Speech) -> Callable[[Any], str]:
    if kind is Kind.CHOICE or kind is Kind.CHOICES:
        return partial(_chosen, labels={one.id: one.label for one in options})
    write = _BY_KIND.get(kind, _plain)
    return lambda value: write(value, speech)


def _chosen(value: Any, labels: Mapping[str, str]) -> str:
    chosen = value if isinstance(value, tuple) else (str(value),)
    return ", ".join(labels.get(one, one) for one in chosen)


def money(value: Decimal, speech: Speech) -> str:
    """Write an amount with its currency behind a no-break space."""
    decimals = speech.application.currency_decimals
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    number = written_number(value, speech.language, pattern)
    return f"{number}{NO_BREAK}{currency_sign(speech.application.currency, speech.language)}"


def number(value: Decimal | int, speech: Speech) -> str:
    """Write a number with the decimals that it has, at most six."""
    grouped = abs(Decimal(value)) >= UNGROUPED
    return written_number(value, speech.language, "#,##0.######", grouped=grouped)


def day(value: date, speech: Speech) -> str:
    """Write a date, which has no zone and no word for today."""
    pattern = _DAY.get(speech.language, _DAY["en"])
    return written_day(value, pattern, speech.language)


def moment(value: datetime, speech: Speech) -> str:
    """Write an instant on the reader's clock: Today 12:00, Fri 6 March, 14:00."""
    shown = value.astimezone(speech.zone)
    clock = f"{shown.hour}:{shown.minute:02}"
    today = speech.today
    if today is not None:
        word = _NEAR_WORDS.get((shown.date() - today).days)
        if word is not None:
            return f"{speech.text(word)} {clock}"
        if shown.year == today.year:
            return f"{written_day(shown.date(), _NEAR_DAY, speech.language)}, {clock}"
    pattern = _FAR_DAY.get(speech.language, _FAR_DAY["en"])
    return f"{written_day(shown.date(), pattern, speech.language)}, {clock}"


_NEAR_WORDS: Mapping[int, Message] = {
    -1: say("Yesterday"),
    0: say("Today"),
    1: say("Tomorrow"),
}


def duration(value: timedelta, speech: Speech) -> str:
    """Write a length of time in its two largest units."""
    minutes = round(abs(value).total_seconds() / 60)
    hours, rest = divmod(minutes, 60)
    days, more = divmod(hours, 24)
    if days:
        said = (
            say("{days} d {hours} h", days=days, hours=more) if more else say("{days} d", days=days)
        )
    elif hours:
        said = (
            say("{hours} h {minutes} min", hours=hours, minutes=rest)
            if rest
            else say("{hours} h", hours=hours)
        )
    else:
        said = say("{minutes} min", minutes=minutes)
    return f"{'−' if value < timedelta() and minutes else ''}{speech.text(said)}"


def phone(value: str, speech: Speech) -> str:
    """Write a phone number: as at home where it is of the company's region, else with +."""
    return written_phone(value, speech.application.phone_region)


def place(value: Place, language: str) -> str:
    """Name the city of a zone."""
    names: Any = locale_of(language).time_zones.get(value.zone, {})
    return str(names.get("city") or value)


def weekday(value: date, language: str) -> str:
    """Name the day of the week."""
    return written_day(value, "EEEE", language)


def _percent(value: Any, speech: Speech) -> str:
    share = Decimal(value) / 100
    return format_percent(share, locale=speech.locale, decimal_quantization=False)


def _yes_no(value: Any, speech: Speech) -> str:
    return speech.text(say("Yes") if value else say("No"))


def _link(value: Any, speech: Speech) -> str:
    if isinstance(value, RecordRef):
        entity = speech.application.entities.get(value.entity)
        return f"{entity.label if entity else value.entity} {value.id}"
    return f"#{value}"


def _timezone(value: Any, speech: Speech) -> str:
    return place(Place(str(value)), speech.language)


def _plain(value: Any, _speech: Speech) -> str:
    return str(value)


_BY_TYPE: Mapping[str, Callable[[Any, Speech], str]] = {
    "phone": phone,
    "percent": _percent,
    "timezone": _timezone,
}
_BY_KIND: Mapping[Kind | None, Callable[[Any, Speech], str]] = {
    Kind.TEXT: _plain,
    Kind.INTEGER: number,
    Kind.NUMBER: number,
    Kind.MONEY: money,
    Kind.BOOL: _yes_no,
    Kind.DATE: day,
    Kind.INSTANT: moment,
    Kind.DURATION: duration,
    Kind.LINK: _link,
    Kind.ANY_LINK: _link,
}
