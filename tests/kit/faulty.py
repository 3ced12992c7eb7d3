"""A store that fails: each transaction with a chance, at a statement of it or at its commit.

What it says is what a real one says, so that the engine's own judgement of errors is tried, too.
The worst one does the commit, and says that it did not.
"""

import random
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, get_args
from unittest.mock import patch

import psycopg
from sqlalchemy import Connection, event

from engine.runtime.database import Database

Fault = Literal[
    "timeout",
    "unavailable",
    "deadlock",
    "serialization",
    "disk full",
    "not synced",
    "done, told that not",
]
FAULTS: tuple[Fault, ...] = get_args(Fault)
AT_COMMIT: tuple[Fault, ...] = ("not synced", "done, told that not")
EXECUTIONS = ("do_execute", "do_executemany", "do_execute_no_params")
STATEMENTS = 5  # until a fault comes, as a rule; a shorter transaction fails at its commit
POSTGRES: dict[Fault, type[psycopg.Error]] = {
    "timeout": psycopg.errors.QueryCanceled,
    "unavailable": psycopg.errors.AdminShutdown,
    "deadlock": psycopg.errors.DeadlockDetected,
    "serialization": psycopg.errors.SerializationFailure,
    "disk full": psycopg.errors.DiskFull,
    "not synced": psycopg.errors.IoError,
    "done, told that not": psycopg.OperationalError,
}
SQLITE: dict[Fault, int] = {
    "timeout": sqlite3.SQLITE_BUSY,
    "unavailable": sqlite3.SQLITE_IOERR,
    "deadlock": sqlite3.SQLITE_LOCKED,
    "serialization": sqlite3.SQLITE_BUSY_SNAPSHOT,
    "disk full": sqlite3.SQLITE_FULL,
    "not synced": sqlite3.SQLITE_IOERR_FSYNC,
    "done, told that not": sqlite3.SQLITE_IOERR,
}


@dataclass
class Store:
    """The faults of one database: which, how often, and how many there were."""

    database: Database
    faults: tuple[Fault, ...]
    rate: float
    luck: random.Random
    number: int = 0
    _fate: threading.local = field(default_factory=threading.local)

    def begin(self, _: Connection) -> None:
        """Decides what becomes of a transaction."""
        self._fate.fault = None
        if self.luck.random() < self.rate:
            self._fate.fault = self.luck.choice(self.faults)
            self._fate.left = int(self.luck.expovariate(1 / STATEMENTS))

    def execute(self, cursor: Any, *_: Any) -> None:
        """Fails at the statement whose turn it is."""
        fault: Fault | None = getattr(self._fate, "fault", None)
        if fault is None or fault in AT_COMMIT:
            return
        self._fate.left -= 1
        if self._fate.left < 0:
            self._fail(fault, cursor.connection)

    def commit(self, connection: Any) -> None:
        """Fails at the commit, or after it."""
        fault: Fault | None = getattr(self._fate, "fault", None)
        if fault is None or fault == "done, told that not":
            type(self.database.engine.dialect).do_commit(self.database.engine.dialect, connection)
        if fault is not None:
            self._fail(fault, connection.driver_connection)

    def _fail(self, fault: Fault, connection: Any) -> None:
        self._fate.fault = None
        self.number += 1
        if self.database.dialect == "postgresql":
            if fault in ("unavailable", "done, told that not"):
                connection.close()
            raise POSTGRES[fault](fault)
        error = sqlite3.OperationalError(fault)
        error.sqlite_errorcode = SQLITE[fault]
        raise error


@contextmanager
def failing(
    database: Database, faults: tuple[Fault, ...], rate: float, luck: random.Random
) -> Iterator[Store]:
    """Lets the store of a database fail meanwhile."""
    store, engine = Store(database, faults, rate, luck), database.engine
    event.listen(engine, "begin", store.begin, insert=True)
    for name in EXECUTIONS:
        event.listen(engine, name, store.execute, insert=True)
    with patch.object(engine.dialect, "do_commit", store.commit):
        yield store
    event.remove(engine, "begin", store.begin)
    for name in EXECUTIONS:
        event.remove(engine, name, store.execute)
