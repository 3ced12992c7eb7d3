"""`kartoteka run` is killed again and again while people work: nothing acknowledged is lost."""

import random
from pathlib import Path

import pytest

from tests.kit.crash_ground import SERVED, a_moment, free_port, ground
from tests.kit.crash_report import Report
from tests.kit.crash_writers import at_work
from tests.kit.examples import examples
from tests.kit.nursery import Nursery

pytestmark = pytest.mark.journey

KILLS = examples(6, nightly=200)


def test_a_killed_server_loses_nothing(
    database_url: str, tmp_path: Path, nursery: Nursery, report: Report
) -> None:
    luck = random.Random(1)  # noqa: S311 - when to kill is no secret
    with ground(tmp_path / "ground", database_url) as crm:
        port = free_port()
        server = crm.serve(nursery, port)
        server.wait_for(SERVED)
        writers = crm.writers(crm.pages(port), seed=1)
        with at_work(writers):
            for _ in range(KILLS):
                a_moment(crm, luck)
                server.kill()
                server = crm.serve(nursery, port)
                server.wait_for(SERVED)
            a_moment(crm, luck)
        server.kill()
        crm.settle()
        judged = crm.judge()
        report(f"run on {crm.services.database.dialect}", f"{KILLS} kills", judged)
        assert judged.found == []
