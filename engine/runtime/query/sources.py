"""What every query is built from: the configuration, its tables, rights, and the database."""

from __future__ import annotations

from dataclasses import dataclass

from engine.clock import Clock
from engine.metadata.model.application import Application
from engine.runtime.access import Access
from engine.runtime.access.kept import Kept
from engine.runtime.database import Database
from engine.runtime.query.names import RecordNames
from engine.runtime.query.paths import PathFinder
from engine.runtime.query.search import Search
from engine.runtime.tables.entity import RecordTables


@dataclass(frozen=True, slots=True)
class Sources:
    """The parts of the reader, made once for a version of the configuration."""

    application: Application
    tables: RecordTables
    access: Access
    database: Database
    clock: Clock
    paths: PathFinder
    names: RecordNames
    search: Search

    @property
    def kept(self) -> Kept:
        """Return the statements that were made before."""
        return self.access.kept

    @property
    def dialect(self) -> str:
        """Return the kind of database."""
        return self.database.dialect
