"""Whatever passes the checks can be made ready: no rule or button fails before it ever runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.automation.rules import Rules
from engine.clock import FrozenClock
from engine.metadata.load import load_sources
from engine.metadata.nodes import Entry, Mapping
from engine.metadata.source import read_nodes
from engine.runtime.access import Access
from engine.runtime.database import Database
from engine.runtime.tables.entity import build_tables
from tests.kit.applications import CALLS, REQUESTS
from tests.kit.examples import PROFILE, examples
from tests.kit.office import MONDAY
from tests.metadata.test_mutations import damaged_somewhere, written

PARTS = ("automations", "pipelines", "entities", "views")
few = settings(
    max_examples=examples(20, nightly=1_000),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    derandomize=PROFILE == "commit",
)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    path: Path = tmp_path_factory.mktemp("any") / "crm.sqlite"
    found = Database(f"sqlite:///{path}", FrozenClock(MONDAY))
    yield found
    found.dispose()


@few
@given(st.data(), st.sampled_from((CALLS, REQUESTS)))
def test_what_passes_the_checks_is_made_ready(
    database: Database, data: st.DataObject, sample: str
) -> None:
    root = read_nodes("crm.yaml", sample).root
    assert root is not None
    for _ in range(data.draw(st.integers(1, 2))):
        root = damaged_part(root, data)
    application = load_sources({"crm.yaml": written(root)}).application
    if application is not None:
        tables = build_tables(application)
        rules = Rules(application, tables, Access(application, tables, database))
        assert not rules.listens("nothing")


def damaged_part(root: Mapping, data: st.DataObject) -> Mapping:
    """Returns a configuration with one node of a section changed."""
    name = data.draw(st.sampled_from(PARTS))
    changed = (
        Entry(one.key, damaged_somewhere(one.value, data)) if one.key.text == name else one
        for one in root.entries
    )
    return Mapping(tuple(changed), root.mark)
