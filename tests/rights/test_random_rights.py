"""The matrix under role tables at random, and on PostgreSQL: the same model, the same doors."""

from collections.abc import Iterator

import pytest

from tests.kit.applications import application_anew
from tests.kit.examples import examples
from tests.rights.random_rights import by_model, random_rights, under
from tests.rights.reading import Reader
from tests.rights.sampling import Sample
from tests.rights.world import World
from tests.rights.worlds import sharp, vet

SEEDS = range(examples(1, nightly=200))
PEOPLE = ("ann", "dan", "eva", "fay", "gil")


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with sharp() as made:
        yield made


@pytest.mark.parametrize("seed", SEEDS)
def test_every_role_table_is_kept(world: World, seed: int) -> None:
    text = random_rights(seed)
    with under(world, application_anew(text)), by_model(world, text):
        for login in PEOPLE:
            Reader(world, login, Sample(60, 12)).check()


@pytest.mark.postgres
def test_every_door_shows_the_same_on_postgresql(postgres: str) -> None:
    with vet(postgres) as world:
        for login in ("vera", "boss"):
            Reader(world, login, Sample(60, 8)).check()
