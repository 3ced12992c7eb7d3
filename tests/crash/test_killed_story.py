"""`kartoteka run --demo` dies while its story is played, and goes on with it at the next start."""

import random
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import inspect, select

from engine.clock import FrozenClock
from engine.crash_points import KILLED, VARIABLE
from engine.runtime.database import Database
from engine.runtime.tables.entity import build_tables
from engine.runtime.tables.system import HISTORY, META, ROW_KEYS, RUNS, TIMERS
from engine.scenarios.bookmark import read_bookmark
from tests.kit.crash_ground import SERVED, free_port
from tests.kit.examples import PROFILE
from tests.kit.moved_clock import MovedClock
from tests.kit.nursery import CLOCK, Child, Nursery
from tests.kit.oracles import Books, broken
from tests.kit.told import CRM, NOW, PEOPLE, STORY, office, opened, play

pytestmark = pytest.mark.journey

NOTES = 100  # so that it is played in two transactions of a hundred lines
LONG = STORY + "".join(
    f"  - {{at: today 10:{15 + number // 10}, as: eva, note: {{c1: Note {number}}}}}\n"
    for number in range(NOTES)
)
Death = tuple[str, int]  # where a start dies (killed at any moment: ""), and the lines done then
SOME = -1
WAYS: dict[str, Sequence[Death]] = {
    "at each place": [("story.line:57", 0), ("story.committed", 100), ("story.ending", 112)]
}
if PROFILE == "nightly":
    WAYS["anywhere"] = [("", SOME)] * 40


@dataclass(frozen=True, slots=True)
class Show:
    """A folder with a story, and the database in which it is played."""

    folder: Path
    url: str
    clock: MovedClock
    nursery: Nursery

    def start(self, place: str = "") -> Child:
        """Starts to play it, to its end or up to a place where the process dies."""
        where = ("--database", self.url, "--port", str(free_port()))
        variables = {CLOCK: str(self.clock.path), **({VARIABLE: place} if place else {})}
        return self.nursery.start("run", self.folder, "--demo", *where, **variables)


@pytest.fixture
def show(tmp_path: Path, nursery: Nursery) -> Show:
    folder = tmp_path / "office"
    (folder / "demo").mkdir(parents=True)
    for name, text in (("crm", CRM), ("demo/people", PEOPLE), ("demo/story", LONG)):
        (folder / f"{name}.yaml").write_text(text)
    clock = MovedClock(tmp_path / "clock")
    clock.move(NOW - datetime.now(UTC))
    return Show(folder, f"sqlite:///{tmp_path / 'kartoteka.db'}", clock, nursery)


@pytest.fixture
def undisturbed(tmp_path: Path) -> list[str]:
    """What comes of the story where nobody dies."""
    crm = office(LONG)
    with opened(f"sqlite:///{tmp_path / 'undisturbed.db'}", crm) as database:
        play(database, crm)
        return told(database)


@pytest.mark.parametrize("deaths", WAYS.values(), ids=WAYS)
def test_a_story_that_dies_on_the_way_comes_to_the_same(
    show: Show, undisturbed: list[str], deaths: Sequence[Death]
) -> None:
    luck = random.Random(9)  # noqa: S311 - when to kill is no secret
    for place, done in deaths:
        child = show.start(place)
        if not place:
            time.sleep(luck.uniform(0.05, 1.0))
            child.send(signal.SIGKILL)
        assert child.wait() == (KILLED if place else -signal.SIGKILL), f"{place}: {child.said}"
        with books(show) as found:
            if inspect(found.database.engine).has_table("e_user"):
                assert broken(found) == [], place
                assert done in (played(found), SOME), place
    is_played_to_its_end(show, undisturbed)


def is_played_to_its_end(show: Show, undisturbed: list[str]) -> None:
    child = show.start()
    child.wait_for(SERVED)
    child.kill()
    with books(show) as found:
        assert broken(found) == []
        assert told(found.database) == undisturbed


def played(found: Books) -> int:
    """Returns how many lines are done."""
    with found.database.read() as connection:
        bookmark = read_bookmark(connection)
    return bookmark.played if bookmark else 0


@contextmanager
def books(show: Show) -> Iterator[Books]:
    """Opens what was played, to be judged."""
    crm = office(LONG)
    database = Database(show.url, FrozenClock(NOW))
    try:
        yield Books(database, crm, build_tables(crm))
    finally:
        database.dispose()


def told(database: Database) -> list[str]:
    """Returns what has happened in the story, without the numbers that a database gives to rows.

    What happened at the start itself (people, rows of the demo) is of another second each time.
    """
    history, timers, runs, keys = HISTORY.c, TIMERS.c, RUNS.c, ROW_KEYS.c
    happened = (history.entity, history.action, history.version, history.actor_name)
    queries = (
        select(history.at, *happened, history.press["button"]).where(history.at < NOW),
        select(timers.due_at, timers.kind, timers.state, timers.fired_at),
        select(runs.started_at, runs.rule_id, runs.state),
        select(keys.loaded_at, keys.entity, keys.key).where(keys.loaded_at < NOW),
        select(META.c.key).where(META.c.key == "story"),
    )
    with database.read() as connection:
        return sorted(str(tuple(row)) for one in queries for row in connection.execute(one))
