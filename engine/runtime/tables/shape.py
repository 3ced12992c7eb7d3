"""What an entity needs of the database, as plain values: columns of its fields and indexes.

The tables of `entity.py` are built from it and the plan compares it with what is there, so that
the two can't disagree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from engine.metadata.fieldtypes.base import Storage
from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.metadata.fieldtypes.scale import scale_of
from engine.metadata.model.application import Application
from engine.metadata.model.entity import Entity
from engine.metadata.model.field import Field, FormulaKind
from engine.metadata.model.view import View
from engine.runtime.tables.names import (
    any_link_names,
    column_name,
    index_name,
    table_name,
    unique_name,
)

# Texts of these types may be longer than an entry of PostgreSQL's ordinary index (2,700 bytes).
LONG_TEXTS = ("text", "long_text", "url")
SAFE_LETTERS = 500
SORTED_SYSTEM_FIELDS = ("updated_at", "last_activity_at")


class Method(StrEnum):
    """How an index is built; only PostgreSQL knows others than the ordinary one."""

    ORDERED = "ordered"
    HASH = "hash"  # equality alone, of texts of any length
    DIGEST = "digest"  # unique over the digest of a text of any length


@dataclass(frozen=True, slots=True)
class ColumnShape:
    """One column: `target` is the entity that a link points at."""

    name: str
    storage: Storage
    scale: int = 0
    target: str | None = None


@dataclass(frozen=True, slots=True)
class IndexShape:
    """One index; a unique one ignores trashed records."""

    name: str
    columns: tuple[str, ...]
    unique: bool = False
    method: Method = Method.ORDERED


@dataclass(frozen=True, slots=True)
class TableShape:
    """The table of an entity: columns by field id, indexes by name."""

    entity: str
    name: str
    fields: Mapping[str, tuple[ColumnShape, ...]]
    indexes: Mapping[str, IndexShape]


def table_shape(entity: Entity, application: Application) -> TableShape:
    """Return the table that the entity needs."""
    fields = {
        one.id: field_columns(one, application) for one in entity.fields.values() if is_stored(one)
    }
    indexes = {one.name: one for one in _indexes(entity, application)}
    return TableShape(entity.id, table_name(entity.id), fields, indexes)


def is_stored(field: Field) -> bool:
    """Say whether the field has columns; a formula that uses the clock has none."""
    return field.formula_kind is not FormulaKind.ON_READ


def field_columns(field: Field, application: Application) -> tuple[ColumnShape, ...]:
    """Return the columns of a field: one, or two where it may link to any entity."""
    storage = FIELD_TYPES[field.type].storage
    if storage is Storage.ANY_LINK:
        entity, record = any_link_names(field.id)
        return ColumnShape(entity, Storage.TEXT), ColumnShape(record, Storage.ANY_LINK)
    target = field.to if storage is Storage.LINK else None
    return (ColumnShape(column_name(field.id), storage, scale_of(field, application), target),)


def _indexes(entity: Entity, application: Application) -> Iterator[IndexShape]:
    yield _index(entity, "title_key", "id")
    yield _index(entity, "created_at", "id")
    if entity.owner is None:
        yield _index(entity, *_owned("created_by"))
    for field in entity.fields.values():
        if is_stored(field):
            yield from _field_indexes(entity, field)
    for fields in entity.unique:
        yield from _unique_indexes(entity, [entity.fields[one] for one in fields])
    for path in _sort_paths(entity, application):
        yield from _sort_index(entity, path)
    for view in application.views.values():
        if view.entity == entity.id:
            yield from _view_indexes(entity, view, application.leading_field(view))


def _index(entity: Entity, *columns: str, method: Method = Method.ORDERED) -> IndexShape:
    return IndexShape(index_name(entity.id, *columns), columns, method=method)


def _field_indexes(entity: Entity, field: Field) -> Iterator[IndexShape]:
    storage = FIELD_TYPES[field.type].storage
    if field.unique:
        yield from _unique_indexes(entity, [field])
    elif storage is Storage.ANY_LINK:
        yield _index(entity, *any_link_names(field.id))
    elif field.id == entity.owner:
        yield _index(entity, *_owned(column_name(field.id)))
    elif storage is Storage.LINK or field.type == "stage":
        yield _index(entity, column_name(field.id))
    elif field.index:
        method = Method.HASH if _is_long(field) else Method.ORDERED
        yield _index(entity, column_name(field.id), method=method)


def _owned(column: str) -> tuple[str, str]:
    """Return the columns that find somebody's records, and those that changed last."""
    return column, "updated_at"


def _unique_indexes(entity: Entity, fields: list[Field]) -> Iterator[IndexShape]:
    columns = tuple(column_name(one.id) for one in fields)
    long = [one for one in fields if _is_long(one)]
    method = Method.DIGEST if long else Method.ORDERED
    yield IndexShape(unique_name(entity.id, *columns), columns, unique=True, method=method)
    if long and len(fields) == 1:  # an index over digests serves no search for the text
        yield _index(entity, *columns, method=Method.HASH)


def _is_long(field: Field) -> bool:
    bound = field.max_length
    return field.type in LONG_TEXTS and (bound is None or bound > SAFE_LETTERS)


def _sort_paths(entity: Entity, application: Application) -> Iterator[str]:
    yield from (one.path for one in entity.order)
    for view in application.views.values():
        if view.entity == entity.id:
            yield from (one.path for one in view.sort)


def _view_indexes(entity: Entity, view: View, leading: Field | None) -> Iterator[IndexShape]:
    """Yield the indexes that serve a view: the lanes of a board, the days of a calendar."""
    if leading is None or not is_stored(leading):
        return
    if view.type == "board":
        yield from _board_indexes(entity, leading, view)
    if view.type == "calendar":
        yield _index(entity, column_name(leading.id))


def _board_indexes(entity: Entity, stage: Field, view: View) -> Iterator[IndexShape]:
    """Yield the indexes that serve the lanes of a board: as it sorts, and what changed last."""
    path = next((one.path for one in view.sort or entity.order), "id")
    columns = next((one.columns for one in _sort_index(entity, path)), ())
    if path in ("id", "created_at"):
        columns = tuple(dict.fromkeys((path, "id")))
    for one in filter(None, dict.fromkeys((columns, ("updated_at", "id")))):
        yield _index(entity, column_name(stage.id), *one)


def _sort_index(entity: Entity, path: str) -> Iterator[IndexShape]:
    """Yield the index that serves an order; texts sort by what is made of them, not by these."""
    field = entity.fields.get(path)
    if path in SORTED_SYSTEM_FIELDS:
        yield _index(entity, path, "id")
    elif field is not None and is_stored(field):
        kind = FIELD_TYPES[field.type]
        if kind.sortable and kind.storage is not Storage.TEXT:
            yield _index(entity, column_name(field.id), "id")
