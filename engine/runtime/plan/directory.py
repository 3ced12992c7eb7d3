"""Titles of live records: what links say when they become texts, and whom texts mean."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, column, select, table


class LiveDirectory:
    """Looks titles up in the tables that `names` maps entities to; each table is read once."""

    def __init__(self, connection: Connection, names: Mapping[str, str]) -> None:
        self._connection = connection
        self._names = names
        self._titles: dict[str, dict[int, str]] = {}
        self._records: dict[str, dict[str, int | None]] = {}

    def title(self, entity: str, record_id: int) -> str:
        """Return the title of a record; nothing of one that is not there."""
        return self._of(entity).get(record_id, "")

    def find(self, entity: str, title: str) -> int | None:
        """Return the one record with this title, if it is one."""
        if entity not in self._records:
            found: dict[str, int | None] = {}
            for record_id, text in self._of(entity).items():
                key = _key(text)
                found[key] = None if key in found else record_id
            self._records[entity] = found
        return self._records[entity].get(_key(title))

    def _of(self, entity: str) -> dict[int, str]:
        if entity not in self._titles:
            self._titles[entity] = self._read(self._names.get(entity))
        return self._titles[entity]

    def _read(self, name: str | None) -> dict[int, str]:
        if name is None:
            return {}
        source = table(name, column("id"), column("title"), column("trashed_at"))
        query = select(source.c.id, source.c.title).where(source.c.trashed_at.is_(None))
        return {row.id: row.title for row in self._connection.execute(query)}


def _key(title: str) -> str:
    return " ".join(title.casefold().replace("ё", "е").split())
