"""A sample clinic with the record service over it, on both databases."""

from collections.abc import Iterator

import pytest

from engine.runtime.actor import Actor
from engine.runtime.plan.create import create_everything
from tests.kit.applications import VET, application
from tests.kit.prepared import Prepared
from tests.kit.writer import Desk, person, writing


@pytest.fixture
def desk(prepared: Prepared) -> Iterator[Desk]:
    clinic = application(VET)
    with writing(clinic, prepared(clinic, create_everything)) as found:
        yield found


@pytest.fixture
def head(desk: Desk) -> Actor:
    return person(desk, "helen", "head")


@pytest.fixture
def vet(desk: Desk) -> Actor:
    return person(desk, "victor", "vet")


@pytest.fixture
def reception(desk: Desk) -> Actor:
    return person(desk, "rita", "reception")
