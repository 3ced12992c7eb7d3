"""The matrix of rights: role tables, all people, all doors of the reader; and its teeth.

The last test switches off one check of the engine at a time: the matrix must fail each time.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from engine.errors import EngineError
from tests.kit.applications import application
from tests.kit.stock import stocked
from tests.runtime.rights_matrix import check_everybody
from tests.runtime.rights_mutants import MUTANTS, Mutant
from tests.runtime.rights_world import ENTITIES, SHARP, World, fill, role_table, rules


@contextmanager
def written(url: str) -> Iterator[World]:
    with stocked(application(f"{ENTITIES}\n{SHARP}"), url) as stock:
        yield fill(stock)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with written(f"sqlite:///{tmp_path_factory.mktemp('rights') / 'kartoteka.db'}") as made:
        yield made


@pytest.mark.parametrize("roles", [SHARP, *map(role_table, range(3))], ids=["sharp", *"012"])
def test_every_door_shows_what_the_model_allows(world: World, roles: str) -> None:
    check_everybody(world, rules(world, roles))


@pytest.mark.postgres
def test_every_door_shows_the_same_on_postgresql(postgres: str) -> None:
    with written(postgres) as world:
        for roles in (SHARP, role_table(3)):
            check_everybody(world, rules(world, roles))


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda one: one.__name__)
def test_matrix_notices_that(world: World, mutant: Mutant) -> None:
    with pytest.MonkeyPatch.context() as patch:
        mutant(patch)
        with pytest.raises((AssertionError, pytest.fail.Exception, EngineError)):
            check_everybody(world, rules(world, SHARP))
