"""A restore: into an empty place only, with everything on hold that would act by itself (G10)."""

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import insert, update

from engine.app import open_services
from engine.automation.worker import Worker
from engine.clock import FrozenClock
from engine.errors import NotFound, Refused
from engine.runtime.accounts.door import Visit
from engine.runtime.actor import ENGINE
from engine.runtime.backup.create import back_up
from engine.runtime.backup.portable import Digest, line_of
from engine.runtime.backup.settle import settle
from engine.runtime.database import Database
from engine.runtime.run_lock import run_lock
from engine.runtime.tables.layout import LAYOUT, ensure_system_tables, stored_layout
from engine.runtime.tables.system import COLUMNS, LOG, OUTBOX, SESSIONS, STAYS, TIMERS
from tests.kit.accounts import PASSWORD, quick_passwords
from tests.kit.applications import VET, application
from tests.kit.backups import restore_from
from tests.kit.office import Office
from tests.kit.stock import MONDAY
from tests.kit.writer import writing

HOUR = timedelta(hours=1)
NEW = defaultdict[str, tuple[str, ...]](
    tuple,
    kt_versions=("holds",),
    kt_tables=("number",),
    kt_columns=("number", "origin", "last_change"),
    kt_history=("press", "run_id"),
    kt_timers=("attempts", "last_error", "lease_token", "lease_until"),
)


@contextmanager
def office_at(url: str) -> Iterator[Office]:
    """The CRM with its rules at work, in a place that was made before."""
    with writing(application(VET), url) as desk:
        services = open_services(
            desk.stock.application, desk.stock.database, passwords=quick_passwords()
        )
        yield Office(services, desk.stock.clock)


def archive_of_an_office(url: str, folder: Path) -> Path:
    """Backs up a CRM with two reminders and 500 unsent rows, somebody signed in and a link."""
    with office_at(url) as office:
        services = office.services
        person = office.person("maria", "vet")
        for name in ("first", "second"):
            office.create(ENGINE, "task", subject=name, due="in 2 h", to=person.user_id)
        services.accounts.people.set_password(ENGINE, person.user_id or 0, PASSWORD)
        services.accounts.door.sign_in("maria", PASSWORD, Visit())
        assert services.accounts.invitations.for_first_admin()
        with services.database.write() as connection:
            connection.execute(update(OUTBOX).values(state="done"))
            now = office.clock.now()
            row = {"entity": "", "kind": "mail", "available_at": now, "created_at": now}
            connection.execute(insert(OUTBOX), [{**row, "key": f"k{one}"} for one in range(500)])
        path = folder / "crm.zip"
        back_up(services.database, path)
        return path


@pytest.fixture
def elsewhere(database_url: str, tmp_path: Path) -> str:
    """The address of an empty place of the same kind."""
    if database_url.startswith("sqlite"):
        return f"sqlite:///{tmp_path / 'elsewhere' / 'kartoteka.db'}"
    return database_url


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    return archive_of_an_office(f"sqlite:///{folder / 'source.db'}", folder)


def test_nothing_is_done_until_somebody_says_so(archive: Path, elsewhere: str) -> None:
    with office_at_once(archive, elsewhere) as office:
        services, worker = office.services, Worker(lambda: office.services)
        assert len(office.timers("held")) == 2
        assert states(office) == {"done": 3, "held": 500}
        office.clock.pass_(3 * HOUR)
        assert worker.run_due() == 0
        assert office.told() == []
        held = settle(services.database, wanted=True)
        assert (held.timers, held.rows) == (2, 500)
        assert worker.run_due() == 2
        assert len(office.told()) == 2
        assert settle(services.database, wanted=True).is_nothing


def test_what_is_done_meanwhile_is_not_on_hold(archive: Path, elsewhere: str) -> None:
    """A task that was closed while its reminder was on hold reminds nobody afterwards."""
    with office_at_once(archive, elsewhere) as office:
        worker = Worker(lambda: office.services)
        first, second = office.records("task")
        for task, values in ((first, {"done": True}), (second, {"due": "in 1 h"})):
            number = task["id"]
            assert isinstance(number, int)
            office.services.records.update(ENGINE, "task", number, values, None)
        assert [len(office.timers(one)) for one in ("held", "waiting")] == [0, 1]
        office.clock.pass_(4 * HOUR)
        worker.run_due()
        assert [text_ for _, text_ in office.told()] != []
        assert settle(office.services.database, wanted=True).timers == 0
        worker.run_due()
        assert len(office.told()) == 1


def test_what_is_on_hold_stays_so_through_another_backup(archive: Path, tmp_path: Path) -> None:
    with office_at_once(archive, f"sqlite:///{tmp_path / 'one' / 'kartoteka.db'}") as office:
        back_up(office.services.database, tmp_path / "again.zip")
    url = f"sqlite:///{tmp_path / 'two' / 'kartoteka.db'}"
    held = restore_from(tmp_path / "again.zip", url, FrozenClock(MONDAY)).held
    assert (held.timers, held.rows) == (2, 500)


def test_what_is_given_up_says_why(archive: Path, elsewhere: str) -> None:
    with office_at_once(archive, elsewhere) as office:
        settle(office.services.database, wanted=False)
        assert states(office) == {"done": 3, "dead": 500}
        reasons = {one["last_error"] for one in office.rows(TIMERS)}
        assert reasons == {"It was on hold after a restore, and was not wanted any more."}
        office.clock.pass_(3 * HOUR)
        assert Worker(lambda: office.services).run_due() == 0
        kinds = [one["kind"] for one in office.rows(LOG)]
        assert [one for one in kinds if one in ("restored", "discarded")] == [
            "restored",
            "discarded",
        ]


