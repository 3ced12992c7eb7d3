"""The checkup finds each thing that is not well, says so, and finds nothing where all is well."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL, NullPool, create_engine, text

from engine.app import open_services
from engine.cli.doctor import findings
from engine.cli.place import Place
from engine.runtime.accounts.demo import FILE as DEMO_FILE
from engine.runtime.accounts.people import Profile
from engine.runtime.actor import ENGINE
from engine.runtime.backup.create import back_up
from engine.runtime.backup.notes import NIGHT, write_note
from engine.runtime.checkup.finding import Finding, Standing
from engine.runtime.database import Database
from engine.runtime.run_lock import run_lock
from engine.settings import Settings
from tests.kit.accounts import PASSWORD, quick_passwords
from tests.kit.applications import VET, application
from tests.kit.writer import Desk, writing


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """A CRM in which all is well: an administrator, records, a backup of now."""
    with writing(application(VET), database_url) as found:
        services = open_services(
            found.stock.application, found.stock.database, passwords=quick_passwords()
        )
        services.accounts.people.add(ENGINE, "anna", Profile("Anna", ("admin",)), PASSWORD)
        owner = found.service.create(ENGINE, "owner", {"name": "Anna"})
        animal = found.service.create(ENGINE, "animal", {"name": "Rex", "owner": owner.id})
        found.service.create(ENGINE, "visit", {"animal": animal.id})
        back_up(found.stock.database, tmp_path / "backups" / "crm.zip")
        yield found


PLAIN = Settings()


def unwell(desk: Desk, data: Path, settings: Settings = PLAIN) -> dict[str, Finding]:
    """Returns what is not well, by subject; the disk and the clock of a test are no matter."""
    data.mkdir(mode=0o700, exist_ok=True)
    is_file = desk.stock.database.dialect == "sqlite"
    place = Place(data, None if is_file else "postgresql://")
    found = findings(settings, place, desk.stock.database)
    left_out = {"disk", "clock", "durability"}  # the server of the tests is set up to be fast
    return {
        one.subject: one
        for one in found
        if one.standing is not Standing.WELL and one.subject not in left_out
    }


@contextmanager
def broken_by(url: URL, statement: str, undo: str) -> Iterator[None]:
    """Does something past Kartoteka, and undoes it."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text(statement))
    yield
    with engine.begin() as connection:
        connection.execute(text(undo))


LONG_AGO = "2020-01-01T00:00:00.000000Z"


def a_timer(state: str) -> str:
    """Returns the statement that adds a timer which was due long ago."""
    columns = "kind, entity, record_id, due_at, created_at, state"
    values = f"'sla', 'visit', 1, '{LONG_AGO}', '{LONG_AGO}', '{state}'"
    return f"INSERT INTO kt_timers ({columns}) VALUES ({values})"


DAMAGE = (
    (
        "UPDATE e_owner SET version = 7",
        "UPDATE e_owner SET version = 1",
        "history",
        Standing.WRONG,
    ),
    (
        "UPDATE kt_stays SET record_id = 99",
        "UPDATE kt_stays SET record_id = 1",
        "stages",
        Standing.WRONG,
    ),
    (
        "ALTER TABLE e_owner ADD COLUMN theirs TEXT",
        "ALTER TABLE e_owner DROP COLUMN theirs",
        "tables",
        Standing.LOOK,
    ),
    (
        a_timer("waiting"),
        "DELETE FROM kt_timers",
        "timers",
        Standing.WRONG,
    ),
    (
        a_timer("dead"),
        "DELETE FROM kt_timers",
        "timers",
        Standing.LOOK,
    ),
    (
        a_timer("held"),
        "DELETE FROM kt_timers",
        "on hold",
        Standing.LOOK,
    ),
    (
        f"UPDATE kt_outbox SET available_at = '{LONG_AGO}'",
        "UPDATE kt_outbox SET state = 'done'",
        "outbox",
        Standing.WRONG,
    ),
    (
        "UPDATE e_user SET roles = '|vet|'",
        "UPDATE e_user SET roles = '|admin|'",
        "administrators",
        Standing.WRONG,
    ),
    (
        "UPDATE kt_meta SET value = '2' WHERE key = 'layout'",
        "UPDATE kt_meta SET value = '3' WHERE key = 'layout'",
        "layout",
        Standing.LOOK,
    ),
    (
        "UPDATE kt_meta SET value = '99' WHERE key = 'layout'",
        "UPDATE kt_meta SET value = '3' WHERE key = 'layout'",
        "layout",
        Standing.WRONG,
    ),
)


def test_it_finds_what_was_done_past_kartoteka_and_nothing_else(desk: Desk, tmp_path: Path) -> None:
    database = desk.stock.database
    assert unwell(desk, tmp_path / "data") == {}
    for statement, undo, subject, standing in DAMAGE:
        with broken_by(database.url, statement, undo):
            found = unwell(desk, tmp_path / "data")
        assert {name: one.standing for name, one in found.items()} == {subject: standing}, statement
        assert found[subject].cure
    assert unwell(desk, tmp_path / "data") == {}


