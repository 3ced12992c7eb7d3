"""The short way to a living database: all tables of an application, on an empty database."""

from __future__ import annotations

from engine.metadata.model.application import Application
from engine.runtime.database import Database
from engine.runtime.plan.ddl import TableChanger
from engine.runtime.tables.entity import RecordTables, build_tables
from engine.runtime.tables.system import ensure_system_tables


def create_everything(database: Database, application: Application) -> RecordTables:
    """Create the engine's tables and those of all entities, and return the latter."""
    ensure_system_tables(database)
    tables = build_tables(application)
    with database.write() as connection:
        changer = TableChanger(connection)
        for table in tables.tables.values():
            changer.create_table(table)
        for table in tables.tables.values():
            changer.add_links(table)
        for entity, shape in tables.shapes.items():
            for index in shape.indexes.values():
                changer.create_index(tables.table(entity), index)
    return tables