def test_whoever_was_signed_in_signs_in_anew(archive: Path, elsewhere: str) -> None:
    with office_at_once(archive, elsewhere) as office:
        assert [one["ended_at"] is None for one in office.rows(SESSIONS)] == [False]
        accounts = office.services.accounts
        started = accounts.door.sign_in("maria", PASSWORD, Visit())
        assert accounts.door.session(started.cookie) is not None


def test_a_link_of_the_old_place_opens_nothing(tmp_path: Path, elsewhere: str) -> None:
    with office_at(f"sqlite:///{tmp_path / 'source.db'}") as office:
        link = office.services.accounts.invitations.for_first_admin()
        assert link is not None
        assert office.services.accounts.invitations.read(link).is_first
        back_up(office.services.database, tmp_path / "crm.zip")
    with office_at_once(tmp_path / "crm.zip", elsewhere) as office, pytest.raises(NotFound):
        office.services.accounts.invitations.read(link)


def test_a_place_where_something_lies_is_left_alone(archive: Path, elsewhere: str) -> None:
    with office_at_once(archive, elsewhere) as office:
        before = office.rows(OUTBOX)
        with pytest.raises(Refused, match="There is data in this place already"):
            restore_from(archive, elsewhere, office.clock)
        assert office.rows(OUTBOX) == before


def test_a_place_where_only_the_engine_was_is_empty(archive: Path, elsewhere: str) -> None:
    """A worker that was started too early has made the engine's tables."""
    if elsewhere.startswith("sqlite"):
        Path(elsewhere.removeprefix("sqlite:///")).parent.mkdir()
    database = Database(elsewhere)
    ensure_system_tables(database)
    database.dispose()
    with office_at_once(archive, elsewhere) as office:
        assert len(office.records("task")) == 2


def test_a_place_that_is_served_is_left_alone(archive: Path, tmp_path: Path) -> None:
    place = tmp_path / "served"
    place.mkdir()
    url = f"sqlite:///{place / 'kartoteka.db'}"
    with run_lock(place), pytest.raises(Refused, match="being served already"):
        restore_from(archive, url, FrozenClock(MONDAY))
    restore_from(archive, url, FrozenClock(MONDAY))


def test_a_place_without_room_is_left_alone(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.runtime.backup.restore.ROOM", 10**9)
    url = f"sqlite:///{tmp_path / 'new' / 'kartoteka.db'}"
    with pytest.raises(Refused, match="no room for this backup"):
        restore_from(archive, url, FrozenClock(MONDAY))
    assert [one.name for one in (tmp_path / "new").iterdir()] == ["run.lock"]


def test_a_backup_of_the_first_engine_is_brought_along(database_url: str, tmp_path: Path) -> None:
    """Its tables have fewer columns, and it knows no stays: those are found out."""
    with writing(application(VET), f"sqlite:///{tmp_path / 'source.db'}") as desk:
        owner = desk.service.create(ENGINE, "owner", {"name": "Anna"})
        animal = desk.service.create(ENGINE, "animal", {"name": "Rex", "owner": owner.id})
        desk.service.create(ENGINE, "visit", {"animal": animal.id})
        back_up(desk.stock.database, tmp_path / "new.zip")
    restore_from(of_layout_1(tmp_path / "new.zip"), database_url, FrozenClock(MONDAY))
    with writing(application(VET), database_url) as there:
        assert stored_layout(there.stock.database) == LAYOUT
        assert [row["stage"] for row in there.rows(STAYS)] == ["booked"]
        assert None not in {row["number"] for row in there.rows(COLUMNS)}
        assert there.broken() == []


def of_layout_1(archive: Path) -> Path:
    """Writes an archive as the first engine would have: without what it did not have."""
    path = archive.with_name("old.zip")
    with ZipFile(archive) as file, ZipFile(path, "w") as old:
        manifest = json.loads(file.read("manifest.json")) | {"layout": 1}
        gone = {"kt_stays", "kt_ladders", "kt_turns"}
        manifest["tables"] = [one for one in manifest["tables"] if one["name"] not in gone]
        for entry in manifest["tables"]:
            kept = [n for n, one in enumerate(entry["columns"]) if one not in NEW[entry["name"]]]
            rows = [json.loads(one) for one in file.read(entry["member"]).splitlines()]
            if entry["name"] == "kt_meta":
                rows = [["layout", "1"]]
            lines = [line_of((row[n] for n in kept), [None] * len(kept)) for row in rows]
            digest = Digest()
            for line in lines:
                digest.add(line)
            content = b"".join(one + b"\n" for one in lines)
            entry |= {"columns": [entry["columns"][n] for n in kept], "size": len(content)}
            entry |= {"rows": digest.rows, "digest": str(digest)}
            old.writestr(entry["member"], content)
        old.writestr("manifest.json", json.dumps(manifest))
    return path


@contextmanager
def office_at_once(archive: Path, url: str) -> Iterator[Office]:
    """Restores an archive, at the hour it was made, and opens it."""
    restore_from(archive, url, FrozenClock(MONDAY))
    with office_at(url) as office:
        yield office


def states(office: Office) -> dict[str, int]:
    """Counts the outbox rows by state."""
    found = [one["state"] for one in office.rows(OUTBOX)]
    return {one: found.count(one) for one in sorted(set(found))}
