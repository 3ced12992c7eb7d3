"""The matrix under role tables at random, and on PostgreSQL: the same model, the same doors."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.kit.applications import application_anew
from tests.kit.examples import examples
from tests.rights.cells import FieldWriter
from tests.rights.dialogs import Presser
from tests.rights.random_rights import by_model, random_rights, under
from tests.rights.reading import Reader
from tests.rights.sampling import Sample, of_tier
from tests.rights.server import Server
from tests.rights.world import World
from tests.rights.worlds import sharp, vet
from tests.rights.writing import Writer

SEEDS = range(examples(1, nightly=200))
PEOPLE = ("ann", "dan", "eva", "fay", "gil")
WRITERS = PEOPLE[: examples(2, nightly=5)]


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


@pytest.mark.postgres
def test_every_write_is_refused_or_done_the_same_on_postgresql(postgres: str) -> None:
    with sharp(postgres) as world, closing(Server(world)) as disk:
        for login in WRITERS:
            writer = Writer(world, login, of_tier(2000, 60), disk)
            writer.begin()
            writer.check()
            fields = FieldWriter(world, login, disk, of_tier(90).share)
            fields.begin()
            fields.check()
            Presser(world, login, disk, of_tier(90).share).check()
            assert writer.refused
            assert fields.refused
