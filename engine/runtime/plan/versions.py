"""Applied versions: every configuration that was applied lies in the database with its texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib.metadata import version

from sqlalchemy import Connection, insert, select

from engine.metadata.load import load_sources
from engine.metadata.model.application import Application
from engine.runtime.database import Database
from engine.runtime.tables.layout import ensure_system_tables
from engine.runtime.tables.system import VERSIONS


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """One applied version: its texts, and who applied it when by which plan."""

    id: int
    digest: str
    engine: str
    sources: Mapping[str, str]
    author: str
    plan: Mapping[str, object]
    applied_at: datetime

    def application(self) -> Application | None:
        """Return the configuration, unless this engine can't read it any more."""
        return _read(tuple(sorted(self.sources.items())))


@lru_cache(maxsize=4)
def _read(sources: tuple[tuple[str, str], ...]) -> Application | None:
    return load_sources(dict(sources)).application


def applied_version(database: Database) -> StoredVersion | None:
    """Return the version that the database serves; nothing on an empty database."""
    ensure_system_tables(database)
    with database.read() as connection:
        return read_version(connection)


def read_version(connection: Connection) -> StoredVersion | None:
    """Return the version applied last."""
    query = select(VERSIONS).order_by(VERSIONS.c.id.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return StoredVersion(
        row.id, row.digest, row.engine, row.sources, row.author, row.plan, row.applied_at
    )


def write_version(
    connection: Connection,
    application: Application,
    author: str,
    plan: Mapping[str, object],
    at: datetime,
) -> None:
    """Add the version that is served from now on."""
    connection.execute(
        insert(VERSIONS).values(
            digest=application.digest,
            engine=version("kartoteka"),
            sources=dict(application.sources),
            author=author,
            plan=dict(plan),
            applied_at=at,
        )
    )
