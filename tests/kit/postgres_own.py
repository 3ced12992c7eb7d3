"""A PostgreSQL server of a test's own, which may be stopped as if it had crashed.

What it has acknowledged is with the system then, if not on the disk: it survives the server's end.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import URL

from tests.kit.postgres_server import (
    HOME,
    SETTINGS,
    Server,
    locked,
    options,
    run,
    start,
    stop,
    usable_programs,
)

DURABLE: Mapping[str, str] = {**SETTINGS, "synchronous_commit": "on", "full_page_writes": "on"}


@dataclass(frozen=True, slots=True)
class OwnServer:
    """A server that nobody else uses."""

    server: Server
    settings: Mapping[str, str]

    @property
    def url(self) -> URL:
        """Its address, of a user who may create databases."""
        return self.server.url

    def stop_at_once(self) -> None:
        """Stops it without a word: no connection is ended, nothing is written out."""
        self._control("stop", "-w", "-m", "immediate")

    def start_again(self) -> None:
        """Starts it; it recovers by itself."""
        log = str(self.server.folder / "server.log")
        self._control("start", "-w", "-l", log, "-o", options(self.server, self.settings))

    def _control(self, *words: str) -> None:
        run(usable_programs() / "pg_ctl", *words, "-D", self.server.data)


@contextmanager
def own_server(settings: Mapping[str, str] = DURABLE) -> Iterator[OwnServer]:
    """Starts a server, and stops it at the end of the block."""
    server = Server(HOME / f"own{os.getpid()}")
    with locked():
        start(server, settings)
        (server.users / str(os.getpid())).touch()
    try:
        yield OwnServer(server, settings)
    finally:
        with locked():
            stop(server)
