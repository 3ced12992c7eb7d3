"""Cursors: the place of a record in an order, as one opaque word of an address.

A cursor is not secret: it holds what its reader was shown. Nor is it trusted: whatever does not fit
the order that is asked for is refused.
"""

from __future__ import annotations

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from engine.errors import BadQuery, say
from engine.metadata.fieldtypes.base import Storage
from engine.metadata.model.entity import SortKey
from engine.metadata.model.text import Value
from engine.runtime.query.ordering import OrderKey, Place
from engine.runtime.tables.columns import SORT_LETTERS, to_units

PARAMETER = "after"
LONGEST = 6_000
LOWEST, LARGEST = -(2**63), 2**63 - 1
AFTER, BEFORE = "a", "b"


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place, and whether the page lies after or before it."""

    place: Place
    backwards: bool


def write_cursor(place: Place, sort: Sequence[SortKey], *, backwards: bool) -> str:
    """Write a cursor."""
    words = [BEFORE if backwards else AFTER, signature(sort), [_encode(one) for one in place]]
    text = json.dumps(words, ensure_ascii=False, separators=(",", ":"))
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def goes_backwards(text: str) -> bool:
    """Say which way a cursor leads; what is no cursor is refused."""
    return _open(text)[0] == BEFORE


def read_cursor(text: str, sort: Sequence[SortKey], keys: Sequence[OrderKey]) -> Cursor:
    """Read a cursor of this order; anything else is refused."""
    direction, signed, values = _open(text)
    if signed != signature(sort) or not isinstance(values, list) or len(values) != len(keys) + 1:
        raise _refusal()
    storages = [(one.storage, one.scale, one.may_be_empty) for one in keys]
    try:
        place = tuple(
            _decode(value, *kind)
            for value, kind in zip(values, [*storages, (Storage.INTEGER, 0, False)], strict=True)
        )
    except (TypeError, ValueError, ArithmeticError):
        raise _refusal() from None
    return Cursor(place, direction == BEFORE)


def signature(sort: Sequence[SortKey]) -> str:
    """Return a mark of the order that a cursor belongs to."""
    written = ",".join(f"{'-' if one.descending else ''}{one.path}" for one in sort)
    return sha256(written.encode()).hexdigest()[:8]


def _open(text: str) -> tuple[str, str, Any]:
    if len(text) > LONGEST:
        raise _refusal()
    try:
        found = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        raise _refusal() from None
    match found:
        case [("a" | "b") as direction, str() as signed, values]:
            return direction, signed, values
        case _:
            raise _refusal()


def _encode(value: Value) -> str | int | None:
    match value:
        case Decimal():
            return format(value, "f")
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case int() | str() | None:
            return value
        case _:
            raise TypeError(f"Nothing sorts by {value!r}")


def _decode(value: object, storage: Storage, scale: int, may_be_empty: bool) -> Value:  # noqa: FBT001 - a key's trait
    if value is None and may_be_empty:
        return None
    match storage, value:
        case (Storage.INTEGER, int()) if not isinstance(value, bool) and LOWEST <= value <= LARGEST:
            return value
        case (_, str()) if storage is not Storage.INTEGER and _is_clean(value):
            return _from_text(value, storage, scale)
        case _:
            raise ValueError(storage)


def _from_text(text: str, storage: Storage, scale: int) -> Value:
    match storage:
        case Storage.TEXT:
            return text
        case Storage.SCALED:
            number = Decimal(text)
            to_units(number, scale)  # refuses what no record can hold
            return number
        case Storage.DATE:
            return date.fromisoformat(text)
        case Storage.INSTANT:
            return _aware(datetime.fromisoformat(text))
        case _:
            raise ValueError(storage)


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("an instant has a zone")
    return moment.astimezone(UTC)


def _is_clean(text: str) -> bool:
    """Say whether a text is one that a database takes: no NUL, no half of a pair."""
    return (
        len(text) <= SORT_LETTERS
        and "\0" not in text
        and text.encode("utf-8", "ignore").decode() == text
    )


def _refusal() -> BadQuery:
    return BadQuery(PARAMETER, say("This page is not known here. Begin with the first one."))
