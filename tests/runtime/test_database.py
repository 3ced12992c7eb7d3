"""Transactions on both databases: snapshots, one writer, retries, and errors in words."""

import os
import random
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL, Connection, event, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from engine.errors import Refused, Unavailable
from engine.runtime import postgres_connections
from engine.runtime.database import Busy, Database, open_database
from engine.runtime.postgres_connections import SILENCE
from tests.kit.faulty import Fault, failing

INSERT = text("INSERT INTO note (id, text) VALUES (:id, :text)")
COUNT = text("SELECT count(*) FROM note")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    found = Database(database_url)
    with found.write() as connection:
        connection.execute(text("CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT)"))
    yield found
    found.dispose()


def count(database: Database) -> int:
    with database.read() as connection:
        return int(connection.scalar(COUNT) or 0)


def test_a_write_is_committed(database: Database) -> None:
    with database.write() as connection:
        connection.execute(INSERT, {"id": 1, "text": "a"})
    assert count(database) == 1


def write_and_fail(database: Database, *statements: str) -> None:
    with database.write() as connection:
        for one in statements:
            connection.execute(text(one))
        raise ZeroDivisionError


def test_a_write_that_fails_leaves_nothing_behind(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        write_and_fail(database, "INSERT INTO note (id, text) VALUES (1, 'a')")
    assert count(database) == 0


def test_tables_made_in_a_write_that_fails_are_gone(database: Database) -> None:
    change = "ALTER TABLE note ADD COLUMN more TEXT"
    with pytest.raises(ZeroDivisionError):
        write_and_fail(database, "CREATE TABLE other (id INTEGER)", change)
    with database.write() as connection:
        connection.execute(text("CREATE TABLE other (id INTEGER)"))
        connection.execute(text(change))


def test_a_read_can_write_nothing(database: Database) -> None:
    with pytest.raises((DBAPIError, Unavailable)), database.read() as connection:
        connection.execute(INSERT, {"id": 1, "text": "a"})
    assert count(database) == 0


def test_what_reads_have_prepared_stays_prepared(database: Database) -> None:
    asked: list[str] = []
    count(database)

    @event.listens_for(database.engine, "before_cursor_execute")
    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    write_elsewhere(database)
    count(database)
    assert not [one for one in asked if "PRAGMA" in one]


def test_held_reads_see_one_moment_until_the_thread_writes(database: Database) -> None:
    with database.hold():
        assert count(database) == 0
        write_elsewhere(database)
        assert count(database) == 0
        with database.write() as connection:
            assert count(database) == 1
            connection.execute(INSERT, {"id": 7, "text": "b"})
        assert count(database) == 2


def test_a_held_read_that_fails_is_begun_anew(database: Database) -> None:
    with database.hold():
        assert count(database) == 0
        with pytest.raises((DBAPIError, Unavailable)), database.read() as connection:
            connection.execute(text("SELECT nothing FROM nowhere"))
        write_elsewhere(database)
        assert count(database) == 1


def test_a_read_in_use_outlives_a_write_beside_it(database: Database) -> None:
    with database.hold(), database.read() as connection:
        assert connection.scalar(COUNT) == 0
        write_elsewhere(database)
        with database.write() as other:
            other.execute(INSERT, {"id": 7, "text": "b"})
        assert connection.scalar(COUNT) == 0
    assert count(database) == 2


def test_nothing_is_held_after_the_block(database: Database) -> None:
    with database.hold():
        assert count(database) == 0
    assert database.readers.checkedout() == 0  # type: ignore[attr-defined] # of a QueuePool


def test_a_read_is_one_snapshot(database: Database) -> None:
    with database.read() as connection:
        assert connection.scalar(COUNT) == 0
        write_elsewhere(database)
        assert connection.scalar(COUNT) == 0
    assert count(database) == 1


def write_elsewhere(database: Database) -> None:
    def write() -> None:
        with database.write() as connection:
            connection.execute(INSERT, {"id": 1, "text": "a"})

    thread = threading.Thread(target=write)
    thread.start()
    thread.join()


def test_a_write_inside_a_write_is_a_mistake(database: Database) -> None:
    with database.write(), pytest.raises(RuntimeError), database.write():
        pass
    with database.write() as connection:
        connection.execute(INSERT, {"id": 1, "text": "a"})


def test_writers_take_turns(database: Database) -> None:
    def write(number: int) -> None:
        for one in range(20):
            with database.write() as connection:
                found = connection.scalar(COUNT) or 0
                connection.execute(INSERT, {"id": number * 100 + one, "text": str(found)})

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(database) == 80


def test_what_others_made_roll_back_is_done_again(database: Database) -> None:
    tried: list[int] = []

    def work(connection: Connection) -> str:
        connection.execute(INSERT, {"id": 1, "text": "a"})
        tried.append(1)
        if len(tried) < 3:
            raise Busy("busy")
        return "done"

    assert database.run_write(work) == "done"
    assert (len(tried), count(database)) == (3, 1)


def test_what_is_always_busy_is_unavailable(database: Database) -> None:
    def work(_: Connection) -> None:
        raise Busy("busy")

    with pytest.raises(Unavailable):
        database.run_write(work, attempts=2)


@pytest.mark.postgres
def test_a_deadlock_is_tried_again(postgres: str) -> None:
    database = Database(postgres)
    with database.write() as connection:
        connection.execute(text("CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT)"))
        connection.execute(INSERT, [{"id": 1, "text": ""}, {"id": 2, "text": ""}])
    meeting = threading.Barrier(2, timeout=20)
    tries: list[int] = []

    def work_in(order: tuple[int, int]) -> None:
        def work(connection: Connection) -> None:
            tries.append(order[0])
            change = text("UPDATE note SET text = text || 'x' WHERE id = :id")
            connection.execute(change, {"id": order[0]})
            if len(tries) <= 2:
                meeting.wait()
            connection.execute(change, {"id": order[1]})

        database.run_write(work)

    threads = [threading.Thread(target=work_in, args=(one,)) for one in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as connection:
        assert connection.scalars(text("SELECT text FROM note")).all() == ["xx", "xx"]
    assert len(tries) == 3
    database.dispose()


@pytest.mark.postgres
def test_a_cut_connection_is_unavailable_and_heals_itself(
    postgres: str, postgres_server: URL
) -> None:
    database = Database(postgres)
    server = postgres_server.set(drivername="postgresql").render_as_string(hide_password=False)
    with pytest.raises(Unavailable):
        database.run_write(lambda connection: cut_off(connection, server))
    with database.read() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    database.dispose()


def cut_off(connection: Connection, server: str) -> None:
    pid = connection.scalar(text("SELECT pg_backend_pid()"))
    end_backend(pid, server)
    connection.execute(text("SELECT 1"))


def end_backend(pid: int | None, server: str) -> None:
    with psycopg.connect(server) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


@pytest.mark.postgres
@pytest.mark.parametrize("silence", [SILENCE, 0.0])
def test_a_server_that_has_gone_meanwhile_costs_nobody_an_error(
    monkeypatch: pytest.MonkeyPatch, postgres: str, postgres_server: URL, silence: float
) -> None:
    """One that says so is heard at once, another one is asked after it was silent for long."""
    if not silence:
        monkeypatch.setattr(postgres_connections, "SILENCE", silence)
        monkeypatch.setattr(postgres_connections, "_has_word", lambda _: False)
    database = Database(postgres)
    server = postgres_server.set(drivername="postgresql").render_as_string(hide_password=False)
    with database.read() as connection:
        pid = connection.scalar(text("SELECT pg_backend_pid()"))
    end_backend(pid, server)
    with database.read() as connection:
        assert connection.scalar(text("SELECT pg_backend_pid()")) != pid
    database.dispose()


@pytest.mark.postgres
@pytest.mark.parametrize(
    "written, kept",
    [("", True), ("prepare_threshold=2", True), ("prepare_threshold=none", False)],
)
def test_the_address_says_whether_statements_are_prepared(
    postgres: str, written: str, kept: bool
) -> None:
    database = Database(f"{postgres}{'&' if '?' in postgres else '?'}{written}")
    with database.read() as connection:
        for _ in range(8):
            connection.execute(text("SELECT 'kept'"))
        known = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%kept%'"
        assert bool(connection.scalar(text(known))) is kept
    database.dispose()


def test_a_threshold_that_is_no_number_is_refused() -> None:
    with pytest.raises(Refused, match="prepare_threshold"):
        Database("postgresql://crm@db/crm?prepare_threshold=soon")


@pytest.mark.postgres
def test_a_server_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    database = Database(f"postgresql://nobody@/nothing?host={tmp_path}")
    with pytest.raises(Unavailable, match="can't be reached"), database.read():
        pass
    database.dispose()


def test_another_process_that_writes_is_waited_for(tmp_path: Path) -> None:
    database = open_database(tmp_path)
    with database.write() as connection:
        connection.execute(text("CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT)"))
    other = sqlite3.connect(
        tmp_path / "kartoteka.db", isolation_level=None, check_same_thread=False
    )
    other.execute("BEGIN IMMEDIATE")
    threading.Timer(0.3, lambda: other.execute("COMMIT")).start()
    with database.write() as connection:
        connection.execute(INSERT, {"id": 1, "text": "a"})
    assert count(database) == 1
    database.dispose()
    other.close()


def test_a_full_disk_is_said(tmp_path: Path) -> None:
    database = open_database(tmp_path)
    with database.write() as connection:
        connection.execute(text("CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT)"))
        connection.execute(INSERT, {"id": 1, "text": "a"})
    with pytest.raises(Unavailable, match="disk is full"):
        database.run_write(fill_the_disk)
    assert count(database) == 1
    database.dispose()


def fill_the_disk(connection: Connection) -> None:
    connection.exec_driver_sql("PRAGMA max_page_count=5")  # SQLite says the same of a full disk
    for number in range(2, 1000):
        connection.execute(INSERT, {"id": number, "text": "long " * 1000})


@pytest.mark.parametrize(
    "fault, said",
    [("disk full", "The disk is full"), ("not synced", "can't be read or written")],
)
def test_what_the_disk_does_not_take_is_said_and_not_there(
    database: Database, fault: Fault, said: str
) -> None:
    luck = random.Random(1)  # noqa: S311 - no secret
    with failing(database, (fault,), 1.0, luck) as store, pytest.raises(Unavailable, match=said):
        database.run_write(lambda one: one.execute(INSERT, {"id": 1, "text": "a"}))
    assert store.number == 1
    assert count(database) == 0


def test_a_file_that_may_not_be_written_is_said(tmp_path: Path) -> None:
    open_database(tmp_path).run_write(lambda connection: connection.execute(text("SELECT 1")))
    database = Database(f"sqlite:///file:{tmp_path / 'kartoteka.db'}?mode=ro&uri=true")
    with pytest.raises(Unavailable, match="can't be read or written"):
        database.run_write(lambda connection: connection.execute(text("CREATE TABLE a (b TEXT)")))


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "kartoteka.db").write_text("Dear diary, " * 1000)
    with pytest.raises(Unavailable, match="is no database"), open_database(tmp_path).read():
        pass


def test_a_link_to_nothing_is_refused_at_commit(database: Database) -> None:
    with database.write() as connection:
        connection.execute(
            text(
                "CREATE TABLE child (id INTEGER PRIMARY KEY, note INTEGER "
                "REFERENCES note (id) DEFERRABLE INITIALLY DEFERRED)"
            )
        )
    with database.write() as connection:
        connection.execute(text("INSERT INTO child (id, note) VALUES (1, 1)"))
        connection.execute(INSERT, {"id": 1, "text": "a"})
    with pytest.raises(IntegrityError), database.write() as connection:
        connection.execute(text("INSERT INTO child (id, note) VALUES (2, 7)"))


def test_values_stay_out_of_error_texts(database: Database) -> None:
    with pytest.raises(IntegrityError) as caught, database.write() as connection:
        connection.execute(INSERT, [{"id": 1, "text": "secret"}, {"id": 1, "text": "secret"}])
    assert "secret" not in str(caught.value)


def test_times_of_postgresql_are_utc(database: Database) -> None:
    if database.dialect == "postgresql":
        with database.read() as connection:
            assert connection.scalar(text("SHOW TimeZone")) == "UTC"


@pytest.mark.parametrize("url", ["mysql://localhost/x", "no address at all", ""])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(Refused):
        Database(url)


def test_a_data_folder_is_nobody_elses(tmp_path: Path) -> None:
    open_database(tmp_path / "data").dispose()
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0


def test_a_data_folder_that_can_not_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused, match="can't be made"):
        open_database(tmp_path / "file" / "data")


