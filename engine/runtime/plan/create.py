"""The short way to a living database: everything that an application needs, on an empty one."""

from __future__ import annotations

from engine.metadata.model.application import Application
from engine.runtime.database import Database
from engine.runtime.plan.apply import apply
from engine.runtime.plan.compare import make_plan
from engine.runtime.tables.entity import RecordTables, build_tables


def create_everything(
    database: Database, application: Application, author: str = "engine"
) -> RecordTables:
    """Plan and apply the first version, and return its tables."""
    apply(database, make_plan(database, application), application, author)
    return build_tables(application)
