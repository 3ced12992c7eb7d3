"""An apply that is killed leaves the old version or the new one, while four people write (G9)."""

import random
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from engine import crash_points
from engine.app import applied_application
from engine.crash_points import KILLED, VARIABLE
from engine.errors import EngineError
from engine.metadata.load import load
from engine.metadata.model.application import Application
from engine.runtime.actor import ENGINE
from engine.runtime.database import Database
from engine.runtime.plan.agreement import missing_words
from engine.runtime.plan.apply import apply
from engine.runtime.plan.compare import make_plan
from engine.runtime.plan.execute import Executor
from engine.runtime.plan.operations import Operation
from engine.runtime.plan.steps import Plan
from engine.serving import Current
from engine.settings import Settings
from engine.start import bring_up_to_date
from tests.kit.crash_judge import Judged
from tests.kit.crash_report import Report
from tests.kit.examples import PROFILE
from tests.kit.nursery import Child, Nursery
from tests.kit.pictures import Picture, picture
from tests.kit.ways import FIRST, WAYS

pytestmark = pytest.mark.journey

CLIENTS = 60
WRITERS = 4
PATIENCE = 0.2
LOG = "log"


@dataclass
class Life:
    """A database that goes its way, with people who write all the time."""

    database: Database
    folder: Path
    nursery: Nursery
    told: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    errors: list[BaseException] = field(default_factory=list)

    def picture(self) -> Picture:
        """Returns what the database is, without what people write meanwhile."""
        return picture(self.database, CLIENTS, LOG)

    def wanted(self, text: str) -> Application:
        """Writes the folder and returns what it says."""
        (self.folder / "crm.yaml").write_text(text)
        found = load(self.folder).application
        assert found is not None
        return found

    def plan(self, text: str) -> Plan:
        """Plans what the folder says."""
        return make_plan(self.database, self.wanted(text))

    def apply(self, text: str, place: str = "") -> Child:
        """Lets `kartoteka apply` end, or die at a place."""
        words = missing_words(self.plan(text)).split()
        place_of = {VARIABLE: place} if place else {}
        child = self.nursery.start("apply", self.folder, *words, *self.place, **place_of)
        child.wait()
        return child

    @property
    def place(self) -> tuple[str, ...]:
        """The options that name the database."""
        url = self.database.url
        if self.database.dialect == "sqlite":
            return "--data", str(Path(str(url.database)).parent)
        return "--database", url.render_as_string(hide_password=False)

    def write(self, current: Current) -> None:
        """Writes into the log, and asks again with the same token where something is in the way."""
        try:
            while not self.over.is_set():
                name = uuid.uuid4().hex
                while not self._written(current, name) and not self.over.is_set():
                    self.over.wait(PATIENCE)
                self.over.wait(PATIENCE)
        except BaseException as error:  # noqa: BLE001 - told to the test, which fails by it
            self.errors.append(error)

    def _written(self, current: Current, name: str) -> bool:
        try:
            current().records.create(ENGINE, LOG, {"name": name}, name)
        except (EngineError, DBAPIError):
            return False
        self.told.append(name)
        return True

    @contextmanager
    def written(self) -> Iterator[None]:
        """Lets people write meanwhile."""
        current = self.current()
        people = [threading.Thread(target=self.write, args=(current,)) for _ in range(WRITERS)]
        for one in people:
            one.start()
        try:
            yield
        finally:
            self.over.set()
            for one in people:
                one.join()
        assert self.errors == []

    def current(self) -> Current:
        """Returns what gives the services of the version of now."""
        return Current(applied_application(self.database), self.database, Settings())

    def kept(self) -> list[str]:
        """Returns the lines of the log."""
        tables = self.current()().tables
        with self.database.read() as connection:
            return list(connection.scalars(select(tables.column(LOG, "name"))))


@contextmanager
def begun(url: str, folder: Path, nursery: Nursery) -> Iterator[Life]:
    """Begins with the first version, and with clients in it."""
    database = Database(url)
    try:
        life = Life(database, folder, nursery)
        bring_up_to_date(life.wanted(FIRST), database)
        records = life.current()().records
        cities = ("Sofia", "varna", "Пловдив")
        rows = [
            {"name": f"N{n}", "age": f"0{n}" if n % 9 else "old", "code": f"C{n}"}
            for n in range(CLIENTS)
        ]
        for number, row in enumerate(rows):
            row["city"] = cities[number % 3]
        records.create_many(ENGINE, "client", rows)
        yield life
    finally:
        database.dispose()


