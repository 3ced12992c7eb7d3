"""The database: one engine, read and write transactions, and errors in words.

A read is one snapshot and can write nothing: on SQLite it has connections of its own for it. `hold`
keeps it for all reads of a page. A write takes its lock at once (`BEGIN IMMEDIATE` on SQLite, where
a transaction that reads first and then writes is refused), commits on success and rolls back on any
exception. Nothing else in the engine opens a connection.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar, cast
from weakref import WeakSet

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import Pool

from engine.clock import Clock, SystemClock
from engine.errors import Refused, Unavailable, say
from engine.runtime.held_read import HeldRead
from engine.runtime.postgres_connections import open_postgresql, prepare_no_more, set_reading
from engine.runtime.sqlite_functions import register_functions

FILE = "kartoteka.db"
CONFIGURATION_LOCK: Final = 0x6B61_7274
ATTEMPTS = 4
PAUSE = 0.05
WRITER_PATIENCE = 15.0
ROWS_COUNTED = 400  # of each index: milliseconds, however large a table is
SQLITE_NEEDED = (3, 38)  # -> of JSON, RETURNING, RENAME COLUMN
PRAGMAS = (
    "PRAGMA busy_timeout=5000",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
)

T = TypeVar("T")
_to_json = json.JSONEncoder(ensure_ascii=False).encode


class Busy(Unavailable):
    """The transaction was rolled back because of others; the same may succeed at once."""

    code = "busy"


class Database:
    """One database, embedded (SQLite) or PostgreSQL.

    One in a hurry does not wait for the disk at each commit: a power failure may take the last
    ones along, and never halves one.
    """

    def __init__(
        self, url: str | URL, clock: Clock | None = None, *, is_hurried: bool = False
    ) -> None:
        self.url = _read_url(url)
        self.dialect = self.url.get_backend_name()
        self.clock = clock or SystemClock()
        self._era = 0  # goes up when tables have changed
        self.engine = self._open()
        if is_hurried:
            event.listen(self.engine, "connect", _hurry)
        self._readers = _readers_of(self.engine) if self._is_sqlite else None
        self._own = threading.local()
        self._held = HeldRead(self._reading)
        self.has_news = False  # somebody here has met a version that is not served here yet
        _LIVING.add(self)
        self._writer = threading.Lock()  # threads queue in turn; SQLite would let them scramble

    @property
    def _is_sqlite(self) -> bool:
        return self.dialect == "sqlite"

    @property
    def readers(self) -> Pool:
        """Return the connections that reads are given."""
        return self._readers or self.engine.pool

    def _open(self) -> Engine:
        if self._is_sqlite:
            return _open_sqlite(self.url)
        return open_postgresql(self.url, _to_json, lambda: self._era)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Yield a connection that sees one snapshot and can write nothing."""
        if self._held.is_wanted:
            with _in_words(), self._held.use() as connection:
                yield connection
        else:
            with _in_words(), self._reading() as connection:
                yield connection

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Let all reads of this thread see the same moment, until the end or a write of its own."""
        self._own.has_written = False
        with self._held.wanted():
            yield

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._connect_to_read() as connection, self._begun(connection, is_reading=True):
            yield connection

    def _connect_to_read(self) -> Connection:
        if self._readers is None:
            return self.engine.connect()
        return Connection(self.engine, self._readers.connect())

    @contextmanager
    def _begun(self, connection: Connection, *, is_reading: bool) -> Iterator[None]:
        """Begin on SQLite by ourselves; one listener for it would make all statements slower."""
        if not self._is_sqlite:
            set_reading(cast(Any, connection.connection.driver_connection), is_reading=is_reading)
        with connection.begin():
            if self._is_sqlite:
                connection.exec_driver_sql("BEGIN" if is_reading else "BEGIN IMMEDIATE")
            yield

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Yield a connection whose changes are committed together, or not at all."""
        if getattr(self._own, "writing", False):
            raise RuntimeError("A write inside a write: pass the connection on instead")
        self._own.writing = True
        self._held.let_go()
        try:
            with (
                self._turn(),
                _in_words(),
                self.engine.connect() as connection,
                self._begun(connection, is_reading=False),
            ):
                yield connection
        finally:
            self._own.writing = False
            self._held.let_go()

    def run_write(self, work: Callable[[Connection], T], attempts: int = ATTEMPTS) -> T:
        """Do the work in a write; again, from the start, where others made it roll back."""
        for attempt in range(1, attempts):
            try:
                with self.write() as connection:
                    return work(connection)
            except Busy:
                time.sleep(PAUSE * attempt)
        with self.write() as connection:
            return work(connection)

    @property
    def has_written(self) -> bool:
        """Say whether this thread has stored records since `hold` began."""
        return getattr(self._own, "has_written", False)

    def note_written(self) -> None:
        """Note that this thread has stored records."""
        self._own.has_written = True

    def lock_configuration(self, connection: Connection) -> None:
        """Hold until the end of the write what only one may do at a time: change the tables.

        It waits for those who write records (`one_version`), and lets none begin.
        """
        if not self._is_sqlite:
            connection.execute(
                text("SELECT pg_advisory_xact_lock(:key)"), {"key": CONFIGURATION_LOCK}
            )
            raw: Any = connection.connection.driver_connection
            prepare_no_more(raw)

    def forget_statements(self) -> None:
        """Use no statement again that was prepared before now: the tables are others."""
        self._era += 1

    def learn_sizes(self) -> None:
        """Let SQLite count a little, so that it begins a query at the smaller end.

        PostgreSQL does so by itself. Connections that are open go on as before.
        """
        if self._is_sqlite:
            with self.write() as connection:
                connection.exec_driver_sql(f"PRAGMA analysis_limit={ROWS_COUNTED}")
                connection.exec_driver_sql("ANALYZE")

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()
        if self._readers is not None:
            self._readers.dispose()
            self._readers = self._readers.recreate()

    def forget_parent(self) -> None:
        """Leave the connections to the process that this one was forked from."""
        self.engine.dispose(close=False)
        if self._readers is not None:
            self._readers = self._readers.recreate()
        self._writer = threading.Lock()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._is_sqlite:
            yield
            return
        if not self._writer.acquire(timeout=WRITER_PATIENCE):
            raise Busy(say("The database is busy. Try again in a moment."))
        try:
            yield
        finally:
            self._writer.release()


