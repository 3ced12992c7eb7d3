"""Connections to PostgreSQL: what they keep prepared, and whether they still live.

A statement that has come a few times over one connection is prepared there, which saves its
planning. One that was prepared before a plan was applied may fail after it: connections of an older
era are given up as soon as somebody wants to use them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from select import select
from time import monotonic
from typing import Any

import psycopg
from psycopg import IsolationLevel
from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.exc import DisconnectionError, InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

from engine.errors import Refused, say

PREPARED = "prepare_threshold"  # in the address: after how many times; `none` for never
OFTEN = 5
SILENCE = 20.0  # seconds after which a connection may have been cut without a word
USED, ERA = "used", "era"


def open_postgresql(url: URL, to_json: Callable[[Any], str], era: Callable[[], int]) -> Engine:
    """Return the engine of a database; `era` is another number after tables have changed."""
    engine = create_engine(
        url.difference_update_query([PREPARED]),
        pool_size=10,
        max_overflow=10,
        json_serializer=to_json,
        hide_parameters=True,  # clients' data does not belong into logs
        connect_args={"prepare_threshold": _threshold(url), "connect_timeout": 10},
    )
    event.listen(engine, "connect", partial(_begin, era))
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", partial(_require_use, era))
    return engine


def set_reading(connection: psycopg.Connection[Any], *, is_reading: bool) -> None:
    """Let the next transaction see one moment and change nothing, or be a usual one.

    A connection keeps what was said to it last: most of them read again and again.
    """
    if bool(connection.read_only) != is_reading:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ if is_reading else None
        connection.read_only = is_reading or None


def prepare_no_more(connection: psycopg.Connection[Any]) -> None:
    """Let a connection plan every statement anew, because its tables change under it."""
    connection.prepare_threshold = None


def _threshold(url: URL) -> int | None:
    written = url.query.get(PREPARED, str(OFTEN))
    if written == "none":
        return None
    if isinstance(written, str) and written.isdecimal():
        return int(written)
    raise Refused(
        say("{name} in the address of the database is a number or `none`.", name=PREPARED)
    )


def _begin(
    era: Callable[[], int], connection: psycopg.Connection[Any], entry: ConnectionPoolEntry
) -> None:
    entry.info[ERA] = era()
    connection.execute("SET TIME ZONE 'UTC'")
    connection.commit()


def _note_use(_connection: object, entry: ConnectionPoolEntry) -> None:
    entry.info[USED] = monotonic()


def _require_use(
    era: Callable[[], int],
    connection: psycopg.Connection[Any],
    entry: ConnectionPoolEntry,
    _proxy: object,
) -> None:
    """Give up a connection of an older era, and one whose server has gone.

    A server that ends says so; only one that has been cut off has to be asked. So a restart costs
    nobody an error.
    """
    if entry.info[ERA] != era():
        raise DisconnectionError
    silent = monotonic() - entry.info.get(USED, monotonic())
    if silent < SILENCE and not _has_word(connection):
        return
    try:
        connection.execute("SELECT 1", prepare=False)
        connection.commit()  # after a rollback nothing would be prepared any more
    except psycopg.Error as error:
        raise InvalidatePoolError from error


def _has_word(connection: psycopg.Connection[Any]) -> bool:
    try:
        return bool(select((connection,), (), (), 0)[0])
    except ValueError:  # a process with more than a thousand open files
        return True