def places(life: Life, text: str, luck: random.Random) -> list[str]:
    """Returns where to die: at each operation in the night, at one of them before a commit."""
    number = sum(len(step.operations) for step in life.plan(text).steps)
    operations = [f"apply.operation:{one + 1}" for one in range(number)]
    if PROFILE != "nightly":
        return [luck.choice([*operations, "apply.changed", "apply.before_commit"])]
    return ["apply.agreed", *operations, "apply.changed", "apply.before_commit"]


def is_killed(life: Life, number: int) -> bool:
    """Says whether a change is killed: in the night each, else half of them on each database."""
    return PROFILE == "nightly" or number % 2 == (life.database.dialect == "sqlite")


def on_the_way(life: Life, number: int, luck: random.Random) -> int:
    """Goes the next part of the way and returns how often it was killed there."""
    name, text = list(WAYS.items())[number]
    if is_killed(life, number):
        return killed_on_the_way(life, name, text, luck)
    assert life.apply(text).code == 0, name
    return 0


def killed_on_the_way(life: Life, name: str, text: str, luck: random.Random) -> int:
    """Kills the applies of one change, lets the last one through, and returns the kills."""
    old, where = life.picture(), places(life, text, luck)
    for place in where:
        died = life.apply(text, place)
        assert died.code == KILLED, f"{name} at {place}: {died.said}"
        assert life.picture() == old, f"{name} at {place}"
    died = life.apply(text, "apply.committed")
    assert died.code == KILLED, f"{name}: {died.said}"
    new = life.picture()
    assert (new.version, new == old) == (life.wanted(text).digest, False), name
    ended = life.apply(text)
    assert (ended.code, "No changes." in ended.said) == (0, True), f"{name}: {ended.said}"
    assert life.picture() == new, name
    again = life.plan(text)
    assert (again.steps, again.drift) == ((), ()), name
    return len(where) + 1


def test_a_killed_apply_leaves_the_old_version_or_the_new_one(
    database_url: str, tmp_path: Path, nursery: Nursery, report: Report
) -> None:
    luck = random.Random(6)  # noqa: S311 - where to die is no secret
    with begun(database_url, tmp_path, nursery) as life:
        with life.written():
            kills = sum(on_the_way(life, number, luck) for number in range(len(WAYS)))
        kept = life.kept()
        assert len(kept) == len(set(kept))
        assert set(life.told) <= set(kept)
        judged = Judged(len(kept), len(life.told), (), (), ())
        report(f"apply on {life.database.dialect}", f"{kills} kills", judged)


class Died(BaseException):
    """An end in the middle, in this process."""


def test_an_apply_that_commits_after_each_operation_is_found(
    tmp_path: Path, nursery: Nursery
) -> None:
    """The negative control: the same picture sees the mixture that such an engine leaves."""
    run = Executor.run

    def piecemeal(self: Executor, operation: Operation) -> None:
        run(self, operation)
        self._connection.exec_driver_sql("COMMIT")
        self._connection.exec_driver_sql("BEGIN IMMEDIATE")

    with begun(f"sqlite:///{tmp_path / 'kartoteka.db'}", tmp_path, nursery) as life:
        old, text = life.picture(), WAYS["rename a field"]
        die_in_apply(life, text)
        assert life.picture() == old
        with patch.object(Executor, "run", piecemeal):
            die_in_apply(life, text)
        assert life.picture().version == old.version
        assert life.picture().built != old.built


def die_in_apply(life: Life, text: str) -> None:
    """Applies in this process and dies after the first operation."""

    def die(place: str) -> None:
        if place == "apply.operation":
            raise Died

    crash_points.arm_with(die)
    try:
        with pytest.raises(Died):
            apply(life.database, life.plan(text), life.wanted(text), "tester")
    finally:
        crash_points.arm(None)
