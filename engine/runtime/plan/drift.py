"""Live tables against the engine's record of them: says what somebody changed by hand.

Columns that somebody added are theirs and are left alone. What is missing or of another type
keeps everything else from being planned.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect, inspect

from engine.runtime.plan.state import LiveState, LiveTable
from engine.runtime.tables.columns import column_type
from engine.runtime.tables.entity import system_columns


@dataclass(frozen=True, slots=True)
class Drift:
    """One difference; `harms`: nothing can be planned before it is mended."""

    sentence: str
    harms: bool = False


def find_drift(connection: Connection, state: LiveState) -> tuple[Drift, ...]:
    """Return all differences."""
    inspector = inspect(connection)
    columns = {
        name: {one["name"]: one["type"] for one in found}
        for (_, name), found in inspector.get_multi_columns().items()
    }
    indexes = {one["name"] for found in inspector.get_multi_indexes().values() for one in found}
    return tuple(
        drift
        for table in state.tables
        for drift in _of_table(table, columns.get(table.name), connection.dialect)
    ) + tuple(
        Drift(f"the index {index.name} of the table {table.name} is missing")
        for table in state.tables
        for index in table.indexes
        if index.name not in indexes and table.name in columns
    )


def _of_table(
    table: LiveTable, live: Mapping[str, Any] | None, dialect: Dialect
) -> Iterator[Drift]:
    if live is None:
        yield Drift(f"the table {table.name} of {table.entity} is missing", harms=True)
        return
    system = [one.name for one in system_columns()]
    for name in (*system, *(one.name for one in table.columns)):
        if name not in live:
            yield Drift(f"the column {name} of the table {table.name} is missing", harms=True)
    for column in table.columns:
        wanted = column_type(column.storage, column.scale).compile(dialect)
        if column.name in live and live[column.name].compile(dialect) != wanted:
            sentence = f"the column {column.name} of the table {table.name} has another type now"
            yield Drift(sentence, harms=True)
    for name in live.keys() - {*system, *(one.name for one in table.columns)}:
        yield Drift(f"the table {table.name} has a column {name} that Kartoteka did not make")
