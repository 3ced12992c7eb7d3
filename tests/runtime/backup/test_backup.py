"""A backup holds everything, and comes out the same in either database (G10)."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import URL, make_url, text

from engine.clock import FrozenClock
from engine.errors import Refused
from engine.runtime.actor import ENGINE
from engine.runtime.backup.create import END, START, back_up, clear_away_abandoned
from engine.runtime.backup.load import _insert
from engine.runtime.database import Database
from engine.runtime.plan.compare import make_plan
from engine.runtime.run_lock import take
from engine.runtime.tables.system import HISTORY, SYSTEM
from tests.kit.applications import VET, application
from tests.kit.backups import contents_of, moved, restore_from, schema_of
from tests.kit.plans import NOW, Living, living
from tests.kit.postgres import execute, fresh_database
from tests.kit.writer import Desk, writing

FIRST = """
currency: EUR
timezone: Europe/Sofia
phone_region: BG
entities:
  town: {fields: {name: text}}
  client:
    title: "{{ name }}"
    fields:
      name: {type: text, unique: true}
      note: long_text
      born: date
      seen: datetime
      width: {type: number, decimals: 3}
      price: money
      good: bool
      kind: {type: choice, options: {red: Red, blue: Blue}}
      kinds: {type: choices, options: {red: Red, blue: Blue}}
      town: {type: link, to: town}
      about: {type: any_link}
      stage: stage
      code: {type: sequence, format: "C-{n:4}"}
  gone: {fields: {name: text, friend: {type: link, to: client}}}
pipelines: {way: {stages: {red: {label: Red}, done: {label: Done}}}}
"""
THEN = """
currency: EUR
timezone: Europe/Sofia
phone_region: BG
entities:
  town: {fields: {name: text}}
  person:
    was: client
    title: "{{ name }}"
    fields:
      name: {type: text, unique: true}
      remark: {type: long_text, was: note}
      born: date
      seen: datetime
      width: text
      price: money
      kind: {type: choice, options: {red: Red, blue: Blue}}
      town: {type: link, to: town}
      about: {type: any_link}
      stage: stage
      twice: {type: money, formula: price * 2}
      code: {type: sequence, format: "C-{n:4}"}