def test_no_database_at_all_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        open_database()
    assert "--data" in str(refused.value.hint)


def test_one_in_a_hurry_does_not_wait_for_the_disk(database: Database) -> None:
    asks = {"sqlite": ("PRAGMA synchronous", "1"), "postgresql": ("SHOW synchronous_commit", "off")}
    question, quick = asks[database.dialect]
    hurried = Database(database.url, is_hurried=True)
    with hurried.read() as connection:
        assert str(connection.scalar(text(question))) == quick
    hurried.dispose()


def test_an_embedded_one_waits_for_the_disk(tmp_path: Path) -> None:
    database = open_database(tmp_path)
    with database.read() as connection:
        assert connection.scalar(text("PRAGMA synchronous")) == 2
    database.dispose()


@pytest.mark.postgres
def test_a_forked_process_takes_connections_of_its_own(postgres: str) -> None:
    """A server that loads the CRM before it forks must not share the parent's conversation."""
    database = Database(postgres)
    backend = text("SELECT pg_backend_pid()")
    with database.read() as connection:
        mine = connection.scalar(backend)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with database.read() as connection:
            os.write(writing, str(connection.scalar(backend)).encode())
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert int(os.read(reading, 20)) != mine
    with database.read() as connection:
        assert connection.scalar(backend) == mine
    database.dispose()
    os.close(reading)
    os.close(writing)
