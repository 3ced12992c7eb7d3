"""Each named place: a process that dies there, its work in its hands, loses and doubles nothing."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine.crash_points import KILLED
from tests.kit.crash_doors import ByPages, NoAnswer
from tests.kit.crash_ground import HOST, SERVED, Ground, free_port, ground
from tests.kit.nursery import Child, Nursery
from tests.kit.tree import TOP, python_files

pytestmark = pytest.mark.journey

OF_PEOPLE = ("records.before_commit", "records.committed")
OF_WORKERS = (
    "worker.looked",
    "timers.claiming",
    "timers.claimed",
    "timers.fired",
    "timers.followed",
    "timers.done",
    "outbox.claiming",
    "outbox.claimed",
    "outbox.row_handled",
    "outbox.handled",
    "outbox.closing",
    "outbox.closed",
)
OF_APPLIES = (
    "apply.agreed",
    "apply.operation",
    "apply.changed",
    "apply.before_commit",
    "apply.committed",
)
OF_BACKUPS = (  # who dies there is told in tests/runtime/backup/test_killed.py
    "backup.start",
    "backup.middle",
    "backup.before_rename",
    "restore.before_files",
    "restore.before_rename",
    "restore.before_commit",
    "restore.before_hold",
)
OF_STORIES = (  # and here in tests/crash/test_killed_story.py
    "story.line",
    "story.committed",
    "story.ending",
)
KNOWN = {*OF_PEOPLE, *OF_WORKERS, *OF_APPLIES, *OF_BACKUPS, *OF_STORIES}
STORIES = "crash/test_killed_story"
NAMED = re.compile(r'(?:crash_point|ending_at)\(\s*"([a-z_.]+)"')


def test_every_place_is_known_here_and_stands_in_the_engine() -> None:
    found = [name for path in python_files("engine") for name in NAMED.findall(path.read_text())]
    assert sorted(found) == sorted(KNOWN)
    for names, file in ((OF_BACKUPS, "runtime/backup/test_killed"), (OF_STORIES, STORIES)):
        told = (TOP / f"tests/{file}.py").read_text()
        assert [name for name in names if f'"{name}' not in told] == []


def test_whoever_was_not_answered_asks_again_and_it_is_done_once(
    database_url: str, tmp_path: Path, nursery: Nursery
) -> None:
    with ground(tmp_path / "ground", database_url) as crm:
        port = free_port()
        door = ByPages(HOST, port, crm.logins[0])
        with served(crm, nursery, port):
            door.sign_in()
        for number, place in enumerate(OF_PEOPLE):
            values, token = {"name": f"at {place}"}, f"token {number}"
            crm.settle()  # nobody but this person writes
            door.close()
            with served(crm, nursery, port, place) as server:
                with pytest.raises(NoAnswer):
                    door.create("request", values, token)
                assert server.wait() == KILLED, place
            door.close()
            made = len(crm.books.rows(crm.services.tables.table("request")))
            with served(crm, nursery, port):
                assert door.create("request", values, token).is_done
            after = len(crm.books.rows(crm.services.tables.table("request")))
            assert after - made == (place == "records.before_commit"), place
        door.close()
        crm.settle()
        assert crm.judge().found == []


def test_what_a_dying_worker_leaves_another_one_brings_to_its_end(
    database_url: str, tmp_path: Path, nursery: Nursery
) -> None:
    with ground(tmp_path / "ground", database_url) as crm:
        boss = crm.actor("head")
        for place in OF_WORKERS:
            crm.settle()
            for number in range(3):
                crm.services.records.create(boss, "request", {"name": f"{number} at {place}"})
            worker = nursery.start("worker", "--once", *crm.place, **crm.variables(place))
            assert worker.wait() == KILLED, f"{place}: {worker.said}"
            crm.settle()
            assert crm.judge().found == [], place


@contextmanager
def served(crm: Ground, nursery: Nursery, port: int, place: str = "") -> Iterator[Child]:
    """Serves the CRM by a program that may die at a place."""
    server = crm.serve(nursery, port, **crm.variables(place))
    server.wait_for(SERVED)
    try:
        yield server
    finally:
        server.kill()
