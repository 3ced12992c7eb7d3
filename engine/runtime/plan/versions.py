"""Applied versions: every configuration that was applied lies in the database with its texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from importlib.metadata import version
from typing import Any

from sqlalchemy import Connection, Row, insert, select

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
    holds: Mapping[str, Any] | None = None

    @property
    def takes_back(self) -> int | None:
        """Return the version to which this one is a way back, where it is one."""
        found = self.plan.get("takes_back")
        return found if isinstance(found, int) else None

    def application(self) -> Application | None:
        """Return the configuration, unless this engine can't read it any more.

        Its digest is the stored one, by which writers know the newest version: an engine that
        computes digests in another way, or stands on another core package, serves it as well.
        """
        known = KNOWN.get(self.digest)
        if known is not None and known.sources == self.sources:
            return known
        found = _read(tuple(sorted(self.sources.items())))
        return None if found is None else replace(found, digest=self.digest)


@lru_cache(maxsize=4)
def _read(sources: tuple[tuple[str, str], ...]) -> Application | None:
    return load_sources(dict(sources)).application


class _Known:
    """The configurations that this process has loaded from elsewhere, the newest few of them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._found: tuple[Application, ...] = ()

    def get(self, digest: str) -> Application | None:
        """Return the configuration of a digest."""
        return next((one for one in self._found if one.digest == digest), None)

    def add(self, application: Application) -> None:
        """Keep one, so that it is not read again from the texts of its version."""
        others = (one for one in self._found if one.digest != application.digest)
        self._found = (application, *others)[: self._most]


KNOWN = _Known(2)  # the one that is served, and the one that is about to be


def applied_version(database: Database) -> StoredVersion | None:
    """Return the version that the database serves; nothing on an empty database."""
    ensure_system_tables(database)
    with database.read() as connection:
        return read_version(connection)


def read_version(connection: Connection, version_id: int | None = None) -> StoredVersion | None:
    """Return the version applied last, or the one with an id."""
    query = select(VERSIONS).order_by(VERSIONS.c.id.desc()).limit(1)
    if version_id is not None:
        query = query.where(VERSIONS.c.id == version_id)
    row = connection.execute(query).one_or_none()
    return None if row is None else of_row(row)


def of_row(row: Row[Any]) -> StoredVersion:
    """Return the version that lies in a row."""
    return StoredVersion(
        *(row.id, row.digest, row.engine, row.sources, row.author, row.plan, row.applied_at),
        holds=row.holds,
    )


def write_version(
    connection: Connection,
    application: Application,
    author: str,
    plan: Mapping[str, object],
    holds: Mapping[str, object],
    at: datetime,
) -> None:
    """Add the version that is served from now on, and what of the tables it holds."""
    KNOWN.add(application)
    connection.execute(
        insert(VERSIONS).values(
            digest=application.digest,
            engine=version("kartoteka"),
            sources=dict(application.sources),
            author=author,
            plan=dict(plan),
            holds=dict(holds),
            applied_at=at,
        )
    )
