"""Offices for the tests of rules: most on SQLite, where SQL matters on both databases."""

import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.kit.applications import application
from tests.kit.office import Office, Opened, make_office, office
from tests.kit.prepared import Prepared


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """Opens an office of a text on SQLite."""
    with ExitStack() as stack:

        def give(yaml: str) -> Office:
            url = f"sqlite:///{tmp_path / uuid.uuid4().hex}.db"
            return stack.enter_context(office(application(yaml), url))

        yield give


@pytest.fixture
def opened_on_both(prepared: Prepared) -> Iterator[Opened]:
    """Opens an office of a text: the test runs on SQLite and on PostgreSQL."""
    with ExitStack() as stack:

        def give(yaml: str) -> Office:
            crm = application(yaml)
            return stack.enter_context(office(crm, prepared(crm, make_office)))

        yield give
