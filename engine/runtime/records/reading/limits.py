"""What a value must not exceed: `min`, `max`, lengths, and what can be stored at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

from engine.errors import Message, say, say_many
from engine.metadata.fieldtypes.base import Payload, Storage
from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.metadata.model.field import Field
from engine.metadata.model.text import Value
from engine.metadata.patterns import LONGEST_TEXT
from engine.runtime.records.reading.base import NOWHERE, Reader, Reading
from engine.runtime.records.reading.numbers import DIGITS, HIGHEST, LOWEST

LONGEST = 10_000
TIMES = frozenset({Payload.DATE, Payload.INSTANT})

Shown: TypeAlias = Callable[[Value], str]  # a value as the person writes it
Limit: TypeAlias = Callable[[Value, Reading, Shown], Message | None]


def limits_of(field: Field, reader: Reader | None, scale: int) -> tuple[Limit, ...]:
    """Return what is asked of a new value of this field; a limit is not asked about nothing."""
    kind = FIELD_TYPES[field.type]
    if kind.storage is Storage.TEXT and kind.payload is not Payload.CHOICE:
        return tuple(_text_limits(field))
    limits: list[Limit] = []
    if kind.storage is Storage.SCALED:
        limits.append(_storable(scale))
    if kind.storage is Storage.INTEGER:
        limits.append(_whole)
    if reader is not None:
        limits += _bounds(field, reader)
    return tuple(limits)


def _text_limits(field: Field) -> Iterator[Limit]:
    yield _longest(LONGEST if field.max_length is None else field.max_length)
    if field.min_length:
        yield _shortest(field.min_length)
    if field.pattern is not None:
        yield _longest(LONGEST_TEXT)


def _longest(length: int) -> Limit:
    refused = say_many("At most {number} character.", "At most {number} characters.", length)
    return lambda value, _, __: refused if isinstance(value, str) and len(value) > length else None


def _shortest(length: int) -> Limit:
    refused = say_many("At least {number} character.", "At least {number} characters.", length)
    return lambda value, _, __: refused if isinstance(value, str) and len(value) < length else None


def _storable(scale: int) -> Limit:
    refused = say("This number is too large.")
    highest = Decimal(10) ** (DIGITS - scale)
    return lambda value, _, __: (
        refused if isinstance(value, Decimal) and abs(value) >= highest else None
    )


def _whole(value: Value, _: Reading, __: Shown) -> Message | None:
    fits = not isinstance(value, int) or LOWEST <= value <= HIGHEST
    return None if fits else say("This number is too large.")


def _bounds(field: Field, reader: Reader) -> Iterator[Limit]:
    moving = FIELD_TYPES[field.type].payload in TIMES  # "today" is another day tomorrow
    if field.min is not None:
        yield _bound(_value(field.min, reader, moving=moving), at_least=True)
    if field.max is not None:
        yield _bound(_value(field.max, reader, moving=moving), at_least=False)


def _value(written: str, reader: Reader, *, moving: bool) -> Callable[[Reading], Value]:
    if moving:
        return lambda reading: reader(written, reading)
    fixed = reader(written, NOWHERE)
    return lambda _: fixed


def _bound(bound: Callable[[Reading], Value], *, at_least: bool) -> Limit:
    def limit(value: Value, reading: Reading, shown: Shown) -> Message | None:
        edge = bound(reading)
        if at_least and _less(value, edge):
            return _too_small(edge, shown)
        if not at_least and _less(edge, value):
            return _too_large(edge, shown)
        return None

    return limit


def _too_small(edge: Value, shown: Shown) -> Message:
    if isinstance(edge, date):
        return say("Not before {bound}.", bound=shown(edge))
    return say("Not less than {bound}.", bound=shown(edge))


def _too_large(edge: Value, shown: Shown) -> Message:
    if isinstance(edge, date):
        return say("Not after {bound}.", bound=shown(edge))
    return say("Not more than {bound}.", bound=shown(edge))


def _less(one: Value, other: Value) -> bool:
    if isinstance(one, datetime) and isinstance(other, datetime):
        return one < other
    if isinstance(one, date) and isinstance(other, date):
        return one < other
    if isinstance(one, (int, Decimal)) and isinstance(other, (int, Decimal)):
        return one < other
    return False
