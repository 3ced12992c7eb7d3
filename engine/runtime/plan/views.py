"""Read-only views for reports: one per entity, by its id, with plain decimals and without trash.

Reporting tools need to know nothing of how values are stored. The views are dropped before tables
change and made anew afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    MetaData,
    Numeric,
    Table,
    func,
    inspect,
    literal,
    select,
    type_coerce,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateView, DropView

from engine.errors import Refused, say
from engine.runtime.tables.columns import Options, Scaled
from engine.runtime.tables.entity import RecordTables
from engine.runtime.tables.names import view_name

TAKEN = "55P03"  # PostgreSQL: somebody has it, and the time to wait is over
FIRST = ("id", "title")
LAST = (
    "archived",
    "created_at",
    "created_by",
    "updated_at",
    "updated_by",
    "last_activity_at",
)


def drop_views(connection: Connection, entities: Iterable[str]) -> None:
    """Drop the views of these entities, where they are."""
    there = set(inspect(connection).get_view_names())
    for name in map(view_name, entities):
        if name in there:
            _drop(connection, name)


def create_views(connection: Connection, tables: RecordTables) -> None:
    """Create the views of all entities."""
    for entity, table in tables.tables.items():
        columns = _columns(tables, entity, connection.dialect.name)
        query = select(*columns).where(table.c.trashed_at.is_(None))
        connection.execute(CreateView(query, view_name(entity)))


def _drop(connection: Connection, name: str) -> None:
    try:
        connection.execute(DropView(Table(name, MetaData())))
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == TAKEN:
            raise  # somebody reads it just now
        raise Refused(
            say("Another view of this database reads the view {name}.", name=name),
            say("Nothing was changed. Drop that view, apply, and create it again."),
        ) from error


def _columns(tables: RecordTables, entity: str, dialect: str) -> Iterator[ColumnElement[Any]]:
    table, shape = tables.table(entity), tables.shapes[entity]
    yield from (table.c[one] for one in FIRST)
    for field, columns in shape.fields.items():
        if len(columns) == 1:
            yield _plain(table.c[columns[0].name], dialect).label(field)
            continue
        for column, part in zip(columns, ("entity", "id"), strict=True):
            name = f"{field}_{part}"
            yield table.c[column.name].label(column.name if name in shape.fields else name)
    yield from (table.c[one] for one in LAST)


def _plain(column: ColumnElement[Any], dialect: str) -> ColumnElement[Any]:
    """Return a column as a reporting tool wants it."""
    if isinstance(column.type, Scaled):
        scale = column.type.scale
        units: ColumnElement[Any] = type_coerce(column, BigInteger)
        return func.round(units / literal(Decimal(10**scale), Numeric), scale)
    if isinstance(column.type, Options):
        trim = func.btrim if dialect == "postgresql" else func.trim
        listed: ColumnElement[Any] = func.replace(trim(column, "|"), "|", ", ")
        return listed
    return column
