"""A PostgreSQL that goes away, cuts connections or comes back: the served CRM heals by itself."""

import random
from http.client import HTTPConnection
from pathlib import Path

import pytest
from sqlalchemy import URL

from tests.kit.crash_ground import HOST, SERVED, a_moment, free_port, ground
from tests.kit.crash_report import Report
from tests.kit.crash_writers import at_work
from tests.kit.examples import examples
from tests.kit.nursery import Nursery
from tests.kit.postgres import execute, fresh_database
from tests.kit.postgres_own import own_server

pytestmark = [pytest.mark.journey, pytest.mark.postgres]

RESTARTS = examples(1, nightly=30)
CUTS = examples(5, nightly=300)
CUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = '{name}' AND pid <> pg_backend_pid() ORDER BY random() LIMIT 2
"""


def test_a_database_that_is_stopped_at_once_and_comes_back_has_lost_nothing(
    tmp_path: Path, nursery: Nursery, report: Report
) -> None:
    """Meanwhile people are asked to come back; nobody has to start the web process again."""
    luck = random.Random(7)  # noqa: S311 - when to stop is no secret
    with (
        own_server() as server,
        fresh_database(server.url) as url,
        ground(tmp_path / "ground", url) as crm,
    ):
        port = free_port()
        web = crm.serve(nursery, port)
        web.wait_for(SERVED)
        with at_work(crm.writers(crm.pages(port), seed=7)):
            for _ in range(RESTARTS):
                a_moment(crm, luck)
                server.stop_at_once()
                status, wait = health(port)
                server.start_again()
                assert (status, wait) == (503, "5")
            a_moment(crm, luck)
        assert web.is_alive
        web.kill()
        crm.settle()
        judged = crm.judge()
        report("immediate stop of PostgreSQL", f"{RESTARTS} stops", judged)
        assert judged.found == []


def test_connections_that_are_cut_at_random_halve_nothing(
    postgres: str, postgres_server: URL, tmp_path: Path, nursery: Nursery, report: Report
) -> None:
    luck = random.Random(8)  # noqa: S311 - when to cut is no secret
    with ground(tmp_path / "ground", postgres) as crm:
        port = free_port()
        web = crm.serve(nursery, port)
        web.wait_for(SERVED)
        name = str(crm.services.database.url.database)
        with at_work(crm.writers(crm.pages(port), seed=8)):
            for _ in range(CUTS):
                a_moment(crm, luck)
                execute(postgres_server, CUT.format(name=name))
            a_moment(crm, luck)
        web.kill()
        crm.settle()
        judged = crm.judge()
        report("connections of PostgreSQL cut", f"{CUTS} times two", judged)
        assert judged.found == []


def health(port: int) -> tuple[int, str]:
    """Returns how a page answers while the database is away, and when to come back."""
    connection = HTTPConnection(HOST, port, timeout=30)
    try:
        connection.request("GET", "/my-day", headers={"Cookie": f"kartoteka_{port}=x"})
        response = connection.getresponse()
        response.read()
        return response.status, response.headers.get("Retry-After", "")
    finally:
        connection.close()
