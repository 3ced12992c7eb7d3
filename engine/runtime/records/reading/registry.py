"""Which reader a field has: one line for each payload kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from engine.metadata.fieldtypes.base import Payload
from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.metadata.fieldtypes.scale import scale_of
from engine.metadata.model.application import Application
from engine.metadata.model.field import Field
from engine.runtime.records.reading.base import Reader
from engine.runtime.records.reading.contacts import (
    phone_reader,
    read_email,
    read_timezone,
    read_url,
)
from engine.runtime.records.reading.numbers import decimal_reader, read_integer
from engine.runtime.records.reading.options import (
    any_link_reader,
    choice_reader,
    choices_reader,
    read_bool,
    read_link,
)
from engine.runtime.records.reading.texts import read_long_text, read_text
from engine.runtime.records.reading.times import read_date, read_instant

Maker: TypeAlias = Callable[[Field, Application], Reader]

READERS: Mapping[Payload, Maker] = MappingProxyType(
    {
        Payload.TEXT: lambda _, __: read_text,
        Payload.LONG_TEXT: lambda _, __: read_long_text,
        Payload.EMAIL: lambda _, __: read_email,
        Payload.PHONE: lambda _, application: phone_reader(application.phone_region),
        Payload.URL: lambda _, __: read_url,
        Payload.TIMEZONE: lambda _, __: read_timezone,
        Payload.INTEGER: lambda _, __: read_integer,
        Payload.DECIMAL: lambda field, application: decimal_reader(scale_of(field, application)),
        Payload.BOOL: lambda _, __: read_bool,
        Payload.CHOICE: lambda field, _: choice_reader(field.options),
        Payload.CHOICES: lambda field, _: choices_reader(field.options),
        Payload.DATE: lambda _, __: read_date,
        Payload.INSTANT: lambda _, __: read_instant,
        Payload.LINK: lambda _, __: read_link,
        Payload.ANY_LINK: lambda _, application: any_link_reader(application.entities),
    }
)


def reader_of(field: Field, application: Application) -> Reader:
    """Return the reader of a field; stages and numbers of the engine are read as they are kept."""
    if field.type == "stage":
        return choice_reader(field.options)
    if field.type == "sequence":
        return read_text
    return READERS[FIELD_TYPES[field.type].payload](field, application)
