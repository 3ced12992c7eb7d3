"""Nightly backups: one a night by one of all processes, proved, and only so many kept (G10)."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from engine.clock import FrozenClock
from engine.errors import Unavailable
from engine.runtime.backup.create import Backup, back_up, clear_away_abandoned
from engine.runtime.backup.nights import Nights, back_up_nightly
from engine.runtime.backup.notes import LAST, NIGHT, read_note, swap_note
from engine.runtime.database import Database
from engine.runtime.run_lock import take
from engine.runtime.tables.system import LOG
from tests.kit.plans import living
from tests.kit.process import PATIENCE

CRM = "entities: {client: {fields: {name: text}}}\n"
EVENING = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with living(database_url, CRM):
        pass
    found = Database(database_url, FrozenClock(EVENING))
    yield found
    found.dispose()


def clock_of(database: Database) -> FrozenClock:
    assert isinstance(database.clock, FrozenClock)
    return database.clock


@pytest.fixture
def nights(tmp_path: Path) -> Nights:
    return Nights(tmp_path / "backups", 3, 2, ZoneInfo("Europe/Sofia"))


def names(nights: Nights) -> list[str]:
    return sorted(one.name for one in nights.folder.iterdir())


def test_each_night_has_one_backup_and_the_oldest_go(database: Database, nights: Nights) -> None:
    """From three o'clock in Sofia on; a night that was missed is made up for at once."""
    clock, made = clock_of(database), []
    nights.folder.mkdir()
    (nights.folder / "by-hand.zip").write_text("mine")
    for _ in range(3 * 24):
        made.append((clock.now(), back_up_nightly(database, nights)))
        clock.pass_(HOUR)
    at = [now.astimezone(nights.zone) for now, one in made if one is not None]
    assert [one.hour for one in at] == [22, 3, 3, 3]
    assert all(one.verified for _, one in made if one is not None)
    kept = [f"kartoteka-2026030{day}T010000Z.zip" for day in (4, 5)]
    assert names(nights) == ["by-hand.zip", *kept]
    with database.read() as connection:
        last = read_note(connection, LAST)
    assert last is not None
    assert last["file"].endswith("kartoteka-20260305T010000Z.zip")


def test_of_several_processes_one_makes_it(
    database: Database, nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = []

    def back_up_once_more(*arguments: Any, **others: Any) -> Backup:
        begun.append(arguments)
        return back_up(*arguments, **others)

    monkeypatch.setattr("engine.runtime.backup.nights.back_up", back_up_once_more)
    databases = [Database(database.url, database.clock) for _ in range(4)]
    at_once = Barrier(len(databases))

    def look(one: Database) -> bool:
        at_once.wait()
        return back_up_nightly(one, nights) is not None

    with ThreadPoolExecutor(len(databases)) as processes:
        made = sorted(processes.map(look, databases))
    for one in databases:
        one.dispose()
    assert made == [False, False, False, True]
    assert (len(names(nights)), len(begun)) == (1, 1)


def test_what_failed_is_written_down_and_tried_again(
    database: Database, nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise Unavailable("The disk is full: nothing can be saved.")

    with monkeypatch.context() as patch:
        patch.setattr("engine.runtime.backup.nights.back_up", fail)
        assert back_up_nightly(database, nights) is None
    with database.read() as connection:
        note = read_note(connection, NIGHT)
        kinds = connection.scalars(select(LOG.c.kind)).all()
    assert note is not None
    assert note["reason"] == "The disk is full: nothing can be saved."
    assert "backup_failed" in kinds
    assert back_up_nightly(database, nights) is None  # not at once
    clock_of(database).pass_(HOUR)
    assert back_up_nightly(database, nights) is not None
    with database.read() as connection:
        note = read_note(connection, NIGHT)
    assert note is not None
    assert note["reason"] == ""


def test_what_was_left_makes_room_before_a_backup_is_begun(
    database: Database, nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    nights.folder.mkdir()
    (nights.folder / "kartoteka-20260301T200000Z.zip.part").write_bytes(b"half")

    def find_room(*_: object, **__: object) -> None:
        raise Unavailable(f"There lies {names(nights)}.")

    monkeypatch.setattr("engine.runtime.backup.nights.back_up", find_room)
    assert back_up_nightly(database, nights) is None
    with database.read() as connection:
        note = read_note(connection, NIGHT)
    assert note is not None
    assert note["reason"] == "There lies []."


@pytest.mark.parametrize(
    "error, is_traced", [(Unavailable("The disk is full."), False), (KeyError("kept"), True)]
)
def test_a_mistake_of_ours_is_logged_with_its_trace(
    database: Database,
    nights: Nights,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    is_traced: bool,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("engine.runtime.backup.nights.back_up", fail)
    with capture_logs() as lines:
        assert back_up_nightly(database, nights) is None
    assert [one["event"] for one in lines] == ["backup_failed"]
    assert lines[0]["exc_info"] is (error if is_traced else None)


def test_a_killed_process_keeps_the_night_from_nobody(
    database: Database, nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it had begun is cleared away by whoever takes over."""

    class Killed(BaseException):
        """The process ends here."""

    def die(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("engine.runtime.backup.nights.back_up", die)
        with pytest.raises(Killed):
            back_up_nightly(database, nights)
    for end in ("", ".scratch", ".scratch-wal"):
        (nights.folder / f"kartoteka-20260302T200000Z.zip.part{end}").write_bytes(b"half")
    at_work = nights.folder / "kartoteka-20260302T200001Z.zip.part"
    with at_work.open("w+b") as held:
        assert take(held)
        clear_away_abandoned(nights.folder)
        assert at_work.exists()
    at_work.unlink()
    assert back_up_nightly(database, nights) is None
    clock_of(database).pass_(HOUR)
    assert back_up_nightly(database, nights) is not None
    assert names(nights) == ["kartoteka-20260302T210000Z.zip"]


@pytest.mark.postgres
def test_of_two_who_have_read_the_same_note_one_changes_it(postgres: str) -> None:
    """Two processes find the night free in the same moment; a first note, and a later one."""
    with living(postgres, CRM) as now:
        for number in range(2):
            both = Barrier(2)

            def change(note: Mapping[str, Any], both: Barrier = both) -> Mapping[str, object]:
                both.wait(PATIENCE)
                return {"number": note.get("number", 0) + 1}

            def claim(_: int, change: Any = change) -> bool:
                return now.database.run_write(
                    lambda connection: swap_note(connection, "claim", change)
                )

            with ThreadPoolExecutor(2) as processes:
                assert sorted(processes.map(claim, range(2))) == [False, True]
            with now.database.read() as connection:
                assert read_note(connection, "claim") == {"number": number + 1}
