"""One version at a time: who writes records does it for the version that is applied, or not at all.

A writer holds the configuration as it is until it has committed, and an apply waits for all of them
before it changes anything. On SQLite a write has the whole database to itself; on PostgreSQL it
takes a shared lock first of all, before it locks any row, so that none of them waits in a circle.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import psycopg
from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from engine.errors import Outdated, say
from engine.runtime.database import CONFIGURATION_LOCK, Database
from engine.runtime.tables.system import VERSIONS

T = TypeVar("T")
NEWEST = select(VERSIONS.c.digest).order_by(VERSIONS.c.id.desc()).limit(1)
# Two statements in one message: the second one sees what was committed while the first one waited.
LOCK_AND_LOOK = "; ".join(
    (
        f"SELECT pg_advisory_xact_lock_shared({CONFIGURATION_LOCK})",
        "SELECT digest FROM kt_versions ORDER BY id DESC LIMIT 1",
    )
)


def hold_version(database: Database, connection: Connection, digest: str) -> None:
    """Hold the version with this digest until a write ends; refuse where it is not the newest."""
    require_newest(database, _locked(connection), digest)


def of_version(
    database: Database, digest: str, work: Callable[[Connection], T]
) -> Callable[[Connection], T]:
    """Return the work of a write as it is done for this version alone."""

    def held(connection: Connection) -> T:
        hold_version(database, connection, digest)
        return work(connection)

    return held


def require_newest(database: Database, newest: str | None, digest: str) -> None:
    """Refuse to go on for a version that is not the newest, and let the process look at once."""
    if newest not in (digest, None):  # None: nothing was ever applied
        database.has_news = True
        raise Outdated(say("This CRM has just been changed. Try again in a moment."))


def _locked(connection: Connection) -> str | None:
    if connection.dialect.name != "postgresql":
        return connection.scalar(NEWEST)
    raw: Any = connection.connection
    try:
        with raw.cursor() as cursor:  # past SQLAlchemy: every write of records pays for this
            cursor.execute(LOCK_AND_LOOK)
            cursor.nextset()
            row = cursor.fetchone()
    except psycopg.Error as error:
        raise _as_usual(connection, raw, error) from error
    return None if row is None else str(row[0])


def _as_usual(connection: Connection, raw: Any, error: psycopg.Error) -> BaseException:
    """Return the error as SQLAlchemy raises it, and give up a connection that is lost."""
    lost = bool(raw.closed)
    if lost:
        connection.invalidate(error)
    return DBAPIError.instance(
        LOCK_AND_LOOK, None, error, psycopg.Error, connection_invalidated=lost
    )