pipelines: {way: {stages: {red: {label: Red}, done: {label: Done}}}}
"""
TEXTS = (
    "Иван",
    'O\'Brien "x"',
    "a\\tb\\\\N",
    "\t\n\r\\",
    "🙂 e\u0301\u2028",
    "",
    None,
    "|a|",
    "\\N",
)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty place to restore into."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'elsewhere' / 'kartoteka.db'}"
        return
    server: URL = request.getfixturevalue("postgres_server")
    with fresh_database(server) as url:
        yield url


def lived_in(now: Living) -> None:
    """Fills a database with all kinds of values, and leads it through another version."""
    now.fill("town", [{"name": "Sofia"}])
    rows = [
        {
            "name": f"{number} {one}",
            "note": one,
            "born": NOW.date() - timedelta(days=number * 9_999),
            "seen": NOW + timedelta(microseconds=number),
            "width": -number,
            "price": number * 10**15,
            "good": number % 2 == 0,
            "kind": "red",
            "kinds": ("red", "blue"),
            "town": 1,
            "_about_entity": "town",
            "_about_id": 1,
            "stage": "red",
            "code": f"C-{number:04}",
        }
        for number, one in enumerate(TEXTS)
    ]
    now.fill("client", rows)
    now.fill("gone", [{"name": "lost", "friend": 3}, {"name": "too", "friend": None}])
    with now.database.write() as connection:  # the highest number is given, and gone
        connection.execute(text("DELETE FROM e_gone WHERE name = 'too'"))
    now.become(THEN)


def test_all_of_a_lived_in_database_comes_out_the_same(
    database_url: str, elsewhere: str, tmp_path: Path
) -> None:
    """Retired fields and entities, every type, numbers, links, indexes and views."""
    with living(database_url, FIRST) as now:
        lived_in(now)
        with moved(now.database, elsewhere, tmp_path) as database:
            there = Living(database, application(THEN))
            plan = make_plan(database, application(THEN))
            assert (plan.steps, plan.drift) == ((), ())
            with now.database.read() as ours, database.read() as theirs:
                notes = ("kt_meta", "kt_log")  # a backup and a restore are written down there
                assert contents_of(theirs, without=notes) == contents_of(ours, without=notes)
                if now.database.dialect == database.dialect:
                    assert schema_of(theirs) == schema_of(ours)
            there.become(FIRST)
            assert there.values("gone", "name") == ["lost"]
            there.fill("gone", [{"name": "new"}])
            assert [row[0] for row in there.ask("SELECT id FROM e_gone ORDER BY id")] == [1, 3]


def test_what_is_not_the_crm_s_is_named_and_left_out(database_url: str, tmp_path: Path) -> None:
    with living(database_url, FIRST) as now:
        with now.database.write() as connection:
            connection.execute(text("ALTER TABLE e_town ADD COLUMN theirs TEXT"))
            connection.execute(text("CREATE TABLE theirs (id INTEGER)"))
        made = back_up(now.database, tmp_path / "one.zip")
        assert made.left_out == (
            "the table e_town has a column theirs that Kartoteka did not make",
            "the table theirs is none of Kartoteka's",
        )
        with now.database.write() as connection:
            connection.execute(text("DROP VIEW client"))
            connection.execute(text("ALTER TABLE e_client DROP COLUMN note"))
        with pytest.raises(Refused, match="the column note of the table e_client is missing"):
            back_up(now.database, tmp_path / "two.zip")
    assert [one.name for one in tmp_path.glob("*.zip*")] == ["one.zip"]


def test_a_file_belongs_to_its_owner_and_overwrites_nothing(
    database_url: str, tmp_path: Path
) -> None:
    path = tmp_path / "backups" / "crm.zip"
    with living(database_url, FIRST) as now:
        made = back_up(now.database, path)
        assert made.verified is not None
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700
        with pytest.raises(Refused, match="already"):
            back_up(now.database, path)
    assert [one.name for one in path.parent.iterdir()] == ["crm.zip"]


def test_what_is_about_to_get_its_name_is_nobody_else_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another backup to the same name, and one that clears away, come in the last moment."""
    path, refused = tmp_path / f"{START}one{END}", []
    with living(f"sqlite:///{tmp_path / 'kartoteka.db'}", FIRST) as now:

        def come(place: str) -> None:
            if place == "backup.before_rename":
                clear_away_abandoned(tmp_path)
                with pytest.raises(Refused, match="Another process writes") as found:
                    back_up(now.database, path)
                refused.append(found)

        monkeypatch.setattr("engine.runtime.backup.create.crash_point", come)
        made = back_up(now.database, path)
    assert (len(refused), path.stat().st_size) == (1, made.size)
    assert [one.name for one in tmp_path.glob("*.zip*")] == [path.name]


def test_a_file_that_came_meanwhile_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "crm.zip"
    monkeypatch.setattr("engine.runtime.backup.create.crash_point", lambda _: path.touch())
    with (
        living(f"sqlite:///{tmp_path / 'kartoteka.db'}", FIRST) as now,
        pytest.raises(Refused, match="already"),
    ):
        back_up(now.database, path)
    assert [one.name for one in tmp_path.glob("*.zip*")] == ["crm.zip"]
    assert path.stat().st_size == 0


def test_a_file_that_got_its_name_meanwhile_is_not_written_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process held it when it was opened, and was ready before it was taken."""
    path = tmp_path / "crm.zip"
    part = tmp_path / "crm.zip.part"
    part.write_bytes(b"a whole backup")

    def take_late(stream: Any) -> bool:
        part.rename(path)
        return take(stream)

    monkeypatch.setattr("engine.runtime.backup.create.take", take_late)
    with (
        living(f"sqlite:///{tmp_path / 'kartoteka.db'}", FIRST) as now,
        pytest.raises(Refused, match="Another process writes"),
    ):
        back_up(now.database, path)
    assert path.read_bytes() == b"a whole backup"


def test_an_archive_that_does_not_hold_the_rows_is_not_given_a_name(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The restore that proves a backup sees what was written wrongly."""

    def lose_one(*arguments: Any) -> None:
        connection, found, names, rows = arguments
        kept = list(rows)
        _insert(connection, found, names, iter(kept[: 50 if len(kept) == 51 else None]))

    monkeypatch.setattr("engine.runtime.backup.load._insert", lose_one)
    with living(database_url, FIRST) as now:
        now.fill("client", [{"name": f"Anna {one}"} for one in range(51)])
        with pytest.raises(Refused, match="e_client came out with other rows"):
            back_up(now.database, tmp_path / "crm.zip")
    assert list(tmp_path.glob("*.zip*")) == []


