"""Aliases of record tables, made once: an alias copies every column, which is dear per query."""

from __future__ import annotations

from sqlalchemy import FromClause

from engine.runtime.tables.entity import RecordTables


class Aliases:
    """Hands out aliases; the same entity and use get the same alias, in every query."""

    def __init__(self, tables: RecordTables) -> None:
        self._tables = tables
        self._made: dict[tuple[str, str], FromClause] = {}

    def of(self, entity_id: str, use: str) -> FromClause:
        """Return the alias of an entity's table for a use that occurs once in a query."""
        found = self._made.get((entity_id, use))
        if found is None:
            made = self._tables.table(entity_id).alias()
            found = self._made.setdefault((entity_id, use), made)
        return found
