"""The engine's own tables: made once, and not beside those of a newer engine."""

import uuid

import pytest
from sqlalchemy import URL, inspect, text

from engine.errors import Refused
from engine.runtime.database import Database
from engine.runtime.tables.system import LAYOUT, SYSTEM, ensure_system_tables, stored_layout
from tests.kit.postgres import execute


def test_they_are_made_once(database_url: str) -> None:
    database = Database(database_url)
    assert stored_layout(database) is None
    ensure_system_tables(database)
    ensure_system_tables(database)
    assert stored_layout(database) == LAYOUT
    with database.read() as connection:
        assert set(inspect(connection).get_table_names()) == set(SYSTEM.tables)
    database.dispose()


def test_tables_of_a_newer_engine_are_refused(database_url: str) -> None:
    database = Database(database_url)
    ensure_system_tables(database)
    with database.write() as connection:
        connection.execute(text("UPDATE kt_meta SET value = '99' WHERE key = 'layout'"))
    with pytest.raises(Refused, match="newer Kartoteka"):
        ensure_system_tables(database)
    database.dispose()


@pytest.mark.postgres
def test_a_server_without_cyrillic_letters_is_refused(postgres_server: URL) -> None:
    name = f"kartoteka_{uuid.uuid4().hex}"
    execute(postgres_server, f"CREATE DATABASE {name} TEMPLATE template0 LC_CTYPE 'C'")
    database = Database(postgres_server.set(database=name).render_as_string(hide_password=False))
    try:
        with pytest.raises(Refused, match="Cyrillic"):
            ensure_system_tables(database)
    finally:
        database.dispose()
        execute(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")
