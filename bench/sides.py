"""The two programs that are measured, each a process of its own behind a port of its own."""

from __future__ import annotations

import http.client
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from subprocess import PIPE, Popen

from sqlalchemy import create_engine, text

from bench.cases import DEPTH, READ, World, following, token_of
from bench.databases import Pair
from bench.loading import SELLER

PROGRAMS = {"engine": "bench.serve_engine", "hand": "bench.handwritten.app"}
NEXT_PAGES = 10
MOST_DEALS = 240
SETS = 3


@dataclass(frozen=True, slots=True)
class Side:
    """A served side: where, with which cookie, by which process."""

    kind: str
    name: str
    url: str
    port: int
    cookie: str
    process: Popen[str]

    @property
    def key(self) -> str:
        """Return the name by which the client knows it."""
        return f"{self.kind} {self.name}"

    def get(self, path: str) -> str:
        """Ask for a page."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        connection.request("GET", path, headers={"Cookie": self.cookie})
        answer = connection.getresponse()
        said = answer.read().decode()
        connection.close()
        if answer.status != READ:
            raise ValueError(f"{self.key} {path}: {answer.status} {said[-300:]}")
        return said


@contextmanager
def served(pair: Pair, name: str) -> Iterator[Side]:
    """Serve one side of a pair until the block ends."""
    url = pair.urls[name]
    command = (sys.executable, "-m", PROGRAMS[name], url)
    with Popen(command, stdout=PIPE, text=True) as process:
        try:
            assert process.stdout is not None  # noqa: S101 - it was opened with a pipe
            port = int(process.stdout.readline())
            cookie_name = f"kartoteka_{port}" if name == "engine" else "kartoteka"
            cookie = f"{cookie_name}={pair.loaded.cookie}"
            yield Side(pair.kind, name, url, port, cookie, process)
        finally:
            process.terminate()


def world_of(side: Side, depth: int = DEPTH) -> World:
    """Find out what a client may work on."""
    deep = tuple(pages_in_depth(side, depth))
    return known_world(side.url, token_of(side.get("/deal")), deep)


def known_world(url: str, token: str, deep: tuple[str, ...] = ()) -> World:
    """Share the newest open deals of the seller out to those who read, change and press."""
    engine = create_engine(url)
    query = (
        "SELECT id, version, stage FROM e_deal"
        " WHERE stage IN ('new', 'quote', 'measuring', 'production')"
        f" AND owner = (SELECT id FROM e_user WHERE login = '{SELLER}')"
        f" ORDER BY id DESC LIMIT {MOST_DEALS}"
    )
    with engine.connect() as connection:
        found = connection.execute(text(query)).all()
        clients = connection.scalar(text("SELECT count(*) FROM e_client"))
    engine.dispose()
    versions = {row.id: row.version for row in found}
    stages = {row.id: row.stage for row in found}
    read, edited, pressed = (tuple(versions)[number::SETS] for number in range(SETS))
    return World(token, read, edited, pressed, int(clients or 0), deep, versions, stages)


def pages_in_depth(side: Side, depth: int) -> Iterator[str]:
    """Walk through a list as a person would; yield the addresses from some page on."""
    path: str | None = "/deal"
    for number in range(depth + NEXT_PAGES):
        if path is None:
            return
        if number >= depth:
            yield path
        path = following(side.get(path))


def elements(html: str) -> int:
    """Return how many elements a page has."""
    return len(re.findall(r"<[a-zA-Z]", html))