def test_people_write_while_a_backup_is_made(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes out is one moment: each change with its history and its outbox row."""
    with writing(application(VET), database_url) as desk:
        seed(desk, 40)
        stop, written = Event(), [0]

        def work() -> None:
            while not stop.is_set():
                seed(desk, 1)
                written[0] += 1

        slowly(monkeypatch, stop, written)
        writer = Thread(target=work)
        writer.start()
        try:
            back_up(desk.stock.database, tmp_path / "busy.zip")
        finally:
            stop.set()
            writer.join()
        assert written[0] >= 10
        elsewhere = f"sqlite:///{tmp_path / 'elsewhere' / 'kartoteka.db'}"
        restore_from(tmp_path / "busy.zip", elsewhere, desk.stock.clock)
        with writing(application(VET), elsewhere) as there:
            assert there.broken() == []
            changes = len(there.rows(HISTORY))
            assert 80 <= changes < len(desk.rows(HISTORY))


def slowly(monkeypatch: pytest.MonkeyPatch, stop: Event, written: list[int]) -> None:
    """Lets somebody write between the tables of a backup, ten times."""

    def wait(_name: str) -> None:
        before = written[0]
        for _ in range(200):
            if written[0] > min(before, 10) or stop.wait(0.01):
                return

    monkeypatch.setattr("engine.runtime.backup.write.crash_point", wait)


def seed(desk: Desk, number: int) -> None:
    """Creates owners with an animal each."""
    for _ in range(number):
        owner = desk.service.create(ENGINE, "owner", {"name": "Anna"})
        desk.service.create(ENGINE, "animal", {"name": f"Rex {owner.id}", "owner": owner.id})


def test_a_version_applied_meanwhile_takes_the_snapshot_anew(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An apply does not wait until all tables are read, and the backup is of one version."""
    with living(database_url, FIRST) as now:
        passed = [0]
        tables = len(SYSTEM.tables) + len(now.ask("SELECT name FROM kt_tables"))
        if now.database.dialect == "postgresql":
            impatient(database_url)

        def apply_at_the_last(name: str) -> None:
            passed[0] += name == "backup.middle"
            if passed[0] == tables:
                now.become(THEN)

        monkeypatch.setattr("engine.runtime.backup.write.crash_point", apply_at_the_last)
        made = back_up(now.database, tmp_path / "crm.zip")
        assert passed[0] > tables
        assert made.manifest.version.id == 2
    with ZipFile(tmp_path / "crm.zip") as archive:
        names = {one["name"] for one in json.loads(archive.read("manifest.json"))["tables"]}
    assert "e_person" in names


def impatient(url: str) -> None:
    """Lets whoever waits for a lock fail instead: the test would wait for itself."""
    name = make_url(url).database
    execute(make_url(url), f"ALTER DATABASE \"{name}\" SET lock_timeout = '3s'")
    execute(
        make_url(url),
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )


def test_attachments_come_along(tmp_path: Path) -> None:
    files = tmp_path / "data" / "files"
    (files / "ab").mkdir(parents=True)
    (files / "ab" / "one.bin").write_bytes(bytes(range(256)) * 999)
    (files / "Снимка 1.jpg").write_bytes(b"")
    (files / "link").symlink_to("/etc/hostname")
    with living(f"sqlite:///{tmp_path / 'data' / 'kartoteka.db'}", FIRST) as now:
        made = back_up(now.database, tmp_path / "crm.zip")
        assert len(made.manifest.files) == 2
        restore_from(tmp_path / "crm.zip", f"sqlite:///{tmp_path / 'new' / 'kartoteka.db'}", NOON)
    found = tmp_path / "new" / "files"
    assert (found / "ab" / "one.bin").read_bytes() == bytes(range(256)) * 999
    assert sorted(one.name for one in found.rglob("*")) == ["ab", "one.bin", "Снимка 1.jpg"]


NOON = FrozenClock(NOW)


def test_a_database_without_a_crm_is_not_backed_up(database_url: str, tmp_path: Path) -> None:
    database = Database(database_url, NOON)
    try:
        with pytest.raises(Refused, match="No CRM has been applied"):
            back_up(database, tmp_path / "crm.zip")
    finally:
        database.dispose()
    assert list(tmp_path.glob("*.zip*")) == []
