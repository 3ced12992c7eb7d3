"""The matrix at the web: three worlds, all their people, every door, against the independent model.

Before a commit one cell of each kind is asked, chosen by a digest; nightly all of them.
"""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.rights.asking import asks
from tests.rights.cells import FieldWriter
from tests.rights.dialogs import Presser
from tests.rights.reading import Reader
from tests.rights.sampling import of_tier
from tests.rights.world import World
from tests.rights.worlds import KITCHEN_PEOPLE, SHARP_PEOPLE, VET_PEOPLE, WORLDS
from tests.rights.writing import FORMS, Disk, Writer

PEOPLE = {"vet": VET_PEOPLE, "kitchen": KITCHEN_PEOPLE, "sharp": SHARP_PEOPLE}
CELLS = [pytest.param(name, one, id=f"{name}-{one}") for name in PEOPLE for one in PEOPLE[name]]
MANY = 20
Opened = dict[str, tuple[World, Disk]]


@pytest.fixture(scope="module")
def opened() -> Iterator[Opened]:
    """The worlds, each opened once; every test leaves them as they were."""
    with ExitStack() as stack:
        worlds = {name: stack.enter_context(make()) for name, make in WORLDS.items()}
        disks = {name: Disk(world) for name, world in worlds.items()}
        for one in disks.values():
            stack.callback(one.close)
        yield {name: (worlds[name], disks[name]) for name in worlds}


@pytest.mark.parametrize("name, login", CELLS)
def test_no_door_shows_more_than_the_model_allows(opened: Opened, name: str, login: str) -> None:
    world, _ = opened[name]
    reader = Reader(world, login, of_tier(48, 6))
    reader.check()
    assert reader.count > MANY
    if reader.sample.share == 1:
        # The other way round: what may be seen is met somewhere.
        assert world.present(login) <= reader.met


@pytest.mark.parametrize("name, login", CELLS)
def test_a_refused_write_leaves_one_line_in_the_log(opened: Opened, name: str, login: str) -> None:
    world, disk = opened[name]
    writer = Writer(world, login, of_tier(400, 16), disk)
    writer.begin()
    writer.check()


@pytest.mark.parametrize("name, login", CELLS)
def test_a_field_is_written_by_whom_the_model_says(opened: Opened, name: str, login: str) -> None:
    world, disk = opened[name]
    writer = FieldWriter(world, login, disk, of_tier(40).share)
    writer.begin()
    writer.check()


@pytest.mark.parametrize("name, login", CELLS)
def test_a_dialog_asks_and_takes_what_the_model_says(opened: Opened, name: str, login: str) -> None:
    world, disk = opened[name]
    Presser(world, login, disk, of_tier(48).share).check()


def test_every_write_that_is_classified_is_sent(opened: Opened) -> None:
    world, _ = opened["vet"]
    sent = {one.door.how for one in asks(world, "rada", "POST")}
    assert sent - set(FORMS) == {"mine"}, "a write of a new kind has no form yet"
