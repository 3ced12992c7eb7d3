"""Where the crash tests happen: a CRM on a database of its own, people in it, a moved clock."""

import random
import shutil
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Event

from engine.app import open_services
from engine.automation.leases import LENGTH
from engine.automation.worker import Worker
from engine.crash_points import VARIABLE
from engine.metadata.load import load
from engine.metadata.model.application import Application
from engine.runtime.accounts.people import Profile
from engine.runtime.actor import ENGINE, Actor, user_actor
from engine.runtime.database import Database
from engine.runtime.records.store import fetch
from engine.runtime.services import Services
from engine.start import bring_up_to_date
from tests.kit.accounts import PASSWORD, quick_passwords
from tests.kit.crash_doors import ByPages, ByService, Door
from tests.kit.crash_judge import Judged, judge
from tests.kit.crash_writers import WRITERS, AckFile, Writer
from tests.kit.moved_clock import MovedClock
from tests.kit.nursery import CLOCK, GUNICORN, Child, Nursery, wait_until
from tests.kit.oracles import Books

TEXT = Path(__file__).parent / "crash.yaml"
HOST = "127.0.0.1"
SERVED = "Ctrl-C stops it."


@dataclass
class Ground:
    """A CRM, its database, the clock of all who work in it, and what was acknowledged."""

    folder: Path
    url: str
    clock: MovedClock
    services: Services
    counter: int = 0
    shared: list[int] = field(default_factory=list)
    logins: tuple[str, ...] = ()
    acks: AckFile = field(init=False)

    def __post_init__(self) -> None:
        self.acks = AckFile(self.folder / "acks.jsonl")

    @property
    def books(self) -> Books:
        """The rows, to be judged."""
        return Books(self.services.database, self.services.application, self.services.tables)

    @property
    def place(self) -> tuple[str, ...]:
        """The options that name the database to a command."""
        if self.url.startswith("sqlite"):
            return "--data", str(self.folder / "data")
        return "--database", self.url

    def variables(self, place: str = "") -> dict[str, str]:
        """Returns the environment of a program: the clock, and where it dies."""
        return {CLOCK: str(self.clock.path), **({VARIABLE: place} if place else {})}

    def serve(self, nursery: Nursery, port: int, **variables: str) -> Child:
        """Starts `kartoteka run` with its worker."""
        place = (*self.place, "--port", str(port))
        known = {**self.variables(), **variables}
        return nursery.start("run", self.folder / "crm", *place, **known)

    def serve_company(self, nursery: Nursery, port: int) -> Child:
        """Starts gunicorn with two workers, as the README says."""
        of_ours = ("-c", "python:engine.production", "--workers", "2", "--threads", "4")
        address = ("--bind", f"{HOST}:{port}", "engine.wsgi:application()")
        named = {
            "KARTOTEKA_DATABASE": self.url,
            "KARTOTEKA_PUBLIC_URL": f"http://{HOST}:{port}",
        }
        return nursery.start(GUNICORN, *of_ours, *address, **self.variables(), **named)

    def employ(self, nursery: Nursery, **variables: str) -> Child:
        """Starts a `kartoteka worker`."""
        return nursery.start("worker", *self.place, **{**self.variables(), **variables})

    def apply(self, nursery: Nursery, folder: Path, *options: str, **variables: str) -> Child:
        """Starts `kartoteka apply` of a folder."""
        return nursery.start("apply", folder, *options, *self.place, **variables)

    def writers(self, doors: Sequence[Door], seed: int) -> list[Writer]:
        """Returns people who come through these doors."""
        stop = Event()
        return [
            Writer(number, door, self.acks, self.counter, self.shared, stop, seed)
            for number, door in enumerate(doors)
        ]

    def pages(self, port: int) -> list[Door]:
        """Returns the doors of people who have signed in to the served CRM."""
        doors = [ByPages(HOST, port, login) for login in self.logins]
        for one in doors:
            one.sign_in()
        return list(doors)

    def service(self) -> list[Door]:
        """Returns the doors of people who call the service in this process."""
        return [ByService(self.services, self.actor(login)) for login in self.logins]

    def actor(self, login: str) -> Actor:
        """Returns a user as an actor."""
        user = self.services.accounts.people.by_login(login)
        compiled = self.services.records.tools.entities["user"]
        with self.services.database.read() as connection:
            found = fetch(connection, compiled, user.id)
        assert found is not None
        return user_actor(user.id, found.values, {})

    def work(self) -> int:
        """Lets a worker of this process do all that is due now."""
        done, worker = 0, Worker(lambda: self.services)
        while number := worker.run_due():
            done += number
        return done

    def settle(self) -> None:
        """Lets time pass until nothing waits any more: leases end, what failed is tried again."""
        for length in (LENGTH, LENGTH, *(timedelta(minutes=one) for one in (6, 16, 61))):
            self.clock.move(length + timedelta(seconds=1))
            self.work()

    def judge(self) -> Judged:
        """Asks everything."""
        return judge(self.books, self.acks.read(), self.clock.now())


@contextmanager
def ground(folder: Path, url: str) -> Iterator[Ground]:
    """Makes the CRM of the crash tests on an empty database, with people in it."""
    (folder / "crm").mkdir(parents=True)
    (folder / "data").mkdir()
    shutil.copy(TEXT, folder / "crm" / "crm.yaml")
    clock = MovedClock(folder / "clock")
    if url.startswith("sqlite"):
        url = f"sqlite:///{folder / 'data' / 'kartoteka.db'}"
    database = Database(url, clock)
    try:
        application = _application(folder / "crm")
        bring_up_to_date(application, database)
        services = open_services(application, database, passwords=quick_passwords())
        yield _peopled(Ground(folder, url, clock, services))
    finally:
        database.dispose()


def _application(folder: Path) -> Application:
    found = load(folder).application
    assert found is not None
    return found


def _peopled(made: Ground) -> Ground:
    """Adds four sellers, a head who is told, a counter, and requests that all press on."""
    services = made.services
    people = services.accounts.people
    made.logins = tuple(f"seller{number}" for number in range(WRITERS))
    for login in made.logins:
        people.add(ENGINE, login, Profile(login.title(), ("seller",)), PASSWORD)
    people.add(ENGINE, "head", Profile("Head", ("head",)), PASSWORD)
    made.counter = services.records.create(ENGINE, "counter", {"name": "All"}).id
    boss = made.actor("head")
    for number in range(10):
        saved = services.records.create(boss, "request", {"name": f"shared {number}"})
        made.shared.append(saved.id)
    return made


def free_port() -> int:
    """Returns a port that nobody listens at."""
    with socket.socket() as found:
        found.bind((HOST, 0))
        port: int = found.getsockname()[1]
        return port


def a_moment(crm: Ground, luck: random.Random) -> None:
    """Waits until a few more things were acknowledged, and a little longer: then kill."""
    wanted = crm.acks.number + luck.randint(1, 24)
    wait_until(lambda: crm.acks.number >= wanted, "somebody to be answered")
    time.sleep(luck.uniform(0, 0.05))
