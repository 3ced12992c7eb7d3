"""The contract of a field type, composed from closed sets of kinds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Storage(StrEnum):
    """How a value lies in the database."""

    TEXT = "text"
    INTEGER = "integer"
    SCALED = "scaled"  # a decimal as an integer of 10**-scale units
    BOOL = "bool"
    DATE = "date"
    INSTANT = "instant"
    OPTIONS = "options"  # several option ids in one text: |a|b|
    LINK = "link"
    ANY_LINK = "any_link"  # two columns: <id>_entity and <id>_id


class Payload(StrEnum):
    """How a value is read from outside and validated."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    EMAIL = "email"
    PHONE = "phone"
    URL = "url"
    TIMEZONE = "timezone"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOL = "bool"
    CHOICE = "choice"
    CHOICES = "choices"
    DATE = "date"
    INSTANT = "instant"
    LINK = "link"
    ANY_LINK = "any_link"
    NONE = "none"  # never written by a person (sequence, stage)


class Kind(StrEnum):
    """The type of a value in expressions."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    MONEY = "money"
    BOOL = "bool"
    DATE = "date"
    INSTANT = "instant"
    DURATION = "duration"
    CHOICE = "choice"
    CHOICES = "choices"
    LINK = "link"
    ANY_LINK = "any_link"


@dataclass(frozen=True, slots=True)
class FieldType:
    """One field type.

    `keys` are the keys of a field that this type allows beside the ones that every field has;
    `operators` the filter operators of an address (`eq` is the bare `field=value`);
    `numeric` values stand right-aligned.
    """

    id: str
    storage: Storage
    payload: Payload
    kind: Kind
    widget: str
    keys: frozenset[str] = frozenset()
    operators: tuple[str, ...] = ("eq", "ne")
    sortable: bool = True
    searchable: bool = False
    numeric: bool = False
    help: str = ""
