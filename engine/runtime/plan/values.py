"""Values that move with a plan: conversions of a field's values, records put into a first stage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Connection,
    Table,
    bindparam,
    column,
    false,
    func,
    select,
    table,
    update,
)
from sqlalchemy.types import TypeEngine

from engine.metadata.fieldtypes.base import Storage
from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.metadata.model.field import Field
from engine.metadata.model.text import RecordRef, Value
from engine.runtime.plan.operations import Changes, Memory, Source
from engine.runtime.plan.recall import Recall, is_changed
from engine.runtime.tables.columns import column_type
from engine.runtime.tables.entity import RecordTables
from engine.runtime.tables.stays import fill_stays

BATCH = 2_000


def convert_values(
    connection: Connection,
    tables: RecordTables,
    field: Field,
    columns: tuple[Source, Memory | None],
    recall: Recall,
) -> None:
    """Write into the field's new columns what its values become: those of today and of before."""
    source, memory = columns
    name, width = tables.table(field.entity).name, len(source.names)
    sources = [source] if memory is None else [source, memory.source]
    changes = memory.changes if memory else None
    for rows in _batches(connection, name, sources, changes):
        became = []
        for record_id, changed, *cells in rows:
            value = to_value(cells[:width])
            before = to_value(cells[width:]) if memory else None
            became.append((record_id, recall(value, before, changed=changed).value))
        _write(connection, tables, field, became)


def fill_stage(connection: Connection, tables: RecordTables, field: Field, now: datetime) -> None:
    """Put the records that stand in no stage into the first one; the stays of all begin."""
    records = tables.table(field.entity)
    cell = tables.column(field.entity, field.id)
    first = next(iter(field.options))
    connection.execute(update(records).where(cell.is_(None)).values({cell: first}))
    fill_stays(connection, field.entity, field.id, (records.name, cell.name), now)


def to_value(cells: Sequence[Any]) -> Value:
    """Return the value that one cell holds, or the two of a link to any record."""
    if len(cells) == 1:
        value: Value = cells[0]
        return value
    entity, record_id = cells
    return None if record_id is None else RecordRef(entity, record_id)


def to_cells(value: Value, width: int) -> tuple[Any, ...]:
    """Return the cells of a value."""
    if width == 1:
        return (value,)
    return (value.entity, value.id) if isinstance(value, RecordRef) else (None, None)


def _batches(
    connection: Connection, name: str, sources: Sequence[Source], changes: Changes | None
) -> Iterator[Sequence[Any]]:
    """Yield rows (id, whether it was changed, cells ...) in batches, in the order of their ids."""
    names = [one for source in sources for one in source.names]
    cells = [column(cell, kind) for source in sources for cell, kind in _typed(source)]
    source = table(name, column("id"), *cells)
    changed = is_changed(source.c.id, changes) if changes else false()
    query = select(source.c.id, changed, *(source.c[one] for one in names)).order_by(source.c.id)
    last = 0
    while rows := connection.execute(query.where(source.c.id > last).limit(BATCH)).all():
        yield rows
        last = rows[-1].id


def _typed(source: Source) -> Iterator[tuple[str, Any]]:
    """Yield names and types; of a link to any record the first cell names the entity."""
    for part, name in enumerate(source.names):
        is_entity = source.storage is Storage.ANY_LINK and part == 0
        yield name, column_type(Storage.TEXT if is_entity else source.storage, source.scale)


def _write(
    connection: Connection,
    tables: RecordTables,
    field: Field,
    changes: Sequence[tuple[int, Value]],
) -> None:
    columns = tables.columns(field.entity, field.id)
    empty = False if FIELD_TYPES[field.type].storage is Storage.BOOL else None
    rows = [(one, *to_cells(value, len(columns))) for one, value in changes if value != empty]
    if rows:
        write_cells(connection, tables.table(field.entity), columns, rows)


def write_cells(
    connection: Connection,
    records: Table,
    columns: Sequence[Column[Any]],
    rows: Sequence[tuple[Any, ...]],
) -> None:
    """Write cells of many records: rows of an id and a cell for each column."""
    if connection.dialect.name == "postgresql":  # one statement: thousands take seconds there
        names = ["id", *(f"cell_{part}" for part in range(len(columns)))]
        types: list[TypeEngine[Any]] = [BigInteger(), *(one.type for one in columns)]
        lists = [
            bindparam(None, [row[part] for row in rows], ARRAY(kind))
            for part, kind in enumerate(types)
        ]
        given = func.unnest(*lists).table_valued(*names).render_derived()
        statement = update(records).where(records.c.id == given.c.id)
        connection.execute(
            statement.values({one: given.c[f"cell_{part}"] for part, one in enumerate(columns)})
        )
        return
    cells = {one: bindparam(f"cell_{part}", type_=one.type) for part, one in enumerate(columns)}
    statement = update(records).where(records.c.id == bindparam("record_id")).values(cells)
    keys = ["record_id", *(f"cell_{part}" for part in range(len(columns)))]
    connection.execute(statement, [dict(zip(keys, row, strict=True)) for row in rows])
