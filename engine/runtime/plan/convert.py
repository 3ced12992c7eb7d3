"""Values of one field type read as another: every pair of storage kinds.

A few pairs convert directly (numbers, days and instants, links); all others go by what a person
would read on the page. What can't be said in the new type becomes empty, what is rounded or cut is
not exact; both are counted before anything happens, and the old values stay in a retired column.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import TypeAlias, cast

from engine.metadata.fieldtypes.base import Storage
from engine.metadata.model.application import Application
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
from engine.runtime.plan.operations import Source
from engine.runtime.plan.spoken import ANY_TEXT, WORDS, text_reader, writer

Convert: TypeAlias = Callable[[Value], Converted]


def conversion_way(
    source: Source, field: Field, application: Application, directory: Directory
) -> Convert:
    """Return the way from the values of some columns to a field."""
    return converter(
        Conversion(source.type, source.storage, source.target, field, application, directory)
    )


def converter(conversion: Conversion) -> Convert:
    """Return the way from the old values to the new type; empty stays empty."""
    nothing = Converted(False if conversion.new_storage is Storage.BOOL else None)
    if is_harmless(conversion) and conversion.storage is not Storage.SCALED:
        way: Convert = Converted
    else:
        way = _DIRECT.get((conversion.storage, conversion.new_storage), _by_text)(conversion)
    return lambda value: nothing if value is None else way(value)


def is_harmless(conversion: Conversion) -> bool:
    """Say whether every value stays as it is (at the same scale): nobody has to look at them."""
    if conversion.storage is not conversion.new_storage:
        return False
    match conversion.storage:
        case Storage.TEXT:
            return conversion.field.type in (*ANY_TEXT, conversion.type)
        case Storage.OPTIONS:
            return conversion.field.type == conversion.type
        case Storage.LINK:
            return conversion.field.to == conversion.target
        case _:
            return True


def _by_text(conversion: Conversion) -> Convert:
    write, read = writer(conversion), text_reader(conversion)

    def way(value: Value) -> Converted:
        text = write(value)
        return read(text) if text.strip() else LOST

    return way


def _from_bool(conversion: Conversion) -> Convert:
    read = text_reader(conversion)

    def way(value: Value) -> Converted:
        for word in WORDS[bool(value)]:
            found = read(word)
            if found.exact:
                return found
        return LOST if value else Converted(None)  # a no that can't be said is just nothing

    return way


def _between_numbers(conversion: Conversion) -> Convert:
    return lambda value: fitted(cast("Decimal | int", value), conversion)


def _between_moments(conversion: Conversion) -> Convert:
    return lambda value: other_moment(value, conversion.zone)


def _to_any_link(conversion: Conversion) -> Convert:
    target = conversion.target
    if target is None:  # what the link points at is retired
        return lambda _: LOST
    return lambda value: Converted(RecordRef(target, cast("int", value)))


def _from_any_link(conversion: Conversion) -> Convert:
    def way(value: Value) -> Converted:
        reference = cast("RecordRef", value)
        return one_record(reference.id if reference.entity == conversion.field.to else None)

    return way


_NUMBERS = (Storage.INTEGER, Storage.SCALED)
_DIRECT: Mapping[tuple[Storage, Storage], Callable[[Conversion], Convert]] = MappingProxyType(
    {
        **{(old, new): _between_numbers for old in _NUMBERS for new in _NUMBERS},
        **{(Storage.BOOL, new): _from_bool for new in Storage if new is not Storage.BOOL},
        (Storage.DATE, Storage.INSTANT): _between_moments,
        (Storage.INSTANT, Storage.DATE): _between_moments,
        (Storage.LINK, Storage.ANY_LINK): _to_any_link,
        (Storage.ANY_LINK, Storage.LINK): _from_any_link,
    }
)
