"""Ways to reach somebody, in one form each: +359..., e-mail in small letters, https://..."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from engine.errors import say
from engine.metadata.model.text import Value
from engine.runtime.records.reading.base import Reader, Reading, Unreadable, one_text
from engine.runtime.records.reading.texts import clean

LONGEST_PHONE = 60
LONGEST_URL = 2_000
LONGEST_EMAIL = 254
EXTENSION = re.compile(
    r"[\s,;(]*(?:вн|доб|вътр|ext|extension|доп|x|#)\.?[\s:]*\d{1,7}\)?\s*$", re.IGNORECASE
)
BARE_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}(?::\d{1,5})?(?:[/?#].*)?")
PLAIN_NAME = re.compile(r"(?=.{1,64}\Z)[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*", re.ASCII)
NOT_ZONES = frozenset({"Factory", "localtime", "posixrules"})


def phone_reader(region: str) -> Reader:
    """Return the reader of phones; a number without a country is one of `region`."""

    def read_phone(value: object, _: Reading) -> Value:
        text = clean(one_text(value))
        if len(text) > LONGEST_PHONE:
            raise Unreadable(say("This is not a phone number."))
        return _international(EXTENSION.sub("", text), region)

    return read_phone


def _international(text: str, region: str) -> str:
    written = _written(text, region)
    if written != text and _written(written, region) != written:  # 0000-00-00 loses zeros each time
        raise Unreadable(say("This is not a phone number."))
    return written


def _written(text: str, region: str) -> str:
    try:
        number = phonenumbers.parse(text, region or None)
    except phonenumbers.NumberParseException:
        raise Unreadable(say("This is not a phone number.")) from None
    possible = phonenumbers.is_possible_number_with_reason(number)
    if possible != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise Unreadable(say("This phone number has too few or too many digits."))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def read_email(value: object, _: Reading) -> Value:
    """Read an e-mail address; whether somebody reads it is not asked of the network."""
    text = clean(one_text(value))
    name, _at, domain = text.rpartition("@")
    try:
        if PLAIN_NAME.fullmatch(name) and domain.isascii() and "xn--" not in domain.lower():
            address = f"{name.lower()}@{_checked_address(f'a@{domain}')[2:]}"
        else:
            address = _checked_address(text)
    except EmailNotValidError:
        raise Unreadable(say("This is not an e-mail address.")) from None
    if len(address) > LONGEST_EMAIL:
        raise Unreadable(say("This is not an e-mail address."))
    return address


@lru_cache(maxsize=1000)
def _checked_address(text: str) -> str:
    """Return an address in its one form; what takes long is its domain, and those come again."""
    checked = validate_email(text, check_deliverability=False, globally_deliverable=False)
    if "." not in checked.ascii_domain:
        raise EmailNotValidError
    return checked.normalized.lower()


def read_url(value: object, _: Reading) -> Value:
    """Read a web address; `https://` is put before a bare host."""
    text = clean(one_text(value))
    if BARE_HOST.fullmatch(text):
        text = f"https://{text}"
    if len(text) > LONGEST_URL or any(mark.isspace() for mark in text) or not _is_web(text):
        raise Unreadable(say("Write a web address such as https://example.com here."))
    return text


def _is_web(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def read_timezone(value: object, _: Reading) -> Value:
    """Read the name of a time zone."""
    text = one_text(value).strip()
    if text not in time_zones():
        raise Unreadable(say("Choose a time zone such as Europe/Sofia."))
    return text


@cache
def time_zones() -> frozenset[str]:
    """Return the names of all time zones."""
    return frozenset(available_timezones()) - NOT_ZONES
