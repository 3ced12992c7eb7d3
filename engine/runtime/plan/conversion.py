"""A conversion: how values lie so far, the field that is wanted, and what a value becomes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol, cast
from zoneinfo import ZoneInfo

from engine.metadata.fieldtypes.base import Storage
from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.metadata.fieldtypes.scale import scale_of
from engine.metadata.model.application import Application
from engine.metadata.model.field import Field
from engine.metadata.model.text import Value
from engine.runtime.records.reading.numbers import DIGITS, HIGHEST, LOWEST


@dataclass(frozen=True, slots=True)
class Converted:
    """A value of the new type, and whether it says all that the old one said."""

    value: Value
    exact: bool = True


LOST = Converted(None, exact=False)


class Directory(Protocol):
    """Titles of records, for links that become texts and texts that become links."""

    def title(self, entity: str, record_id: int) -> str:
        """Return the title of a record."""
        ...

    def find(self, entity: str, title: str) -> int | None:
        """Return the one record with this title, if it is one."""
        ...


@dataclass(frozen=True, slots=True)
class Conversion:
    """Old type, storage and (of a link) target; the field as it is wanted; and the company."""

    type: str
    storage: Storage
    target: str | None
    field: Field
    application: Application
    directory: Directory

    @property
    def new_storage(self) -> Storage:
        """Return how the field stores its values from now on."""
        return FIELD_TYPES[self.field.type].storage

    @property
    def zone(self) -> ZoneInfo:
        """Return the company's zone: there a day begins."""
        return ZoneInfo(self.application.timezone)


def fitted(number: Decimal | int, conversion: Conversion) -> Converted:
    """Return the number at the new scale, rounded half up where it is finer."""
    value = Decimal(number)
    scale = scale_of(conversion.field, conversion.application)
    if value and value.adjusted() + scale >= DIGITS + 1:
        return LOST
    rounded = value.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP)
    if conversion.new_storage is Storage.INTEGER:
        whole = int(rounded)
        return Converted(whole, exact=rounded == value) if LOWEST <= whole <= HIGHEST else LOST
    if abs(rounded.scaleb(scale)) >= 10**DIGITS:
        return LOST
    return Converted(rounded, exact=rounded == value)


def other_moment(value: Value, zone: ZoneInfo) -> Converted:
    """Turn a day into its first instant, an instant into its day; a time of day is lost."""
    if isinstance(value, datetime):
        local = value.astimezone(zone)
        return Converted(local.date(), exact=local.time() == time())
    midnight = datetime.combine(cast("date", value), time(), zone)
    return Converted(midnight.astimezone(UTC))


def one_record(record_id: int | None) -> Converted:
    """Return a link to the record that was found, if one was."""
    return LOST if record_id is None else Converted(record_id)
