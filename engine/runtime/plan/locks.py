"""Locks of an apply on PostgreSQL: who reads may wait for it a little, and is never cut off.

The lock of the configuration has stopped all writers of records. Tables that change have to be
taken from readers as well, who take them in whatever order. So all are taken at once or none:
whoever waits too long for one lets go of the others and tries again. On SQLite nobody waits, since
readers keep the moment in which they began.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from engine.errors import say
from engine.runtime.database import Busy
from engine.runtime.plan.operations import (
    AddColumn,
    CreateLinks,
    DropIndex,
    MoveColumn,
    MoveTable,
    Operation,
)
from engine.runtime.plan.state import LiveState, State
from engine.runtime.plan.views import TAKEN, drop_views
from engine.runtime.tables.names import table_name

AT_ONCE = 50  # milliseconds to wait for one table, growing with each try
PAUSE = 0.02
TRIES = 25


def hold_records(connection: Connection, state: LiveState) -> None:
    """Let nobody write past the record service while values are counted; reading goes on."""
    if connection.dialect.name != "postgresql":
        return
    connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    for name in _active(state):
        _lock(connection, name, "SHARE ROW EXCLUSIVE")


def take_tables(connection: Connection, state: LiveState, operations: Iterable[Operation]) -> None:
    """Drop the views, and let nobody read the tables that change until the write ends."""
    entities = [one.entity for one in state.tables if one.state is State.ACTIVE]
    if connection.dialect.name != "postgresql":
        drop_views(connection, entities)
        return
    names = sorted(changed_tables(state, operations))
    for number in range(TRIES):
        if _take(connection, names, entities, AT_ONCE * (1 + number // 5)):
            return
        time.sleep(PAUSE * (1 + number))
    raise Busy(say("The database is busy. Try again in a moment."))


def changed_tables(state: LiveState, operations: Iterable[Operation]) -> set[str]:
    """Return the tables that are there and whose definition changes, by their names so far."""
    before: dict[str, str] = {}
    names: set[str] = set()
    indexes = {index.name: table.name for table in state.tables for index in table.indexes}
    for one in operations:
        match one:
            case MoveTable(name, new_name):
                before[new_name] = name
                names.add(name)
            case MoveColumn(table):
                names.add(table)
            case AddColumn(entity) | CreateLinks(entity):
                names.add(table_name(entity))
            case DropIndex(name) if name in indexes:
                names.add(indexes[name])
            case _:
                pass
    there = {one.name for one in state.tables}
    return {_first_name(one, before) for one in names} & there


def _first_name(name: str, before: dict[str, str]) -> str:
    """Return what a table was called before everything that moved it."""
    for _ in before:
        name = before.get(name, name)
    return name


def _take(
    connection: Connection, names: Sequence[str], entities: Sequence[str], patience: int
) -> bool:
    """Take all, or none of it."""
    try:
        with connection.begin_nested():
            connection.execute(text(f"SET LOCAL lock_timeout = {patience}"))
            for name in names:
                _lock(connection, name, "ACCESS EXCLUSIVE")
            drop_views(connection, entities)
            connection.execute(text("SET LOCAL lock_timeout = 0"))
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == TAKEN:
            return False
        raise
    return True


def _active(state: LiveState) -> list[str]:
    return sorted(one.name for one in state.tables if one.state is State.ACTIVE)


def _lock(connection: Connection, name: str, mode: str) -> None:
    quoted = connection.dialect.identifier_preparer.quote(name)
    connection.exec_driver_sql(f"LOCK TABLE {quoted} IN {mode} MODE")
