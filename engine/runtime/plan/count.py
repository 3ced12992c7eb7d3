"""Counts from the live tables: how many records a change is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    TableClause,
    and_,
    column,
    false,
    func,
    or_,
    select,
    table,
)

from engine.runtime.plan.operations import Changes
from engine.runtime.plan.recall import is_changed
from engine.runtime.plan.state import LiveColumn
from engine.runtime.tables.columns import YesNo, column_type


class Counter:
    """Counts records of tables that may not be those of the configuration at hand."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def records(self, name: str) -> int:
        """Return how many records a table holds, the trash too."""
        return self._count(live_table(name, ()))

    def filled(self, name: str, columns: Sequence[LiveColumn]) -> int:
        """Return how many records hold a value; of a bool, how many hold a yes."""
        source = live_table(name, columns)
        return self._count(source, or_(*(_is_filled(one) for one in source.c)))

    def empty(self, name: str, columns: Sequence[LiveColumn]) -> int:
        """Return how many records hold no value."""
        source = live_table(name, columns)
        return self._count(source, and_(*(one.is_(None) for one in source.c)))

    def holding(self, name: str, live: LiveColumn, value: str) -> int:
        """Return how many records hold this option, alone or among others."""
        source = table(name, column(live.name))
        cell = source.c[live.name]
        return self._count(source, or_(cell == value, cell.contains(f"|{value}|", autoescape=True)))

    def values(
        self, name: str, columns: Sequence[LiveColumn], changes: Changes | None = None
    ) -> Iterator[tuple[tuple[Any, ...], bool, int]]:
        """Yield each different value (its cells, whether changed) with the number of its records.

        Changed are those that `changes` tells of.
        """
        source = table(name, column("id"), *(live_column(one) for one in columns))
        cells = [source.c[one.name] for one in columns]
        changed = is_changed(source.c.id, changes) if changes else false()
        inner = (
            select(*cells, changed.label("is$changed"))
            .where(or_(*(one.is_not(None) for one in cells)))
            .subquery()
        )
        query = select(*inner.c, func.count()).group_by(*inner.c)
        for *found, is_other, records in self._connection.execute(query):
            yield tuple(found), bool(is_other), records

    def repeated(
        self, name: str, columns: Sequence[LiveColumn]
    ) -> tuple[int, tuple[Any, ...] | None]:
        """Return how many values occur more than once outside the trash, and one of them."""
        source = table(name, *(live_column(one) for one in columns), column("trashed_at"))
        cells = [source.c[one.name] for one in columns]
        twice = (
            select(*cells)
            .where(source.c.trashed_at.is_(None), *(one.is_not(None) for one in cells))
            .group_by(*cells)
            .having(func.count() > 1)
        )
        number = self._count(twice.subquery())
        if not number:
            return 0, None
        found = self._connection.execute(twice.order_by(*cells).limit(1)).one()
        return number, tuple(found)

    def _count(self, source: FromClause, *conditions: ColumnElement[bool]) -> int:
        query = select(func.count()).select_from(source).where(*conditions)
        return self._connection.scalar(query) or 0


def live_table(name: str, columns: Sequence[LiveColumn]) -> TableClause:
    """Return a table of the database with typed columns."""
    return table(name, *(live_column(one) for one in columns))


def live_column(live: LiveColumn) -> Any:
    """Return a column of the database with its type."""
    return column(live.name, column_type(live.storage, live.scale))


def _is_filled(cell: Any) -> ColumnElement[bool]:
    is_bool = isinstance(cell.type, YesNo)
    condition: ColumnElement[bool] = cell.is_(True) if is_bool else cell.is_not(None)
    return condition
