"""Two databases of each kind with the same content: one for the engine, one for the rival."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL

from bench.loading import Loaded, fill
from tests.kit.postgres import execute
from tests.kit.postgres_server import SETTINGS, shared_server

SIDES = ("engine", "hand")
# The tests' server does not wait for the disk; the one that is measured does.
DURABLE = {
    **SETTINGS,
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "512MB",
    "jit": "off",
}


@dataclass(frozen=True, slots=True)
class Pair:
    """The databases of both sides, and how the first was filled."""

    kind: str
    urls: dict[str, str]
    loaded: Loaded
    postmaster: int | None = None


@contextmanager
def sqlite_pair(folder: Path, count: int) -> Iterator[Pair]:
    """Fill one file and copy it."""
    paths = {one: folder / one / "kartoteka.db" for one in SIDES}
    for path in paths.values():
        path.parent.mkdir(parents=True)
    loaded = fill(f"sqlite:///{paths['engine']}", count)
    shutil.copy(paths["engine"], paths["hand"])
    yield Pair("sqlite", {one: f"sqlite:///{path}" for one, path in paths.items()}, loaded)


@contextmanager
def postgres_pair(count: int) -> Iterator[Pair]:
    """Fill one database of a server of our own, and copy it."""
    with shared_server(DURABLE) as server:
        names = {one: f"bench_{one}" for one in SIDES}
        execute(server, f"CREATE DATABASE {names['engine']} TEMPLATE template0 ENCODING 'UTF8'")
        urls = {one: address(server, name) for one, name in names.items()}
        loaded = fill(urls["engine"], count)
        copy_database(server, names["engine"], names["hand"])
        execute(server.set(database=names["hand"]), "VACUUM ANALYZE")
        yield Pair("postgresql", urls, loaded, postmaster_of(server))


def copy_database(server: URL, source: str, copy: str) -> None:
    """Copy a database, once the last connection to it is gone."""
    execute(
        server,
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{source}'",
    )
    time.sleep(0.5)
    execute(server, f"CREATE DATABASE {copy} TEMPLATE {source}")


def address(server: URL, name: str) -> str:
    """Return the address of a database of a server."""
    return server.set(database=name).render_as_string(hide_password=False)


def postmaster_of(server: URL) -> int:
    """Return the process that is the parent of a server's backends."""
    folder = Path(str(server.query["host"]))
    return int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])
