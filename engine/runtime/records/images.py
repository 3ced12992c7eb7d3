"""Images of a record for the history: exact values as JSON, and back.

Decimals are texts, instants ISO in UTC; reading back follows the field's type of today. A value
that another type left behind is returned as it stands: it is shown, never computed with.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

from engine.metadata.fieldtypes.base import Storage
from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.metadata.model.entity import Entity
from engine.metadata.model.text import RecordRef, Value

Image = Mapping[str, Value]
Json = str | int | bool | list["Json"] | None

SYSTEM_STORAGE: Mapping[str, Storage] = {
    "title": Storage.TEXT,
    "archived": Storage.BOOL,
    "trashed_at": Storage.INSTANT,
    "created_at": Storage.INSTANT,
    "created_by": Storage.LINK,
}


def to_json(image: Image | None) -> dict[str, Json] | None:
    """Write an image; what is empty is left out."""
    if image is None:
        return None
    return {
        name: value if isinstance(value, str | int) else encode(value)
        for name, value in image.items()
        if value is not None
    }


def encode(value: Value) -> Json:
    """Write one value."""
    match value:
        case None | bool() | str():
            return value
        case int():
            return value
        case Decimal():
            return format(value, "f")
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case tuple():
            return list(value)
        case RecordRef():
            return [value.entity, value.id]


def from_json(image: Mapping[str, Json] | None, entity: Entity) -> dict[str, Value] | None:
    """Read an image by the types of today: without fields that are gone, new ones empty."""
    if image is None:
        return None
    return {name: decode(image.get(name), one) for name, one in storages(entity).items()}


def storages(entity: Entity) -> dict[str, Storage]:
    """Return how each value of an image is kept."""
    fields = {one.id: FIELD_TYPES[one.type].storage for one in entity.fields.values()}
    return {**SYSTEM_STORAGE, **fields}


def decode(value: Json, storage: Storage) -> Value:
    """Read one value of this storage kind; a stranger is returned as a text."""
    if value is None:
        return False if storage is Storage.BOOL else None
    try:
        return _decode(value, storage)
    except (ValueError, InvalidOperation, TypeError, IndexError):
        return str(value)


def _decode(value: Json, storage: Storage) -> Value:
    match storage:
        case Storage.SCALED if isinstance(value, (str, int)):
            return Decimal(value)
        case Storage.DATE if isinstance(value, str):
            return date.fromisoformat(value)
        case Storage.INSTANT if isinstance(value, str):
            return datetime.fromisoformat(value).astimezone(UTC)
        case Storage.OPTIONS if isinstance(value, list):
            return tuple(str(one) for one in value)
        case Storage.ANY_LINK if isinstance(value, list):
            return RecordRef(str(value[0]), int(str(value[1])))
        case Storage.BOOL if isinstance(value, bool):
            return value
        case Storage.INTEGER | Storage.LINK if isinstance(value, int):
            return value
        case Storage.TEXT if isinstance(value, str):
            return value
        case _:
            raise TypeError(storage)
