"""Databases that many tests begin with, made once in a process and given to each as if new.

An SQLite file is copied. A PostgreSQL database is lent, and afterwards holds again exactly the rows
and numbers that it was made with: with a hundred tables that costs far less than a copy.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import URL, create_engine, text
from sqlalchemy.exc import DBAPIError

from engine.clock import FrozenClock
from engine.metadata.model.application import Application
from engine.runtime.database import Database
from engine.runtime.tables.layout import stored_layout
from tests.kit.postgres import execute

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
Make = Callable[[Database, Application], object]

_files: dict[tuple[str, Make], bytes] = {}

KEEP = """
CREATE SCHEMA kept_rows;
CREATE SCHEMA kept_numbers;
CREATE TABLE kept_numbers.numbers AS
  SELECT format('public.%I', sequencename) AS name, start_value, last_value
  FROM pg_sequences WHERE schemaname = 'public';
DO $$
DECLARE one record; has_rows boolean;
BEGIN
  FOR one IN SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', one.name) INTO has_rows;
    IF has_rows THEN
      EXECUTE format('CREATE TABLE kept_rows.%1$I AS TABLE public.%1$I', one.name);
    END IF;
  END LOOP;
END $$;
"""
RENEW = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid();
DO $$
DECLARE one record;
BEGIN
  SET LOCAL session_replication_role = replica;  -- foreign keys hold again at the end
  FOR one IN SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('DELETE FROM public.%I', one.name);
  END LOOP;
  FOR one IN SELECT tablename AS name FROM pg_tables WHERE schemaname = 'kept_rows' LOOP
    EXECUTE format(
      'INSERT INTO public.%1$I OVERRIDING SYSTEM VALUE SELECT * FROM kept_rows.%1$I', one.name);
  END LOOP;
  PERFORM setval(name::regclass, coalesce(last_value, start_value), last_value IS NOT NULL)
  FROM kept_numbers.numbers;
END $$;
"""
SHAPE = """
SELECT md5(string_agg(concat_ws(' ', c.relname, c.relkind, a.attname, a.atttypid, c.reltriggers),
                      ',' ORDER BY c.relname, a.attnum))
FROM (SELECT oid, relname, relkind,
             (SELECT count(*) FROM pg_trigger t WHERE t.tgrelid = r.oid) AS reltriggers
      FROM pg_class r WHERE relnamespace = 'public'::regnamespace) c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
"""


def begin(database: Database, application: Application, make: Make) -> None:
    """Prepares a database that has no tables yet: a file by copying, any other by making."""
    if database.dialect == "sqlite" and database.url.database:
        path = Path(database.url.database)
        if not path.exists():
            path.write_bytes(_file(application, make))
    elif stored_layout(database) is None:
        make(database, application)


def _file(application: Application, make: Make) -> bytes:
    key = (application.digest, make)
    if key not in _files:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "kartoteka.db"
            _make(f"sqlite:///{path}", application, make)
            assert [one.name for one in path.parent.iterdir()] == [path.name]
            _files[key] = path.read_bytes()
    return _files[key]


def _make(url: str, application: Application, make: Make) -> None:
    database = Database(url, FrozenClock(MONDAY))
    try:
        make(database, application)
    finally:
        database.dispose()


@dataclass
class Shelf:
    """The prepared PostgreSQL databases of a process that nobody uses now."""

    server: URL
    free: dict[tuple[str, Make], list[tuple[URL, str]]] = field(default_factory=dict)

    @contextmanager
    def lend(self, application: Application, make: Make) -> Iterator[str]:
        """Lends a database as `make` leaves it; one that a test has reshaped is not lent again."""
        shelf = self.free.setdefault((application.digest, make), [])
        url, shape = shelf.pop() if shelf else self._new(application, make)
        try:
            yield url.render_as_string(hide_password=False)
        finally:
            if _renewed(url) == shape:
                shelf.append((url, shape))
            else:
                self._drop(url)

    def clear(self) -> None:
        """Drops all databases."""
        for shelf in self.free.values():
            for url, _ in shelf:
                self._drop(url)

    def _new(self, application: Application, make: Make) -> tuple[URL, str]:
        name = f"kartoteka_{uuid.uuid4().hex}"
        execute(self.server, f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
        url = self.server.set(database=name)
        _make(url.render_as_string(hide_password=False), application, make)
        execute(url, KEEP)
        return url, _ask(url, SHAPE)

    def _drop(self, url: URL) -> None:
        execute(self.server, f'DROP DATABASE IF EXISTS "{url.database}" WITH (FORCE)')


def _renewed(url: URL) -> str:
    try:
        return _ask(url, RENEW, SHAPE)
    except DBAPIError:
        return ""


def _ask(url: URL, *statements: str) -> str:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            for one in statements[:-1]:
                connection.execute(text(one))
            return str(connection.scalar(text(statements[-1])))
    finally:
        engine.dispose()


@pytest.fixture(scope="session")
def shelf(postgres_server: URL) -> Iterator[Shelf]:
    """The prepared databases of the process."""
    found = Shelf(postgres_server)
    yield found
    found.clear()


Prepared = Callable[[Application, Make], str]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def prepared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Prepared]:
    """Gives the URL of a prepared database: the test runs on SQLite and on PostgreSQL."""
    with ExitStack() as stack:

        def give(application: Application, make: Make) -> str:
            if request.param == "sqlite":
                return f"sqlite:///{tmp_path / uuid.uuid4().hex}.db"  # copied by `begin`
            found: Shelf = request.getfixturevalue("shelf")
            return stack.enter_context(found.lend(application, make))

        yield give
