"""The engine's own tables: made once, brought along from an older engine, not from a newer one."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import URL, Connection, inspect, select, text, update

from engine.errors import Refused
from engine.runtime.actor import ENGINE
from engine.runtime.database import Database
from engine.runtime.tables.layout import LAYOUT, ensure_system_tables, stored_layout
from engine.runtime.tables.stays import fill_all_stays
from engine.runtime.tables.system import COLUMNS, HISTORY, META, STAYS, SYSTEM, TIMERS
from tests.kit.applications import VET, application
from tests.kit.postgres import execute
from tests.kit.writer import writing

NEW = {
    "kt_history": ("press", "run_id"),
    "kt_timers": ("attempts", "last_error", "lease_token", "lease_until"),
    "kt_versions": ("holds",),
    "kt_tables": ("number",),
    "kt_columns": ("number", "origin", "last_change"),
}


def test_they_are_made_once(database_url: str) -> None:
    database = Database(database_url)
    assert stored_layout(database) is None
    ensure_system_tables(database)
    ensure_system_tables(database)
    assert stored_layout(database) == LAYOUT
    with database.read() as connection:
        assert set(inspect(connection).get_table_names()) == set(SYSTEM.tables)
    database.dispose()


def test_tables_of_the_first_engine_are_brought_along(database_url: str) -> None:
    """The records that were there before have their history, and are known to stand since then."""
    with writing(application(VET), database_url) as desk:
        owner = desk.service.create(ENGINE, "owner", {"name": "Anna"})
        animal = desk.service.create(ENGINE, "animal", {"name": "Rex", "owner": owner.id})
        visit = desk.service.create(ENGINE, "visit", {"animal": animal.id, "vet": None})
        made = desk.stock.clock.now()
        desk.stock.clock.pass_(timedelta(hours=1))
        desk.service.move(ENGINE, "visit", visit.id, "missed")
        desk.service.create(ENGINE, "visit", {"animal": animal.id})
        moved = desk.stock.clock.now()
        desk.stock.clock.pass_(timedelta(hours=1))
        desk.service.update(ENGINE, "visit", visit.id, {"fee": "40"}, None)
        desk.service.create(ENGINE, "task", {"subject": "Call", "due": "in 1 h"})
        with desk.stock.database.write() as connection:
            _as_first_engine(connection)
        ensure_system_tables(desk.stock.database)
        assert stored_layout(desk.stock.database) == LAYOUT
        found = {row["record_id"]: row["entered_at"] for row in desk.rows(STAYS, entity="visit")}
        assert found == {visit.id: moved, visit.id + 1: moved}
        assert made not in found.values()
        assert [row["version"] for row in desk.history(visit)] == [1, 2, 3]
        assert {row["press"] for row in desk.rows(HISTORY)} == {None}
        (timer,) = desk.rows(TIMERS)
        assert (timer["state"], timer["attempts"]) == ("waiting", 0)
        columns = desk.rows(COLUMNS)
        numbers = {one["number"] for one in columns}
        assert numbers == set(range(1, 1 + len(numbers)))
        assert all(one["origin"] == one["number"] for one in columns)
        desk.service.update(ENGINE, "task", 1, {"due": "in 2 h"}, None)
        assert desk.broken() == []


@pytest.mark.parametrize("is_older", [False, True])
def test_processes_that_start_at_once_do_it_once(
    database_url: str, is_older: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing, or the tables of an older engine with data in them: all of them find it done."""
    kept = 0
    if is_older:
        with writing(application(VET), database_url) as desk:
            owner = desk.service.create(ENGINE, "owner", {"name": "Anna"})
            animal = desk.service.create(ENGINE, "animal", {"name": "Rex", "owner": owner.id})
            kept = desk.service.create(ENGINE, "visit", {"animal": animal.id}).id
            with desk.stock.database.write() as connection:
                _as_first_engine(connection)
    filled = []

    def fill(connection: Connection) -> None:
        filled.append(connection)
        fill_all_stays(connection)

    monkeypatch.setattr("engine.runtime.tables.layout.fill_all_stays", fill)
    databases = [Database(database_url) for _ in range(4)]
    at_once = Barrier(len(databases))

    def start(database: Database) -> int | None:
        at_once.wait()
        ensure_system_tables(database)
        return stored_layout(database)

    with ThreadPoolExecutor(len(databases)) as processes:
        assert list(processes.map(start, databases)) == [LAYOUT] * len(databases)
    with databases[0].read() as connection:
        assert set(SYSTEM.tables) <= set(inspect(connection).get_table_names())
        stays = connection.execute(select(STAYS.c.record_id)).scalars().all()
        assert list(stays) == ([kept] if kept else [])
        assert len(filled) == is_older
    for one in databases:
        one.dispose()


def _as_first_engine(connection: Connection) -> None:
    """Takes away what the first engine did not have."""
    for name in ("kt_stays", "kt_ladders", "kt_turns"):
        connection.execute(text(f"DROP TABLE {name}"))
    connection.execute(text('DROP INDEX "ix$kt_runs$rule"'))
    for table, columns in NEW.items():
        for column in columns:
            connection.execute(text(f"ALTER TABLE {table} DROP COLUMN {column}"))
    connection.execute(update(META).where(META.c.key == "layout").values(value="1"))


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
