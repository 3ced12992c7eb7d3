"""A disk that is full, and a clock that jumps: said in a sentence, nothing lost, and it goes on."""

import resource
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, text

from engine.errors import Unavailable
from engine.runtime.tables.system import TIMERS
from tests.kit.crash_ground import Ground, ground

ROOM = 30  # pages of four kilobytes
HOUR = timedelta(hours=1)


def made_until(crm: Ground, sentence: str) -> tuple[list[int], str]:
    """Creates requests until one is refused; returns those that were made, and its token."""
    boss, records = crm.actor("head"), crm.services.records
    token, made = "", list[int]()
    refused = pytest.raises(Unavailable, match=sentence)
    with refused:
        for _ in range(1_000):
            token = uuid.uuid4().hex
            made.append(records.create(boss, "request", {"name": token}, token).id)
    assert made
    return made, token


def test_on_a_full_disk_people_read_on_and_write_again_when_there_is_room(tmp_path: Path) -> None:
    with ground(tmp_path / "ground", "sqlite") as crm:
        boss, records = crm.actor("head"), crm.services.records
        with full(crm):
            made, token = made_until(crm, "The disk is full: nothing can be saved")
        table = crm.services.tables.table("request")
        assert {row["id"] for row in crm.books.rows(table)} >= set(made)
        again = records.create(boss, "request", {"name": token}, token)
        assert not again.repeated
        crm.settle()
        assert crm.judge().found == []


def test_a_commit_that_can_not_be_written_is_none(tmp_path: Path) -> None:
    """The file can't grow, as on a broken disk: whoever was answered is there, nobody else is."""
    with ground(tmp_path / "ground", "sqlite") as crm:
        boss, records = crm.actor("head"), crm.services.records
        with that_can_not_grow(crm):
            made, token = made_until(crm, "can't be read or written")
        found = crm.books.rows(crm.services.tables.table("request"))
        assert {row["id"] for row in found} >= set(made)
        assert token not in {row["name"] for row in found}
        assert not records.create(boss, "request", {"name": token}, token).repeated
        crm.settle()
        assert crm.judge().found == []


def test_a_clock_that_jumps_fires_nothing_early_and_nothing_twice(
    database_url: str, tmp_path: Path
) -> None:
    with ground(tmp_path / "ground", database_url) as crm:
        crm.work()
        for jump in (HOUR, -2 * HOUR, timedelta(seconds=90), -HOUR, 3 * HOUR):
            crm.services.records.create(crm.actor("head"), "request", {"name": f"before {jump}"})
            crm.clock.move(jump)
            crm.work()
        assert {one["state"] for one in crm.books.rows(TIMERS)} == {"fired"}
        crm.settle()
        assert crm.judge().found == []


@contextmanager
def that_can_not_grow(crm: Ground) -> Iterator[None]:
    """Lets the system refuse to make the journal of the database larger than a little."""
    journal = Path(f"{crm.services.database.url.database}-wal")
    most = journal.stat().st_size + 10 * ROOM * 4096
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def full(crm: Ground) -> Iterator[None]:
    """Leaves the file of the database a little room, as a disk does that is nearly full."""
    engine = crm.services.database.engine
    with crm.services.database.read() as connection:
        most = int(connection.scalar(text("PRAGMA page_count")) or 0) + ROOM

    def narrow(connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count={most}")

    event.listen(engine, "begin", narrow)
    yield
    event.remove(engine, "begin", narrow)
    engine.dispose()  # the limit belongs to the connections
