"""Plain values as texts, read by the type of their field: why one can't be, and how to write it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from functools import cache
from types import MappingProxyType
from urllib.parse import urlsplit

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from engine.metadata.checks.subject import suggest
from engine.metadata.fieldtypes.scale import scale_of
from engine.metadata.model.application import Application
from engine.metadata.model.field import Field
from engine.metadata.moments import parse_length, parse_moment
from engine.metadata.patterns import Pattern, PatternProblem, compile_pattern
from engine.metadata.timezones import time_zones

NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]+)?")
INTEGER = re.compile(r"-?[0-9]{1,18}")
ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})([T ]([0-9]{1,2}):([0-9]{2})(?::[0-9]{2})?)?")
LOCAL = re.compile(r"([0-9]{1,2})[./]([0-9]{1,2})[./]([0-9]{4})(.*)")
HOURS, MINUTES = 24, 60
MOST_DIGITS = 18
FROM_ABROAD = 11  # digits of a number with its country, at least
LONGEST = 10_000


class Unreadable(Exception):
    """A value that its field can't hold; says what is wrong and how to write it."""

    def __init__(self, message: str, hint: str = "") -> None:
        """Keep both sentences."""
        super().__init__(message)
        self.message = message
        self.hint = hint


def read_literal(text: str, field: Field, application: Application) -> None:
    """Raise `Unreadable` where a field can't hold what the text says."""
    reader = _READERS.get(field.type)
    if reader:
        reader(text, field, application)


def _bool(text: str, field: Field, application: Application) -> None:
    del field, application
    if text not in ("true", "false"):
        raise Unreadable(f"'{text}' is neither true nor false", "write true or false")


def _integer(text: str, field: Field, application: Application) -> None:
    del field, application
    if not INTEGER.fullmatch(text):
        hint = "write digits only: 1000" if any(map(str.isdigit, text)) else "write digits: 1000"
        raise Unreadable(f"'{text}' is no whole number", hint)


def _number(text: str, field: Field, application: Application) -> None:
    if not NUMBER.fullmatch(text):
        hint = "write digits and a point: 1250.50"
        if "," in text:
            hint = f"the sign before the decimals is a point: {text.replace(',', '.')}"
        raise Unreadable(f"'{text}' is no number", hint)
    whole, _, decimals = text.lstrip("-").partition(".")
    scale = scale_of(field, application)
    if len(decimals) > scale:
        what = f"'{field.id}' keeps {scale} digits behind the point"
        raise Unreadable(f"'{text}' has too many decimals", what)
    if len(whole) + scale > MOST_DIGITS:
        raise Unreadable(f"'{text}' is too large", f"at most {MOST_DIGITS - scale} digits")


def _choice(text: str, field: Field, application: Application) -> None:
    del application
    if text not in field.options:
        by_label = [one.id for one in field.options.values() if one.label == text]
        hint = f"write the id: {by_label[0]}" if by_label else suggest(text, tuple(field.options))
        raise Unreadable(f"'{text}' is no option of '{field.id}'", hint)


def _moment(text: str, field: Field, application: Application) -> None:
    del application
    iso = ISO.fullmatch(text)
    if iso:
        _iso(text, iso, field)
        return
    local = LOCAL.fullmatch(text)
    if local and _is_day(int(local[3]), int(local[2]), int(local[1])):
        day = f"{local[3]}-{int(local[2]):02}-{int(local[1]):02}{local[4]}"
        raise Unreadable(f"'{text}' can be read in two ways", f"write {day}")
    try:
        parse_moment(text)
    except ValueError:
        kind, example = (
            ("day", "2026-03-02") if field.type == "date" else ("moment", "2026-03-02 10:00")
        )
        hint = f"write {example}, or words: today, tomorrow, in 3 d, next monday"
        with suppress(ValueError):
            parse_length(text)
            hint = f"write it as a moment: in {text}"
        raise Unreadable(f"'{text}' is no {kind}", hint) from None


