"""Old values as a person reads them, and such texts read as a new type."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import TypeAlias, assert_never, cast
from zoneinfo import ZoneInfo

from engine.metadata.fieldtypes.base import Storage
from engine.metadata.model.field import Field
from engine.metadata.model.text import RecordRef, Value
from engine.runtime.plan.conversion import (
    LOST,
    Conversion,
    Converted,
    Directory,
    fitted,
    one_record,
    other_moment,
)
from engine.runtime.records.reading.base import Reading, Unreadable
from engine.runtime.records.reading.numbers import exact
from engine.runtime.records.reading.registry import reader_of

ReadText: TypeAlias = Callable[[str], Converted]
WORDS = MappingProxyType(
    {True: ("true", "yes", "y", "1", "да"), False: ("false", "no", "n", "0", "не", "нет")}
)
ANY_TEXT = frozenset({"text", "long_text", "sequence"})
CHOICE = frozenset({"choice", "stage"})
WRITTEN_DAY = re.compile(r"\s*\d{1,4}[.-]\d{1,2}[.-]\d{1,4}")  # no "3 d ago": that was long ago


def writer(conversion: Conversion) -> Callable[[Value], str]:
    """Return what writes an old value as a person reads it."""
    titles, target = conversion.directory, conversion.target
    match conversion.storage:
        case Storage.LINK:
            return lambda value: titles.title(target or "", cast("int", value))
        case Storage.INSTANT:
            return lambda value: _local_text(cast("datetime", value), conversion.zone)
        case Storage.SCALED if conversion.type != "money":
            return lambda value: format(cast("Decimal", value).normalize(), "f")
        case _:
            return lambda value: _plain_text(value, titles)


def _plain_text(value: Value, titles: Directory) -> str:
    match value:
        case bool():
            return WORDS[value][0]
        case Decimal():
            return format(value, "f")
        case date():
            return value.isoformat()
        case tuple():
            return ", ".join(value)
        case RecordRef():
            return titles.title(value.entity, value.id)
        case _:
            return str(value)


def _local_text(value: datetime, zone: ZoneInfo) -> str:
    local = value.astimezone(zone)
    plain = local if local.fold else local.replace(tzinfo=None)  # an hour that comes twice
    precise = "auto" if local.second or local.microsecond else "minutes"
    return plain.isoformat(" ", precise)


def text_reader(conversion: Conversion) -> ReadText:
    """Return what reads a text as the new type."""
    field = conversion.field
    match conversion.new_storage:
        case Storage.TEXT:
            return _kind_of_text(conversion)
        case Storage.OPTIONS:
            return lambda text: _options(field, re.split(r"[,;|\n]", text))
        case Storage.INTEGER | Storage.SCALED:
            return lambda text: _number(text, conversion)
        case Storage.BOOL:
            return _yes_no
        case Storage.DATE | Storage.INSTANT:
            return lambda text: _moment(text, conversion)
        case Storage.LINK:
            return lambda text: one_record(conversion.directory.find(field.to or "", text))
        case Storage.ANY_LINK:
            return lambda _: LOST
        case storage:
            assert_never(storage)


def _kind_of_text(conversion: Conversion) -> ReadText:
    field = conversion.field
    if field.type in ANY_TEXT:
        return Converted
    if field.type in CHOICE:
        return lambda text: _option(field, text)
    return lambda text: _read(field, conversion, text)


def _read(field: Field, conversion: Conversion, text: str) -> Converted:
    application = conversion.application
    long_ago = Reading(datetime.min.replace(tzinfo=UTC), conversion.zone, application.workdays)
    try:
        value = reader_of(field, application)(text, long_ago)
    except Unreadable:
        return LOST
    return Converted(value, exact=value is not None)


def _option(field: Field, text: str) -> Converted:
    wanted = text.strip().casefold()
    for option in field.options.values():
        if wanted in (option.id, option.label.casefold()):
            return Converted(option.id)
    return LOST


def _options(field: Field, texts: list[str]) -> Converted:
    found = [_option(field, one) for one in texts if one.strip()]
    chosen = {one.value for one in found}
    kept = tuple(one for one in field.options if one in chosen) or None
    return Converted(kept, exact=all(one.exact for one in found))


def _yes_no(text: str) -> Converted:
    word = text.strip().casefold()
    for answer, words in WORDS.items():
        if word in words:
            return Converted(answer)
    return Converted(value=False, exact=False)


def _moment(text: str, conversion: Conversion) -> Converted:
    if not WRITTEN_DAY.match(text):
        return LOST
    field = conversion.field
    found = _read(field, conversion, text)
    if found.value is not None:
        return found
    other = "date" if field.type == "datetime" else "datetime"
    found = _read(replace(field, type=other), conversion, text)
    return LOST if found.value is None else other_moment(found.value, conversion.zone)


def _number(text: str, conversion: Conversion) -> Converted:
    try:
        return fitted(exact(text), conversion)
    except Unreadable:
        return LOST
