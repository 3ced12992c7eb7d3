"""gunicorn's workers, and gunicorn itself, are killed while people work: nothing is lost.

Who was answered by a worker that died has been answered; who was not asks the next one, which knows
by the token whether it was done.
"""

import os
import random
import signal
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.kit.crash_ground import HOST, Ground, a_moment, free_port, ground
from tests.kit.crash_report import Report
from tests.kit.crash_writers import at_work
from tests.kit.examples import examples
from tests.kit.nursery import Child, Nursery, wait_until

pytestmark = [pytest.mark.journey, pytest.mark.postgres]

KILLS = examples(3, nightly=100)
ALL = 5  # of so many kills one is of everybody at once
MAIN = 20  # of so many one is of the main process: its workers see that, and answer on for a while


def test_killed_workers_and_a_killed_gunicorn_lose_nothing(
    postgres: str, tmp_path: Path, nursery: Nursery, report: Report
) -> None:
    luck = random.Random(11)  # noqa: S311 - when to kill is no secret
    with ground(tmp_path / "ground", postgres) as crm:
        port = free_port()
        company = served(crm, nursery, port)
        with at_work(crm.writers(crm.pages(port), seed=11)):
            for number in range(KILLS):
                a_moment(crm, luck)
                left = workers(company)
                if number % ALL != ALL // 2:
                    kill(luck.choice(left))
                    continue
                end(company, () if number % MAIN > MAIN - ALL else left)
                wait_until(partial(all_gone, left), "workers without gunicorn to end")
                company = served(crm, nursery, port)
            a_moment(crm, luck)
        end(company, workers(company))
        crm.settle()
        judged = crm.judge()
        report("gunicorn on postgresql", f"{KILLS} kills", judged)
        assert judged.found == []


def served(crm: Ground, nursery: Nursery, port: int) -> Child:
    """Starts gunicorn and waits until it answers."""
    company = crm.serve_company(nursery, port)
    wait_until(lambda: is_served(port), "gunicorn to answer")
    return company


def end(company: Child, left: Sequence[int]) -> None:
    """Kills the main process, and these of its workers."""
    company.send(signal.SIGKILL)
    for one in left:
        kill(one)
    company.wait()


def workers(company: Child) -> list[int]:
    """Returns the processes that answer; there is always one, or one is about to be."""
    listed = Path(f"/proc/{company.pid}/task/{company.pid}/children")
    wait_until(lambda: bool(listed.read_text().split()), "a worker")
    return [int(one) for one in listed.read_text().split()]


def all_gone(processes: Sequence[int]) -> bool:
    """Says whether these have ended: they do, when they see that gunicorn has."""
    return not any(Path(f"/proc/{one}/cmdline").exists() for one in processes)


def kill(process: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


def is_served(port: int) -> bool:
    connection = HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
