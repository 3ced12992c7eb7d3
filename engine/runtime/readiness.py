"""Whether this database can be worked with, and which version it holds: asked often, so cheaply."""

from __future__ import annotations

from sqlalchemy import select

from engine.runtime.database import Database
from engine.runtime.tables.system import VERSIONS


def ready(database: Database) -> bool:
    """Say whether the database answers and holds an applied version."""
    return newest_digest(database) is not None


def newest_digest(database: Database) -> str | None:
    """Return the digest of the version applied last."""
    newest = select(VERSIONS.c.digest).order_by(VERSIONS.c.id.desc()).limit(1)
    with database.read() as connection:
        return connection.scalar(newest)
