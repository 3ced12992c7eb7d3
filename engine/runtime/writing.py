"""Numbers, days and phone numbers as they are written in a language.

Pure and slow to find out, so what was written once is kept for the next who asks for the same: a
page says the same few days and amounts again and again.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache

import phonenumbers
from babel import Locale
from babel.dates import DateTimePattern, format_date, match_skeleton, parse_pattern
from babel.numbers import format_decimal, get_currency_symbol

NO_BREAK = "\N{NO-BREAK SPACE}"
KEPT = 4096
FEW = 64

_LOCALES = {"en": "en_GB", "bg": "bg_BG", "ru": "ru_RU"}  # days before months


@lru_cache(FEW)
def locale_of(language: str) -> Locale:
    """Return the way of writing that goes with a language."""
    return Locale.parse(_LOCALES.get(language, "en_GB"))


@lru_cache(KEPT)
def written_number(
    value: Decimal | int, language: str, pattern: str | None = None, *, grouped: bool = True
) -> str:
    """Write a number by a pattern, or as is usual; equal ones alike, so that a zero has no sign."""
    return format_decimal(value or 0, pattern, locale=locale_of(language), group_separator=grouped)


@lru_cache(FEW)
def currency_sign(currency: str, language: str) -> str:
    """Return the sign of a currency."""
    return get_currency_symbol(currency, locale=locale_of(language))


@lru_cache(KEPT)
def written_day(day: date, pattern: str, language: str) -> str:
    """Write a day by a pattern."""
    return format_date(day, pattern, locale=locale_of(language))


@lru_cache(KEPT)
def written_parts(day: date, skeleton: str, language: str) -> str:
    """Write the parts of a day that a skeleton names, in the order of the language."""
    return _pattern_of(skeleton, language).apply(day, locale_of(language))


@lru_cache(FEW)
def _pattern_of(skeleton: str, language: str) -> DateTimePattern:
    known = locale_of(language).datetime_skeletons
    found = skeleton if skeleton in known else match_skeleton(skeleton, known)
    return parse_pattern(known[found])


@lru_cache(KEPT)
def written_phone(value: str, region: str) -> str:
    """Write a phone number: as at home where it is of the region, else with +."""
    try:
        parsed = phonenumbers.parse(value)
    except phonenumbers.NumberParseException:
        return value
    home = phonenumbers.region_code_for_number(parsed) == region
    form = phonenumbers.PhoneNumberFormat
    shown = phonenumbers.format_number(parsed, form.NATIONAL if home else form.INTERNATIONAL)
    return shown.replace(" ", NO_BREAK)