def test_it_says_of_which_work_a_line_speaks(desk: Desk, tmp_path: Path) -> None:
    url = desk.stock.database.url
    late_row = f"UPDATE kt_outbox SET available_at = '{LONG_AGO}'"
    with broken_by(url, a_timer("waiting"), "DELETE FROM kt_timers"):
        found = unwell(desk, tmp_path / "data")
    assert found["timers"].sentence == "1 timer should have been done long ago."
    with broken_by(url, a_timer("dead"), "DELETE FROM kt_timers"):
        found = unwell(desk, tmp_path / "data")
    assert found["timers"].sentence == "1 timer was given up after the last try."
    with broken_by(url, late_row, "UPDATE kt_outbox SET state = 'done'"):
        found = unwell(desk, tmp_path / "data")
    assert found["outbox"].sentence == "4 outbox rows should have been done long ago."


def test_it_knows_how_old_the_last_backup_is(desk: Desk, tmp_path: Path) -> None:
    data, database = tmp_path / "data", desk.stock.database
    nightly = Settings(backups=str(tmp_path / "backups"))
    with database.write() as connection:
        connection.execute(text("UPDATE kt_outbox SET state = 'done'"))
    desk.stock.clock.pass_(timedelta(hours=30))
    assert unwell(desk, data) == {}
    assert unwell(desk, data, nightly)["backup"].standing is Standing.WRONG
    desk.stock.clock.pass_(timedelta(days=8))
    assert unwell(desk, data)["backup"].standing is Standing.LOOK
    back_up(database, tmp_path / "backups" / "new.zip", verify=False)
    assert "not verified" in unwell(desk, data)["backup"].sentence
    back_up(database, tmp_path / "backups" / "newer.zip")
    assert unwell(desk, data) == {}
    (tmp_path / "backups" / "newer.zip").unlink()
    assert "does not lie there" in unwell(desk, data)["backup"].sentence
    with database.write() as connection:
        write_note(connection, NIGHT, {"night": "2026-03-02", "reason": "The disk is full."})
    assert "The disk is full." in unwell(desk, data, nightly)["nightly backup"].sentence


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_it_looks_at_the_settings_of_the_environment(desk: Desk, tmp_path: Path) -> None:
    data = tmp_path / "data"
    open_ = Settings(public_url="http://crm.example.com")
    assert unwell(desk, data, open_)["address"].standing is Standing.LOOK
    assert unwell(desk, data, Settings(public_url="http://127.0.0.1:8000")) == {}
    secure = Settings(public_url="https://crm.example.com")
    assert list(unwell(desk, data, secure)) == ["proxies"]
    (data / DEMO_FILE).write_text(f"anna {PASSWORD.replace(' ', '-')}\n")
    assert list(unwell(desk, data, secure)) == ["proxies"]
    services = open_services(
        desk.stock.application, desk.stock.database, passwords=quick_passwords()
    )
    anna = services.accounts.people.by_login("anna")
    services.accounts.people.set_password(ENGINE, anna.id, "a-printed-password")
    (data / DEMO_FILE).write_text("anna a-printed-password\n")
    assert unwell(desk, data, secure)["demo"].standing is Standing.WRONG
    assert unwell(desk, data)["demo"].standing is Standing.LOOK


def test_it_looks_at_the_folder_and_says_who_serves_it(tmp_path: Path) -> None:
    with writing(application(VET), f"sqlite:///{tmp_path / 'kartoteka.db'}") as desk:
        data = tmp_path / "data"
        data.mkdir(mode=0o755)
        assert unwell(desk, data)["data folder"].cure == f"Close it: chmod 700 {data}"
        data.chmod(0o700)
        place = Place(data)
        with run_lock(data):
            said = [one.sentence for one in findings(Settings(), place, desk.stock.database)]
        assert any(one.endswith("serves these data.") and "Process" in one for one in said)
        said = [one.sentence for one in findings(Settings(), place, desk.stock.database)]
        assert "No `kartoteka run` serves these data right now." in said


def test_a_damaged_file_is_found(tmp_path: Path) -> None:
    path = tmp_path / "kartoteka.db"
    with writing(application(VET), f"sqlite:///{path}") as desk:
        for number in range(200):
            desk.service.create(ENGINE, "owner", {"name": f"Anna {number}", "note": "x" * 900})
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 4096] = b"\xff" * 4096
    path.write_bytes(content)
    database = Database(f"sqlite:///{path}")
    found = list(findings(Settings(), Place(tmp_path), database))
    database.dispose()
    assert {one.subject for one in found if one.standing is Standing.WRONG} & {
        "integrity",
        "database",
    }
