"""Checks of the head: what it says of the company must exist."""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers
from babel import Locale, UnknownLocaleError
from babel.numbers import is_currency

from engine.metadata import nodes
from engine.metadata.build.company import COLOR, is_country, read_date, read_time
from engine.metadata.checks.subject import Subject, suggest, warning
from engine.metadata.nodes import Path, Scalar
from engine.metadata.problems import Problem
from engine.metadata.timezones import time_zones
from engine.metadata.versions import engine_version, read_range

OWN_WORDS = ("en", "bg", "ru")
OLD_ZONES = ("posix/", "right/", "Etc/")


def check_name(subject: Subject) -> Iterator[Problem]:
    """A folder without a name: `crm.yaml` begins with it.

    Bad:
        label: Shop
    Good:
        name: shop
        label: Shop
    """
    if not subject.was_written(("name",)):
        hint = "write `name: my_crm` into crm.yaml (small Latin letters, digits and _)"
        yield Problem("E601", nodes.NOWHERE, "this CRM has no name", hint)


def check_country_words(subject: Subject) -> Iterator[Problem]:
    """A time zone, currency, language or country that does not exist.

    Bad:
        name: shop
        timezone: Sofia
    Good:
        name: shop
        timezone: Europe/Sofia
    """
    zones = tuple(sorted(one for one in time_zones() if not one.startswith(OLD_ZONES)))
    regions = tuple(sorted(phonenumbers.SUPPORTED_REGIONS))
    for path, one in _single(subject):
        text, key = one.text, path[0]
        if key == "timezone" and text not in time_zones():
            cities = tuple(
                zone for zone in zones if f"/{zone.lower()}".endswith(f"/{text.lower()}")
            )
            hint = f"did you mean '{cities[0]}'?" if cities else "write it like Europe/Sofia"
            yield Problem("E602", one.mark, f"there is no time zone '{text}'", hint, "timezone")
        elif key == "currency" and not is_currency(text):
            hint = _capital(text, is_currency(text.upper())) or "three letters: EUR, USD, BGN"
            yield Problem("E602", one.mark, f"there is no currency '{text}'", hint, "currency")
        elif key == "phone_region" and text not in regions:
            hint = _capital(text, text.upper() in regions) or "two letters: BG, DE, US"
            yield Problem("E602", one.mark, f"there is no country '{text}'", hint, "phone_region")
        elif key in ("language", "languages") and not _is_language(text):
            hint = suggest(text, OWN_WORDS)
            yield Problem("E602", one.mark, f"there is no language '{text}'", hint, str(key))


def _single(subject: Subject) -> Iterator[tuple[Path, Scalar]]:
    for key in ("timezone", "currency", "phone_region", "language"):
        found = subject.node((key,))
        if isinstance(found, Scalar):
            yield (key,), found
    yield from ((("languages",), one) for one in subject.items(("languages",)))


def _capital(text: str, is_known: object) -> str:
    return f"did you mean '{text.upper()}'?" if is_known else ""


def _is_language(text: str) -> bool:
    if text.lower() in OWN_WORDS and text not in OWN_WORDS:
        return False
    try:
        Locale.parse(text)
    except (UnknownLocaleError, ValueError):
        return False
    return True


def check_translated(subject: Subject) -> Iterator[Problem]:
    """A language into which Kartoteka's own words are not translated: they appear in English.

    Bad:
        name: shop
        languages: [en, fr]
    Good:
        name: shop
        languages: [en, bg, ru]
    """
    for path, one in _single(subject):
        is_language = path[0] in ("language", "languages")
        if is_language and one.text not in OWN_WORDS and _is_language(one.text):
            message = f"Kartoteka's own words are not translated into '{one.text}'"
            yield warning("W603", one.mark, message, "they appear in English", str(path[0]))


def check_workdays(subject: Subject) -> Iterator[Problem]:
    """Working time that can't be: times, days, holidays.

    Bad:
        name: shop
        workdays: {days: [mon, tue], from: "18:00", to: "09:00"}
    Good:
        name: shop
        workdays: {days: [mon, tue], from: "09:00", to: "18:00"}
    """
    times = {}
    for key in ("from", "to"):
        found = subject.node(("workdays", key))
        if isinstance(found, Scalar):
            times[key] = read_time(found.text)
            if times[key] is None:
                message = f"'{found.text}' is no time of day"
                yield Problem("E604", found.mark, message, 'write "09:00"', f"workdays.{key}")
    start, end = times.get("from"), times.get("to")
    if start and end and start >= end:
        mark = subject.mark(("workdays", "to"))
        message = "the working day ends before it begins"
        yield Problem("E604", mark, message, "swap the two", "workdays")
    holidays = subject.node(("workdays", "holidays"))
    if isinstance(holidays, Scalar) and not is_country(holidays.text):
        message = f"the holidays of '{holidays.text}' are not known"
        hint = "two capital letters: BG, DE, US; or a list of dates"
        yield Problem("E604", holidays.mark, message, hint, "workdays.holidays")
    for one in subject.items(("workdays", "holidays")):
        if read_date(one.text) is None:
            message = f"'{one.text}' is no date"
            yield Problem("E604", one.mark, message, "write 2026-03-02", "workdays.holidays")


def check_color(subject: Subject) -> Iterator[Problem]:
    """An accent colour that is none: six digits after `#`, in quotes.

    Bad:
        name: shop
        theme: {color: green}
    Good:
        name: shop
        theme: {color: "#1f7a5c"}
    """
    found = subject.node(("theme", "color"))
    if isinstance(found, Scalar) and not COLOR.fullmatch(found.text):
        message = f"'{found.text}' is no colour of a theme"
        yield Problem("E605", found.mark, message, 'write it as "#1f7a5c"', "theme.color")


def check_engine(subject: Subject) -> Iterator[Problem]:
    """A range of versions of Kartoteka (`engine`) that can't be read.

    Bad:
        name: shop
        engine: "version 1"
    Good:
        name: shop
        engine: ">=0.1"
    """
    found = subject.node(("engine",))
    if isinstance(found, Scalar) and read_range(found.text) is None:
        message = f"'{found.text}' is no range of versions"
        yield Problem("E606", found.mark, message, 'write ">=1.0 <2.0"', "engine")


def check_engine_fits(subject: Subject) -> Iterator[Problem]:
    """A folder made for other versions of Kartoteka than this one.

    Bad:
        name: shop
        engine: ">=99"
    Good:
        name: shop
        engine: ">=0.1"
    """
    found = subject.node(("engine",))
    wanted = read_range(found.text) if isinstance(found, Scalar) else None
    if found and wanted and not wanted.holds(engine_version()):
        version = ".".join(map(str, engine_version()))
        message = f"this is Kartoteka {version}, and the folder is made for another version"
        yield warning("W607", found.mark, message, "some of it may not run as meant", "engine")


def check_version(subject: Subject) -> Iterator[Problem]:
    """A version of the configuration that is none.

    Bad:
        name: shop
        version: new
    Good:
        name: shop
        version: 1.0.0
    """
    found = subject.node(("version",))
    if isinstance(found, Scalar) and not re.fullmatch(r"[0-9]+(\.[0-9]+){0,3}", found.text):
        message = f"'{found.text}' is no version"
        yield Problem("E608", found.mark, message, "write numbers and dots: 1.0.0", "version")
