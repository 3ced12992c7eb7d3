"""INSERT ... ON CONFLICT, in the words of the database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def upsert(
    connection: Connection,
    table: Table,
    values: Mapping[str, Any],
    changes: Mapping[str, Any],
    key: tuple[str, ...] | None = None,
) -> Any:
    """Return the INSERT of a row that makes the changes instead where its key is taken."""
    columns = [table.c[one] for one in key] if key else list(table.primary_key)
    made = _insert(connection, table, values)
    return made.on_conflict_do_update(index_elements=columns, set_=dict(changes))


def insert_new(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row unless its primary key is taken; say whether it was new.

    On PostgreSQL this waits for a transaction that is about to take the same key.
    """
    made = _insert(connection, table, values).on_conflict_do_nothing()
    # Not by the count of rows: drivers do not agree on it here.
    return connection.execute(made.returning(*table.primary_key)).one_or_none() is not None


def _insert(connection: Connection, table: Table, values: Mapping[str, Any]) -> Any:
    sqlite_used = connection.dialect.name == "sqlite"
    make = sqlite.insert if sqlite_used else postgresql.insert
    return make(table).values(dict(values))