_LIVING: Final[WeakSet[Database]] = WeakSet()


def _forget_parents() -> None:
    for one in list(_LIVING):
        one.forget_parent()


if hasattr(os, "register_at_fork"):  # Windows forks nothing
    os.register_at_fork(after_in_child=_forget_parents)


def open_database(
    data: Path | None = None, url: str | None = None, clock: Clock | None = None
) -> Database:
    """Open the database of a data folder (an SQLite file in it) or at a URL."""
    if url is not None:
        return Database(url, clock)
    if data is None:
        raise Refused(say("No database is named."), say("Give --data FOLDER or --database URL."))
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(
            say(
                "The data folder {folder} can't be made: {reason}.",
                folder=data,
                reason=error.strerror,
            )
        ) from error
    address = URL.create("sqlite", database=str(data / FILE))
    return Database(address.render_as_string(), clock)


def _read_url(url: str | URL) -> URL:
    try:
        found = make_url(url)
    except ArgumentError as error:
        raise Refused(say("'{url}' is not the address of a database.", url=url), _FORMS) from error
    match found.get_backend_name():
        case "sqlite":
            return found.set(drivername="sqlite")
        case "postgresql" | "postgres":
            return found.set(drivername="postgresql+psycopg")
        case other:
            raise Refused(say("Kartoteka keeps no data in '{kind}'.", kind=other), _FORMS)


_FORMS = say("Write postgresql://user:password@host/name, or sqlite:////folder/file.db.")


def _open_sqlite(url: URL) -> Engine:
    if sqlite3.sqlite_version_info < SQLITE_NEEDED:
        raise Refused(
            say(
                "SQLite {found} is too old: {needed} is needed.",
                found=sqlite3.sqlite_version,
                needed=".".join(map(str, SQLITE_NEEDED)),
            )
        )
    engine = create_engine(
        url, pool_size=10, max_overflow=10, json_serializer=_to_json, hide_parameters=True
    )
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # BEGIN is ours: the driver's own comes too late
    try:
        for pragma in PRAGMAS:
            connection.execute(pragma)
    except sqlite3.Error as error:
        raise _sqlite_sentence(error) or error from error
    register_functions(connection)


def _readers_of(engine: Engine) -> Pool:
    """Return connections that can only read, for as long as they live.

    To change `query_only` makes SQLite forget all that a connection has prepared.
    """
    readers = engine.pool.recreate()
    event.listen(readers, "connect", _read_only)
    return readers


def _read_only(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA query_only=ON")


def _hurry(connection: sqlite3.Connection | psycopg.Connection[Any], _record: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=NORMAL")
    else:
        connection.execute("SET synchronous_commit TO off")
        connection.commit()


@contextmanager
def _in_words() -> Iterator[None]:
    """Turn what only the operator can mend, or time, into a sentence."""
    try:
        yield
    except PoolTimeout as error:
        raise Busy(say("The database is busy. Try again in a moment.")) from error
    except (DBAPIError, sqlite3.Error) as error:
        said = _sentence(error)
        if said is None:
            raise
        raise said from error


def _sentence(error: DBAPIError | sqlite3.Error) -> Unavailable | None:
    if isinstance(error, sqlite3.Error):  # while connecting
        return _sqlite_sentence(error)
    original = error.orig
    if isinstance(original, sqlite3.Error):
        return _sqlite_sentence(original)
    if isinstance(original, psycopg.OperationalError):
        return _postgresql_sentence(original.sqlstate, lost=error.connection_invalidated)
    return None


def _sqlite_sentence(error: sqlite3.Error) -> Unavailable | None:
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return Busy(say("The database is busy. Try again in a moment."))
        case sqlite3.SQLITE_FULL:
            return Unavailable(say("The disk is full: nothing can be saved."))
        case (
            sqlite3.SQLITE_IOERR
            | sqlite3.SQLITE_CANTOPEN
            | sqlite3.SQLITE_PERM
            | sqlite3.SQLITE_READONLY
        ):
            return Unavailable(say("The file of the database can't be read or written."))
        case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
            return Unavailable(say("The file of the database is damaged, or is no database."))
        case _:
            return None


def _postgresql_sentence(state: str | None, *, lost: bool) -> Unavailable | None:
    match state:
        case "40P01" | "40001":  # deadlock, serialization
            return Busy(say("The database is busy. Try again in a moment."))
        case "53100":
            return Unavailable(say("The disk is full: nothing can be saved."))
        case "53300":
            return Busy(say("The database has no free connection. Try again in a moment."))
        case "58030":
            return Unavailable(say("The file of the database can't be read or written."))
        case _ if lost or state is None or state[:2] in ("08", "57"):
            return Unavailable(say("The database can't be reached. Try again in a moment."))
        case _:
            return None
