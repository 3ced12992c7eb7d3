"""`kartoteka worker` is killed again and again: no timer is lost, none fires twice."""

import random
import signal
from datetime import timedelta
from pathlib import Path

import pytest

from engine.automation.leases import LENGTH
from engine.runtime.tables.system import OUTBOX, TIMERS
from tests.kit.crash_ground import Ground, a_moment, ground
from tests.kit.crash_report import Report
from tests.kit.crash_writers import at_work
from tests.kit.examples import examples
from tests.kit.nursery import STOP, Nursery, wait_until

pytestmark = pytest.mark.journey

KILLS = examples(6, nightly=500)
WORKING = "Working."


def test_killed_workers_lose_and_double_nothing(
    database_url: str, tmp_path: Path, nursery: Nursery, report: Report
) -> None:
    """Two of them are at work, one dies; what it had claimed is free when its lease has ended."""
    luck = random.Random(2)  # noqa: S311 - when to kill is no secret
    with ground(tmp_path / "ground", database_url) as crm:
        workers = [crm.employ(nursery) for _ in range(2)]
        with at_work(crm.writers(crm.service(), seed=2)):
            for number in range(KILLS):
                a_moment(crm, luck)
                workers[number % 2].kill()
                crm.clock.move(LENGTH)
                workers[number % 2] = crm.employ(nursery)
        for one in workers:
            one.kill()
        crm.settle()
        judged = crm.judge()
        report(f"worker on {crm.services.database.dialect}", f"{KILLS} kills", judged)
        assert judged.found == []


@pytest.mark.parametrize("place", ["timers.claimed", "outbox.claimed", "outbox.handled"])
def test_a_worker_that_stood_still_past_its_lease_writes_nothing(
    database_url: str, tmp_path: Path, nursery: Nursery, place: str
) -> None:
    """It is stopped with work in its hands; another one does the work; then it goes on (G5)."""
    with ground(tmp_path / "ground", database_url) as crm:
        for number in range(5):
            crm.services.records.create(crm.actor("head"), "request", {"name": f"late {number}"})
        worker = crm.employ(nursery, **{STOP: place})
        worker.wait_stopped()
        crm.clock.move(LENGTH + timedelta(seconds=1))
        crm.work()
        done = state(crm)
        worker.send(signal.SIGCONT)
        wait_until(lambda: went_on(crm), "the worker to go on")
        worker.send(signal.SIGTERM)
        assert worker.wait() == 0
        assert state(crm) == done
        crm.settle()
        assert crm.judge().found == []


def state(crm: Ground) -> list[tuple[object, ...]]:
    """Returns how the work of before has ended, and when."""
    rows = [*crm.books.rows(TIMERS), *crm.books.rows(OUTBOX)]
    return [(one["state"], one.get("fired_at") or one.get("done_at")) for one in rows]


def went_on(crm: Ground) -> bool:
    """Says whether the worker has come to the end of a turn: it does what is new."""
    return all(one["state"] in ("done", "fired") for one in crm.books.rows(OUTBOX))
