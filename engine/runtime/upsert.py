"""INSERT ... ON CONFLICT, in the words of the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
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
    made = _insert(connection.dialect.name, table).values(dict(values))
    return made.on_conflict_do_update(index_elements=columns, set_=dict(changes))


def upsert_many(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    changed: tuple[str, ...],
    key: tuple[str, ...] | None = None,
) -> None:
    """Insert rows; where the key of one is taken, give that row the new values of `changed`."""
    if rows:
        statement = _upsert_of_many(connection.dialect.name, table, changed, key)
        connection.execute(statement, [dict(one) for one in rows])


@cache
def _upsert_of_many(
    dialect: str, table: Table, changed: tuple[str, ...], key: tuple[str, ...] | None
) -> Any:
    columns = [table.c[one] for one in key] if key else list(table.primary_key)
    made = _insert(dialect, table)
    return made.on_conflict_do_update(
        index_elements=columns, set_={one: made.excluded[one] for one in changed}
    )


def insert_new(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row unless its primary key is taken; say whether it was new.

    On PostgreSQL this waits for a transaction that is about to take the same key.
    """
    statement = _insert_of_new(connection.dialect.name, table)
    return connection.execute(statement, dict(values)).one_or_none() is not None


@cache
def _insert_of_new(dialect: str, table: Table) -> Any:
    # Not by the count of rows: drivers do not agree on it here.
    return _insert(dialect, table).on_conflict_do_nothing().returning(*table.primary_key)


def _insert(dialect: str, table: Table) -> Any:
    make = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return make(table)
