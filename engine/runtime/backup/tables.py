"""The tables that an archive holds: the engine's own, and those of records as they are noted.

The notes (`kt_tables`, `kt_columns`, `kt_indexes`) know retired tables and columns too, so that
nothing is lost that a later version may want back.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, ForeignKey, Index, MetaData, Table, false
from sqlalchemy.schema import AddConstraint, CreateTable

from engine.errors import Refused, say
from engine.metadata.fieldtypes.base import Storage
from engine.runtime.plan.state import LiveColumn, LiveState
from engine.runtime.tables.columns import column_type
from engine.runtime.tables.entity import build_index, system_columns
from engine.runtime.tables.names import retired_number
from engine.runtime.tables.system import SYSTEM


def noted_tables(state: LiveState) -> dict[str, Table]:
    """Return the tables of records, in use and retired."""
    metadata, found = MetaData(), {}
    for one in state.tables:
        if not _could_be_ours(one.name):
            raise Refused(say("This archive names a table that no CRM has: {name}.", name=one.name))
        columns = (_column(column) for column in one.columns)
        found[one.name] = Table(
            one.name, metadata, *system_columns(), *columns, sqlite_autoincrement=True
        )
    return found


def create_tables(connection: Connection, tables: dict[str, Table]) -> None:
    """Create tables of records; on PostgreSQL their links come when all rows are there."""
    keys = None if connection.dialect.name == "sqlite" else ()
    for table in tables.values():
        connection.execute(CreateTable(table, include_foreign_key_constraints=keys))


def complete_tables(connection: Connection, state: LiveState, tables: dict[str, Table]) -> None:
    """Add the links that are still missing, and the indexes."""
    if connection.dialect.name != "sqlite":
        for table in tables.values():
            for key in table.foreign_key_constraints:
                connection.execute(AddConstraint(key))
    for index in _indexes(state, tables, connection.dialect.name):
        index.create(connection)


def counts_up(table: Table) -> bool:
    """Say whether the database numbers the rows of a table."""
    return "id" in table.c and isinstance(table.c.id.type, BigInteger)


def _indexes(state: LiveState, tables: dict[str, Table], dialect: str) -> Iterator[Index]:
    for one in state.tables:
        for shape in one.indexes:
            yield build_index(tables[one.name], shape, dialect)


def _could_be_ours(name: str) -> bool:
    plain = name.partition("$")[2] if retired_number(name) else name
    return plain.startswith("e_") and name not in SYSTEM.tables


def _column(one: LiveColumn) -> Column[Any]:
    kind = column_type(one.storage, one.scale)
    if one.storage is Storage.BOOL:
        return Column(one.name, kind, nullable=False, server_default=false())
    if one.target is None:
        return Column(one.name, kind)
    target = ForeignKey(f"{one.target}.id", deferrable=True, initially="DEFERRED")
    return Column(one.name, kind, target)
