"""The layout of the engine's own tables: made where they are missing, and older ones brought along.

Nothing is lost on the way: tables get what they lack, and what was never noted before is found out
from what there is.
"""

from __future__ import annotations

from typing import Any

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, Connection, DefaultClause, inspect, select, text

from engine.errors import Refused, say
from engine.runtime.database import Database
from engine.runtime.tables.numbers import fill_numbers
from engine.runtime.tables.stays import fill_all_stays
from engine.runtime.tables.system import META, SYSTEM
from engine.runtime.upsert import upsert

LAYOUT = 3  # the version of these tables, kept in kt_meta
NUMBERED = 3  # since then tables and columns have numbers


def ensure_system_tables(database: Database) -> None:
    """Create the engine's tables where they are missing; refuse those of a newer engine."""
    if stored_layout(database) == LAYOUT:
        return
    with database.write() as connection:
        database.lock_configuration(connection)
        bring_along(connection)


def bring_along(connection: Connection) -> None:
    """Create or complete the tables in a write that holds the lock of the configuration.

    Of several processes that start at once the first one does it; the others find it done.
    """
    found = _layout_within(connection)
    if found == LAYOUT:
        return
    require_letters(connection)
    SYSTEM.create_all(connection)
    if found is not None:
        _add_missing_columns(connection)
        fill_all_stays(connection)
    if found is not None and found < NUMBERED:
        fill_numbers(connection)
    layout = {"value": str(LAYOUT)}
    connection.execute(upsert(connection, META, {"key": "layout", **layout}, layout, ("key",)))


def _add_missing_columns(connection: Connection) -> None:
    """Add to tables of an older engine what this one keeps in them, and their new indexes."""
    found, operations = inspect(connection), Operations(MigrationContext.configure(connection))
    for table in SYSTEM.tables.values():
        known = {one["name"] for one in found.get_columns(table.name)}
        for column in table.columns:
            if column.name not in known:
                operations.add_column(table.name, _like(column))
        for index in table.indexes:
            index.create(connection, checkfirst=True)


def _like(column: Column[Any]) -> Column[Any]:
    """Return a column that belongs to no table yet."""
    written = column.server_default
    default: Any = written.arg if isinstance(written, DefaultClause) else None
    return Column(column.name, column.type, nullable=column.nullable, server_default=default)


def require_letters(connection: Connection) -> None:
    """Refuse a database that knows no small and capital letters but Latin ones."""
    if connection.dialect.name != "postgresql" or connection.scalar(
        text("SELECT lower('Ж') = 'ж'")
    ):
        return
    raise Refused(
        say("This database does not know Cyrillic letters."),
        say("Create it anew: CREATE DATABASE ... TEMPLATE template0 LOCALE 'C.UTF-8'"),
    )


def stored_layout(database: Database) -> int | None:
    """Return the version of the tables, if there are any; refuse one of a newer engine."""
    with database.read() as connection:
        return _layout_within(connection)


def _layout_within(connection: Connection) -> int | None:
    if not inspect(connection).has_table(META.name):
        return None
    found = connection.scalar(select(META.c.value).where(META.c.key == "layout"))
    if found is not None and int(found) > LAYOUT:
        raise Refused(
            say("This database was made by a newer Kartoteka."),
            say("Install that version, or restore a backup made with this one."),
        )
    return None if found is None else int(found)
