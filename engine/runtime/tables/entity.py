"""Entities as tables: what the reader, the writer and the plan select from and insert into."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    false,
    func,
    text,
)

from engine.metadata.fieldtypes.base import Storage
from engine.metadata.model.application import Application
from engine.metadata.model.entity import SYSTEM_FIELDS
from engine.runtime.tables.columns import (
    SORT_LETTERS,
    Instant,
    RecordId,
    SortText,
    YesNo,
    column_type,
)
from engine.runtime.tables.names import table_name
from engine.runtime.tables.shape import (
    ColumnShape,
    IndexShape,
    Method,
    TableShape,
    table_shape,
)

NOT_TRASHED = "trashed_at IS NULL"


@dataclass(frozen=True, slots=True)
class RecordTables:
    """The tables of all entities of one configuration."""

    metadata: MetaData
    shapes: Mapping[str, TableShape]
    tables: Mapping[str, Table]

    def table(self, entity_id: str) -> Table:
        """Return the table of an entity."""
        return self.tables[entity_id]

    def column(self, entity_id: str, field_id: str) -> Column[Any]:
        """Return the column of a stored field or of a system field."""
        (column,) = self.columns(entity_id, field_id)
        return column

    def columns(self, entity_id: str, field_id: str) -> tuple[Column[Any], ...]:
        """Return the columns of a field: two (entity, record id) for an any_link, else one."""
        table = self.tables[entity_id]
        if field_id in SYSTEM_FIELDS:
            return (table.c[field_id],)
        shapes = self.shapes[entity_id].fields[field_id]
        return tuple(table.c[one.name] for one in shapes)

    def is_stored(self, entity_id: str, field_id: str) -> bool:
        """Say whether the field has a column; a formula that uses the clock has none."""
        return field_id in SYSTEM_FIELDS or field_id in self.shapes[entity_id].fields


def build_tables(application: Application, metadata: MetaData | None = None) -> RecordTables:
    """Build the tables of all entities; every configuration needs a fresh `MetaData`."""
    metadata = MetaData() if metadata is None else metadata
    shapes = {one.id: table_shape(one, application) for one in application.entities.values()}
    tables = {entity: build_table(shape, metadata) for entity, shape in shapes.items()}
    return RecordTables(metadata, shapes, tables)


def build_table(shape: TableShape, metadata: MetaData) -> Table:
    """Build one table; its indexes are the plan's matter."""
    return Table(
        shape.name,
        metadata,
        *system_columns(),
        *(build_column(one) for columns in shape.fields.values() for one in columns),
        sqlite_autoincrement=True,
    )


def system_columns() -> Iterator[Column[Any]]:
    """Yield the columns that every record has."""
    yield Column("id", RecordId, primary_key=True)
    yield Column("title", Text, nullable=False, server_default="")
    yield Column("title_key", SortText(SORT_LETTERS), nullable=False, server_default="")
    yield Column("search_text", SortText(), nullable=False, server_default="")
    yield Column("created_at", Instant, nullable=False)
    yield Column("created_by", BigInteger, reference("user"))
    yield Column("updated_at", Instant, nullable=False)
    yield Column("updated_by", BigInteger, reference("user"))
    yield Column("archived", YesNo, nullable=False, server_default=false())
    yield Column("trashed_at", Instant)
    yield Column("version", Integer, nullable=False, server_default="1")
    yield Column("last_activity_at", Instant)


def build_column(shape: ColumnShape) -> Column[Any]:
    """Build the column of a field; only a bool is never empty, whatever `required` says."""
    kind = column_type(shape.storage, shape.scale)
    if shape.storage is Storage.BOOL:
        return Column(shape.name, kind, nullable=False, server_default=false())
    if shape.target is not None:
        return Column(shape.name, kind, reference(shape.target))
    return Column(shape.name, kind)


def reference(entity_id: str) -> ForeignKey:
    """Return a real foreign key, judged at commit: linked records may be written in any order."""
    return ForeignKey(f"{table_name(entity_id)}.id", deferrable=True, initially="DEFERRED")


def build_index(table: Table, shape: IndexShape, dialect: str) -> Index:
    """Attach an index to a table that is about to get it; a unique one leaves the trash out."""
    columns: list[ColumnElement[Any]] = [table.c[one] for one in shape.columns]
    options: dict[str, Any] = {}
    if dialect == "postgresql" and shape.method is Method.DIGEST:
        columns = [func.md5(one) if isinstance(one.type, Text) else one for one in columns]
    if shape.method is Method.HASH:
        options["postgresql_using"] = "hash"
    if shape.unique:
        options[f"{dialect}_where"] = text(NOT_TRASHED)
    return Index(shape.name, *columns, unique=shape.unique, **options)
