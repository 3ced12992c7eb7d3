"""A store that fails, or that does it and says that it did not: nothing is lost, nothing twice."""

import random
from pathlib import Path

import pytest

from tests.kit.crash_ground import Ground, ground
from tests.kit.crash_report import Report
from tests.kit.crash_turns import clients, take_turns
from tests.kit.examples import PROFILE, examples
from tests.kit.faulty import FAULTS, Fault, failing

ACKS = examples(25, nightly=1_500)
# What the store says now and then, by day; by night each of them often.
BY_DAY = tuple(one for one in FAULTS if one not in ("disk full", "not synced"))
SOMETIMES, OFTEN = 0.01, 0.2


@pytest.mark.parametrize("fault", FAULTS if PROFILE == "nightly" else BY_DAY)
def test_whatever_fails_often_all_is_done_once(
    database_url: str, tmp_path: Path, report: Report, fault: Fault
) -> None:
    """Half of the people come through pages, the others call the service."""
    with ground(tmp_path / "ground", database_url) as crm:
        faults = work(crm, (fault,), OFTEN)
        judged = crm.judge()
        report(f"{fault} on {crm.services.database.dialect}", f"{faults} faults", judged)
        assert judged.found == []
        assert faults > ACKS / 20  # else nothing was tried


def test_whatever_fails_sometimes_all_is_done_once(
    database_url: str, tmp_path: Path, report: Report
) -> None:
    with ground(tmp_path / "ground", database_url) as crm:
        faults = work(crm, FAULTS, SOMETIMES, 4 * ACKS)
        judged = crm.judge()
        report(f"now and then on {crm.services.database.dialect}", f"{faults} faults", judged)
        assert judged.found == []
        assert faults


def work(crm: Ground, faults: tuple[Fault, ...], rate: float, acks: int = ACKS) -> int:
    """Lets people and a worker work with a store that fails; returns how often it has failed."""
    luck = random.Random(3)  # noqa: S311 - the same faults at each run
    doors = [*clients(crm)[:2], *crm.service()[2:]]
    with failing(crm.services.database, faults, rate, luck) as store:
        take_turns(crm, crm.writers(doors, seed=3), acks, luck)
    crm.settle()
    return store.number
