"""Builds what the head says of the company: working time, holidays, look, currency."""

from __future__ import annotations

import re
from datetime import date, time
from functools import cache

import holidays
from babel.numbers import get_currency_precision

from engine.metadata.build.common import Part
from engine.metadata.language_keys import WEEKDAYS
from engine.metadata.model.application import Theme, Workdays
from engine.metadata.nodes import Mapping, Sequence

YEARS = range(2000, 2051)
TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
COLOR = re.compile(r"#[0-9a-fA-F]{6}")


def build_workdays(part: Part | None) -> Workdays:
    """Build the company's working time."""
    usual = Workdays()
    if part is None:
        return usual
    days = tuple(WEEKDAYS.index(one) for one in part.words("days") if one in WEEKDAYS)
    country = part.optional("holidays")
    listed = part.words("holidays") if isinstance(part.node.get("holidays"), Sequence) else ()
    return Workdays(
        days=tuple(sorted(set(days))) or usual.days,
        start=read_time(part.text("from")) or usual.start,
        end=read_time(part.text("to")) or usual.end,
        country=country if country and is_country(country) else None,
        holidays=_holidays(country) | frozenset(filter(None, map(read_date, listed))),
    )


def read_time(text: str) -> time | None:
    """Read a time of day."""
    found = TIME.fullmatch(text)
    return time(int(found[1]), int(found[2])) if found else None


def read_date(text: str) -> date | None:
    """Read a date."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def is_country(code: str) -> bool:
    """Say whether the holidays of a country are known."""
    return code in holidays.list_supported_countries(include_aliases=False)


@cache
def _holidays(country: str | None) -> frozenset[date]:
    if country is None or not is_country(country):
        return frozenset()
    return frozenset(holidays.country_holidays(country, years=YEARS))


def build_theme(part: Part | None) -> Theme:
    """Build the company's look."""
    color = part.text("color") if part else ""
    return Theme(color=color.lower()) if COLOR.fullmatch(color) else Theme()


def currency_decimals(currency: str) -> int:
    """Return how many digits a currency has behind the point."""
    return int(get_currency_precision(currency))


def node_part(part: Part, key: str) -> Part | None:
    """Return the map under a key of the head."""
    found = part.node.get(key)
    return Part(key, found, found.mark, key) if isinstance(found, Mapping) else None
