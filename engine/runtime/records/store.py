"""Records <-> rows of their table: read with or without a lock, insert, update."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    Connection,
    Row,
    Select,
    Table,
    bindparam,
    literal,
    select,
    union_all,
)

from engine.metadata.model.text import RecordRef, Value
from engine.runtime.records.changes import Stored, Values
from engine.runtime.records.compiled import RECORD_ID, RECORD_IDS, CompiledEntity

CHUNK = 500


class Lock(Enum):
    """How records are kept from others until the end of the transaction (PostgreSQL alone)."""

    SHARED = "shared"  # others may read and hold them, too
    OWN = "own"


def select_stored(compiled: CompiledEntity) -> Select[Any]:
    """Return the SELECT of all that a `Stored` needs."""
    return compiled.selecting


def read_stored(compiled: CompiledEntity, row: Row[Any]) -> Stored:
    """Turn a row into a record."""
    return stored_of(compiled, cells_of(row))


def stored_of(compiled: CompiledEntity, cells: Mapping[str, Any]) -> Stored:
    """Turn the cells of a row into a record."""
    values: dict[str, Value] = {name: cells[name] for name in compiled.system_names}
    for name, columns in compiled.columns.items():
        first, *beside = columns
        values[name] = _reference(cells[first], cells[beside[0]]) if beside else cells[first]
    return Stored(compiled.id, cells["id"], cells["version"], values)


def cells_of(row: Row[Any]) -> Mapping[str, Any]:
    """Return the cells of a row by name."""
    return cast("Mapping[str, Any]", row._mapping)  # noqa: SLF001 - the documented way to them


def fetch(connection: Connection, compiled: CompiledEntity, record_id: int) -> Stored | None:
    """Return a record without locking it."""
    row = connection.execute(compiled.by_id, {RECORD_ID: record_id}).one_or_none()
    return None if row is None else read_stored(compiled, row)


def fetch_values(
    connection: Connection,
    compiled: CompiledEntity,
    record_ids: Iterable[int],
    lock: Lock | None = None,
) -> dict[int, Values]:
    """Return the values of several records by id, locked as asked, in the order of their ids."""
    ids = sorted(set(record_ids))
    found: dict[int, Values] = {}
    query = compiled.by_ids
    if lock is not None:
        query = query.order_by(compiled.table.c.id).with_for_update(read=lock is Lock.SHARED)
    for start in range(0, len(ids), CHUNK):
        for row in connection.execute(query, {RECORD_IDS: ids[start : start + CHUNK]}):
            one = read_stored(compiled, row)
            found[one.id] = one.values
    return found


def titles_outside_the_trash(entity_id: str, table: Table) -> Select[Any]:
    """Return the SELECT of the titles of an entity's records; their ids are under its name."""
    numbers: BindParameter[Any] = bindparam(entity_id, expanding=True)
    return select(literal(entity_id).label("entity"), table.c.id, table.c.title).where(
        table.c.id.in_(numbers), table.c.trashed_at.is_(None)
    )


def fetch_titles(
    connection: Connection,
    entities: Mapping[str, CompiledEntity],
    wanted: Mapping[str, Sequence[int]],
) -> dict[tuple[str, int], str]:
    """Return the titles of those records of several entities that are outside the trash."""
    found: dict[tuple[str, int], str] = {}
    for start in range(0, max(map(len, wanted.values())), CHUNK):
        some = {
            name: chunk for name, ids in wanted.items() if (chunk := ids[start : start + CHUNK])
        }
        query = _together(tuple(entities[one].titling for one in some))
        found |= {(name, number): title for name, number, title in connection.execute(query, some)}
    return found


@lru_cache(maxsize=500)
def _together(parts: tuple[Select[Any], ...]) -> CompoundSelect[Any]:
    return union_all(*parts)


def insert_records(
    connection: Connection, compiled: CompiledEntity, records: Sequence[Values]
) -> tuple[int, ...]:
    """Insert records and return their ids in the same order."""
    rows = [to_cells(compiled, one) for one in records]
    return tuple(connection.scalars(compiled.inserting, one_or_many(rows)))


def one_or_many(rows: list[dict[str, Any]]) -> Any:
    """Return rows as a statement takes them: one alone is cheaper than a list of one."""
    return rows[0] if len(rows) == 1 else rows


def update_record(
    connection: Connection, compiled: CompiledEntity, record_id: int, values: Values
) -> None:
    """Write some values of a record."""
    cells = to_cells(compiled, values)
    connection.execute(compiled.updating, {**cells, RECORD_ID: record_id})


def to_cells(compiled: CompiledEntity, values: Values) -> dict[str, Any]:
    """Turn values into cells by column name."""
    cells: dict[str, Any] = {}
    for name, value in values.items():
        columns = compiled.columns.get(name)
        if columns is None:
            cells[name] = value
        elif len(columns) == 1:
            cells[columns[0]] = value
        else:
            reference = value if isinstance(value, RecordRef) else None
            cells[columns[0]] = reference.entity if reference else None
            cells[columns[1]] = reference.id if reference else None
    return cells


def _reference(entity: str, record_id: int | None) -> Value:
    return None if record_id is None else RecordRef(entity, record_id)
