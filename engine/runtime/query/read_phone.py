"""Phones of a filter, written in any way -> the stored form `+359888123456`, or a part of it."""

from __future__ import annotations

import phonenumbers

from engine.errors import say
from engine.runtime.query.asking import Asking, Unclear
from engine.runtime.query.parts import Part, Phrase, Point

DIGITS = frozenset("0123456789")


def read_phone(text: str, asking: Asking) -> Part:
    """Read a whole number; one without a country belongs to the company's region."""
    try:
        number = phonenumbers.parse(text, asking.phone_region or None)
    except phonenumbers.NumberParseException:
        raise Unclear(say("'{value}' is not a phone number.", value=text)) from None
    return Point(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def read_phone_part(text: str, asking: Asking, *, at_start: bool) -> Part:
    """Read some digits of a number: its beginning, or any part."""
    digits = digits_of(text)
    if not digits:
        raise Unclear(say("Write digits of the phone number."))
    if at_start:
        return Phrase(_start(text.strip(), digits, asking.phone_region), at_start=True)
    return Phrase(digits.lstrip("0") or digits)


def digits_of(text: str) -> str:
    """Return the digits of a text."""
    return "".join(one for one in text if one in DIGITS)


def _start(text: str, digits: str, region: str) -> str:
    """Return how a stored number begins: +35988 for `088`, `0035988` and `+359 88`."""
    if text.startswith("+"):
        return f"+{digits}"
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    country = phonenumbers.country_code_for_region(region) if region else 0
    return f"+{country or ''}{digits.lstrip('0')}"