def _iso(text: str, found: re.Match[str], field: Field) -> None:
    if not _is_day(int(found[1]), int(found[2]), int(found[3])):
        raise Unreadable(f"there is no day '{text}'")
    if field.type == "date" and found[4]:
        raise Unreadable(f"'{field.id}' is a day without a time", f"write {text[:10]}")
    if field.type == "datetime" and not found[4]:
        raise Unreadable(f"'{field.id}' is a day and a time", f"write {text} 10:00")
    if found[4] and not (int(found[5]) < HOURS and int(found[6]) < MINUTES):
        raise Unreadable(f"there is no time '{found[4].strip()}'")


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _phone(text: str, field: Field, application: Application) -> None:
    del field
    region = application.phone_region
    digits = re.sub(r"\D", "", text)
    number = _parsed(text, region)
    if _lost_its_plus(text, digits) and not _is_valid(number):
        raise Unreadable(f"the phone '{text}' has lost its plus", f'write "+{digits}", in quotes')
    if number is None or not phonenumbers.is_possible_number(number):
        hint = "write it with the country: +359888123456"
        raise Unreadable(f"'{text}' is no phone number", hint)


def _lost_its_plus(text: str, digits: str) -> bool:
    """Say whether a number would be one from abroad with a plus before it."""
    looks_so = len(digits) >= FROM_ABROAD and text[:1] not in ("+", "0", "(")
    number = _parsed(f"+{digits}", "") if looks_so else None
    return number is not None and phonenumbers.is_possible_number(number)


def _parsed(text: str, region: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region or None)
    except phonenumbers.NumberParseException:
        return None


def _is_valid(number: phonenumbers.PhoneNumber | None) -> bool:
    return number is not None and phonenumbers.is_valid_number(number)


def _email(text: str, field: Field, application: Application) -> None:
    del field, application
    try:
        validate_email(text, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError:
        raise Unreadable(
            f"'{text}' is no e-mail address", "write it like anna@example.com"
        ) from None


def _url(text: str, field: Field, application: Application) -> None:
    del field, application
    parts = urlsplit(text if "//" in text else f"https://{text}")
    is_web = parts.scheme in ("http", "https") and parts.hostname
    if not is_web or " " in text or ("//" not in text and "." not in (parts.hostname or "")):
        raise Unreadable(f"'{text}' is no web address", "write it like https://example.com")


def _timezone(text: str, field: Field, application: Application) -> None:
    del field, application
    if text not in time_zones():
        raise Unreadable(f"there is no time zone '{text}'", "write it like Europe/Sofia")


def _text(text: str, field: Field, application: Application) -> None:
    del application
    longest = field.max_length or LONGEST
    if len(text) > longest:
        raise Unreadable(f"this text has {len(text)} characters", f"'{field.id}' takes {longest}")
    if len(text) < (field.min_length or 0):
        raise Unreadable(
            f"'{text}' is too short", f"'{field.id}' takes {field.min_length} at least"
        )
    if field.pattern and not _fits(text, field.pattern):
        hint = field.message.text if field.message else f"its pattern is {field.pattern}"
        raise Unreadable(f"'{text}' has not the form of '{field.id}'", hint)


def _fits(text: str, pattern: str) -> bool:
    try:
        return _compiled(pattern).matches(text)
    except PatternProblem:
        return True  # the pattern has a problem of its own


@cache
def _compiled(pattern: str) -> Pattern:
    return compile_pattern(pattern)


_READERS: Mapping[str, Callable[[str, Field, Application], None]] = MappingProxyType(
    {
        "bool": _bool,
        "integer": _integer,
        "number": _number,
        "percent": _number,
        "money": _number,
        "choice": _choice,
        "choices": _choice,
        "stage": _choice,
        "date": _moment,
        "datetime": _moment,
        "phone": _phone,
        "email": _email,
        "url": _url,
        "timezone": _timezone,
        "text": _text,
        "long_text": _text,
    }
)
