"""The client, in a process of its own: reads one job a line, answers with what it took.

Connections are kept alive. With several of them each has a thread and deals of its own, so that
nobody sends a form about what another one has just changed.
"""

from __future__ import annotations

import http.client
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from subprocess import PIPE, Popen
from threading import Thread
from time import perf_counter

from bench.cases import CASES, Make, World

TOLD = ("csrf", "read", "edited", "pressed", "clients", "deep", "versions", "stages")
NUMBERED = ("versions", "stages")  # by numbers, which JSON makes texts of
FEWEST = 2  # requests of a connection, however slow they are
AGAIN = 307  # the version has changed meanwhile: the same once more, as a browser would
TRIES = 3
HEADERS = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class Job:
    """So many seconds of one case over so many connections."""

    port: int
    cookie: str
    case: str
    connections: int
    seconds: float
    world: str


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds of each request, and of all of them together."""

    latencies: tuple[float, ...]
    seconds: float


class Failed(Exception):
    """An answer with another status than the case asks for."""


class Client:
    """Starts the client's process and gives it jobs."""

    def __init__(self, process: Popen[str]) -> None:
        self._process = process

    def know(self, name: str, world: World) -> None:
        """Tell the client what it works on."""
        self._send({"know": name, **{one: getattr(world, one) for one in TOLD}})

    def run(self, job: Job) -> Took:
        """Do a job."""
        self._send(asdict(job))
        assert self._process.stdout is not None  # noqa: S101 - it was opened with a pipe
        line = self._process.stdout.readline()
        if not line:
            raise Failed(f"the client has ended at {job.case}")
        answer = json.loads(line)
        if "failed" in answer:
            raise Failed(f"{job.case}: {answer['failed']}")
        return Took(tuple(answer["latencies"]), answer["seconds"])

    def _send(self, message: object) -> None:
        assert self._process.stdin is not None  # noqa: S101 - as above
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()


@contextmanager
def client() -> Iterator[Client]:
    """Start a client until the block ends."""
    with Popen(
        (sys.executable, "-m", "bench.client"), stdin=PIPE, stdout=PIPE, text=True
    ) as process:
        try:
            yield Client(process)
        finally:
            process.terminate()


def main() -> None:
    """Do jobs until nobody sends any more."""
    worlds: dict[str, World] = {}
    turns: dict[tuple[str, str, int], int] = {}
    for line in sys.stdin:
        message = json.loads(line)
        if name := message.pop("know", None):
            numbered = {
                known: {int(number): one for number, one in message[known].items()}
                for known in NUMBERED
            }
            worlds[name] = World(**{**message, **numbered})
            continue
        job = Job(**message)
        try:
            took = work(job, worlds[job.world], turns)
            answer: object = asdict(took)
        except Exception as error:  # noqa: BLE001 - whoever gave the job hears of it
            answer = {"failed": repr(error)}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def work(job: Job, world: World, turns: dict[tuple[str, str, int], int]) -> Took:
    """Send the requests of a job."""
    shares = [share(world, number, job.connections) for number in range(job.connections)]
    found: list[list[float]] = [[] for _ in shares]
    failures: list[Exception] = []

    def send(number: int) -> None:
        key = (job.world, job.case, number)
        try:
            found[number] = repeat(job, CASES[job.case], shares[number], turns.get(key, 0))
            turns[key] = turns.get(key, 0) + len(found[number])
        except Exception as error:  # noqa: BLE001 - told below
            failures.append(error)

    threads = [Thread(target=send, args=(number,)) for number in range(job.connections)]
    began = perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = perf_counter() - began
    if failures:
        raise failures[0]
    return Took(tuple(one for part in found for one in part), seconds)


def share(world: World, number: int, connections: int) -> World:
    """Return what one of several connections works on; versions and numbers are for all."""
    edited = world.edited[number::connections] or world.edited
    pressed = world.pressed[number::connections] or world.pressed
    return replace(world, edited=edited, pressed=pressed)


def repeat(job: Job, make: Make, world: World, turn: int) -> list[float]:
    """Send requests one after the other until the time is over; return what each took."""
    headers = {**HEADERS, "Cookie": job.cookie}
    connection = http.client.HTTPConnection("127.0.0.1", job.port, timeout=120)
    took: list[float] = []
    end = perf_counter() + job.seconds
    while len(took) < FEWEST or perf_counter() < end:
        request = make(world, turn + len(took))
        began = perf_counter()
        for _ in range(TRIES):
            connection.request(request.method, request.path, request.body or None, headers)
            answer = connection.getresponse()
            said = answer.read()
            if answer.status != AGAIN:
                break
        took.append(perf_counter() - began)
        if answer.status != request.status:
            raise Failed(f"{request.method} {request.path}: {answer.status} {said[-400:]!r}")
    connection.close()
    return took


if __name__ == "__main__":
    main()
