"""Whether this database can be worked with."""

from __future__ import annotations

from sqlalchemy import func, select

from engine.runtime.database import Database
from engine.runtime.tables.system import VERSIONS


def ready(database: Database) -> bool:
    """Say whether the database answers and holds an applied version."""
    with database.read() as connection:
        return connection.execute(select(func.max(VERSIONS.c.id))).scalar() is not None
