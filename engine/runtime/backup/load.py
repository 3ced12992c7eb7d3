"""From an archive into an empty database, within the caller's transaction.

The tables are built from the archive's own notes of what exists; then its rows come, then links,
indexes and the views for reports. In the end every table is read again and compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeAlias

import psycopg
from sqlalchemy import Connection, Table, column, select, table
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from engine.errors import Refused, Unavailable, say
from engine.runtime.backup.archive import Archive
from engine.runtime.backup.manifest import TableEntry, damaged
from engine.runtime.backup.numbers import go_on_after
from engine.runtime.backup.portable import Digest, cells_of, line_of, reading, writing
from engine.runtime.backup.tables import complete_tables, counts_up, create_tables, noted_tables
from engine.runtime.plan.state import read_state
from engine.runtime.plan.versions import read_version
from engine.runtime.plan.views import create_views
from engine.runtime.tables.entity import build_tables
from engine.runtime.tables.system import SYSTEM

Tell: TypeAlias = Callable[[int], None]
BATCH = 1_000
NOT_STORED = (  # what rows and notes do that somebody has made up
    SQLAlchemyError,
    psycopg.Error,
    ValueError,
    TypeError,
    KeyError,
    OverflowError,
    RecursionError,
)


def load_archive(connection: Connection, archive: Archive, tell: Tell) -> bool:
    """Build and fill all tables; say whether this engine can read the version that they serve."""
    SYSTEM.create_all(connection)
    loading = _Loading(connection, archive, tell)
    loading.load(SYSTEM.tables)
    state = read_state(connection)
    noted = noted_tables(state)
    create_tables(connection, noted)
    loading.load(noted)
    loading.require_all()
    complete_tables(connection, state, noted)
    for entry in archive.manifest.tables:
        compare_table(connection, entry, loading.tables[entry.name])
    return _create_views(connection)


class _Loading:
    """Loads the tables of an archive, each once."""

    def __init__(self, connection: Connection, archive: Archive, tell: Tell) -> None:
        self._connection = connection
        self._archive = archive
        self._tell = tell
        self._rows = 0
        self.tables: dict[str, Table] = {}

    def load(self, tables: Any) -> None:
        """Load the rows of those tables that the archive has."""
        for entry in self._archive.manifest.tables:
            if entry.name in tables:
                self._load(entry, tables[entry.name])

    def require_all(self) -> None:
        """Refuse an archive with a table that its own notes do not know."""
        for entry in self._archive.manifest.tables:
            if entry.name not in self.tables:
                raise damaged(entry.member)

    def _load(self, entry: TableEntry, found: Table) -> None:
        columns = [found.c[name] for name in entry.columns]
        writes = writing(columns)
        lines = self._archive.lines(entry)
        rows = (cells_of(line, writes) for line in lines)
        _insert(self._connection, found, entry.columns, self._counted(rows))
        if counts_up(found):
            go_on_after(self._connection, found.name, entry.counter)
        self.tables[entry.name] = found

    def _counted(self, rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
        for row in rows:
            yield row
            self._rows += 1
            if self._rows % BATCH == 0:
                self._tell(self._rows)


def compare_table(connection: Connection, entry: TableEntry, found: Table) -> None:
    """Read a table and refuse one that holds other rows than its entry says."""
    columns = [found.c[name] for name in entry.columns]
    reads = reading(columns, connection.dialect.name)
    query: Any = select(*(column(one) for one in entry.columns)).select_from(table(entry.name))
    digest = Digest()
    for batch in connection.execute(query, execution_options={"yield_per": BATCH}).partitions():
        for row in batch:
            digest.add(line_of(row, reads))
    if (digest.rows, str(digest)) != (entry.rows, entry.digest):
        raise Refused(
            say(
                "The table {name} came out with other rows than were put in.",
                name=entry.name,
            ),
            say("Nothing was restored. Tell the makers of Kartoteka."),
        )


def _insert(
    connection: Connection, found: Table, names: Sequence[str], rows: Iterator[Sequence[Any]]
) -> None:
    quote = connection.dialect.identifier_preparer.quote
    columns = ", ".join(quote(one) for one in names)
    if connection.dialect.name == "sqlite":
        places = ", ".join("?" * len(names))
        into = f"{quote(found.name)} ({columns})"
        statement = f"INSERT INTO {into} VALUES ({places})"  # noqa: S608 - the names are quoted
        while batch := list(islice(rows, BATCH)):
            connection.exec_driver_sql(statement, batch)
        return
    driver: Any = connection.connection.driver_connection
    with (
        driver.cursor() as cursor,
        cursor.copy(f"COPY {quote(found.name)} ({columns}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)


@contextmanager
def said_in_words() -> Iterator[None]:
    """Refuse rows and notes that nothing can be made of, whatever it is that can't."""
    try:
        yield
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        raise Unavailable(say("The database can't be reached. Try again in a moment.")) from error
    except NOT_STORED as error:
        raise Refused(
            say("The rows of this backup can't be stored: {reason}.", reason=_reason(error)),
            say("Nothing was restored."),
        ) from error


def _reason(error: Exception) -> str:
    """Return what a database has against rows, without the rows."""
    said = str(error.orig) if isinstance(error, DBAPIError) else str(error)
    return said.partition("\n")[0].rstrip(".") or type(error).__name__


def _create_views(connection: Connection) -> bool:
    applied = read_version(connection)
    application = applied.application() if applied else None
    if application is None:
        return False
    create_views(connection, build_tables(application))
    return True
