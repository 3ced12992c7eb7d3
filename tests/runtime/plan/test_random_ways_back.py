"""Random lives of a configuration, and from anywhere in them a way back to any version before.

After it the tables are that version's, a second plan is empty, and every field holds what it held
then, since nobody has changed anything meanwhile. Going back can be taken back.
"""

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import URL

from engine.runtime.plan.apply import apply
from engine.runtime.plan.compare import make_plan
from engine.runtime.plan.rollback import rollback_plan
from engine.runtime.plan.steps import Plan
from engine.runtime.plan.versions import applied_version
from tests.kit.examples import examples
from tests.kit.lives import WRITTEN, Config, lives
from tests.kit.plans import Living, living
from tests.kit.postgres import fresh_database

Held = dict[str, list[Any]]


def held(now: Living) -> Held:
    """Returns what every field of every entity of the life holds."""
    assert now.application is not None
    entities = [one for one in now.application.entities.values() if one.layer == "own"]
    return {
        f"{entity.id}.{field}": now.values(entity.id, field)
        for entity in entities
        for field in entity.fields
    }


def go_back(now: Living, version: int) -> Plan:
    plan, wanted = rollback_plan(now.database, version)
    apply(now.database, plan, wanted, "tester")
    now.application = wanted
    again = make_plan(now.database, wanted)
    assert (again.steps, again.drift, again.look_alikes) == ((), (), ())
    return plan


def version_of(now: Living) -> int:
    version = applied_version(now.database)
    assert version is not None
    return version.id


def live(url: str, life: list[Config], ways: list[int]) -> None:
    with living(url, Config().text()) as now:
        now.fill("client", [{"name": f"N{n}", "note": WRITTEN[n % 10]} for n in range(20)])
        now.fill("other", [{"name": "red", "title": "red", "title_key": "red"}])
        then = {version_of(now): (now.application, held(now))}
        for config, way in zip(life, ways, strict=False):
            now.become(config.text())
            then[version_of(now)] = now.application, held(now)
            if way >= 0:
                back(now, then, sorted(then)[way % len(then)])
        for version in list(then):
            back(now, then, version)


def back(now: Living, then: dict[int, tuple[Any, Held]], version: int) -> None:
    before = version_of(now)
    if version == before:
        return
    application, values = then[version]
    plan = go_back(now, version)
    assert now.application == application
    assert held(now) == values
    if version_of(now) != before:
        assert plan.takes_back == version
        then[version_of(now)] = application, values


WAYS = st.lists(st.integers(-3, 5), min_size=6, max_size=6)


@settings(max_examples=examples(5, nightly=500), suppress_health_check=list(HealthCheck))
@given(lives(), WAYS)
def test_any_way_back_on_sqlite(life: list[Config], ways: list[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        live(f"sqlite:///{Path(folder) / 'kartoteka.db'}", life, ways)


@pytest.mark.postgres
@settings(max_examples=examples(1, nightly=60), suppress_health_check=list(HealthCheck))
@given(life=lives(), ways=WAYS)
def test_any_way_back_on_postgresql(
    postgres_server: URL, life: list[Config], ways: list[int]
) -> None:
    with fresh_database(postgres_server) as url:
        live(url, life, ways)
