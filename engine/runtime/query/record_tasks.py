"""The tasks about one record: those that are open and the last finished ones, in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Select, bindparam, false, func, select, true, union_all

from engine.metadata.model.text import RecordRef
from engine.runtime.actor import Actor
from engine.runtime.query.joins import Joins
from engine.runtime.query.records import Record
from engine.runtime.query.selection import Row, Selection
from engine.runtime.query.sources import Sources

TASK = "task"
NEEDED = ("about", "due", "done")
SHOWN = ("subject", "due", "to", "type", "done", "result")
# The parameters of the statement.
ABOUT, OPEN, DONE = "about", "open", "done"


class RecordTasks:
    """Tasks about any record of one kind: the open ones by their time, the finished ones last."""

    def __init__(self, sources: Sources, actor: Actor, entity_id: str) -> None:
        self._sources = sources
        self._actor = actor
        self._entity_id = entity_id
        self._joins = Joins(sources.tables, sources.access, actor, TASK)
        self.selection = Selection(sources.access, sources.names, self._joins, actor)
        shown = (sources.paths.find(actor, TASK, name) for name in SHOWN)
        self.selection.add(one for one in shown if one is not None)
        # Whether the actor may read what tells which tasks these are.
        self.is_known = all(sources.paths.find(actor, TASK, name) for name in NEEDED)
        self._place = len(self.selection.columns)
        self.query = self._query()

    def values(self, record: RecordRef, open_ones: int, finished: int) -> dict[str, int]:
        """Return the values of the statement's parameters; so many tasks are wanted of each."""
        return {ABOUT: record.id, OPEN: open_ones, DONE: finished}

    def in_order(self, rows: Sequence[Row]) -> list[Row]:
        """Return the rows in the order of their part."""
        return sorted(rows, key=lambda row: row[self._place])

    def apart(self, tasks: Sequence[Record]) -> tuple[tuple[Record, ...], tuple[Record, ...]]:
        """Return the open tasks and the finished ones."""
        still = tuple(one for one in tasks if not one.values["done"])
        return still, tuple(one for one in tasks if one.values["done"])

    def _query(self) -> Select[Any]:
        task = self._joins.record
        due, number = task.c[self._columns("due")[0]], task.c.id
        still = self._part(OPEN, (due.asc().nulls_last(), number.asc()), is_done=False)
        finished = self._part(DONE, (task.c.updated_at.desc(), number.desc()), is_done=True)
        return select(union_all(select(still.subquery()), select(finished.subquery())).subquery())

    def _part(self, most: str, order: Sequence[Any], *, is_done: bool) -> Select[Any]:
        task = self._joins.record
        kind, record_id = self._columns("about")
        place = func.row_number().over(order_by=order).label("place")
        return (
            select(*self.selection.columns, place)
            .select_from(self._joins.source)
            .where(
                task.c[kind] == self._entity_id,
                task.c[record_id] == bindparam(ABOUT, type_=BigInteger),
                task.c[self._columns("done")[0]] == (true() if is_done else false()),
                task.c.archived == false(),
                self._sources.access.row_condition(self._actor, TASK, "see", task),
            )
            .order_by(*order)
            .limit(bindparam(most))
        )

    def _columns(self, name: str) -> tuple[str, ...]:
        return tuple(one.key for one in self._sources.tables.columns(TASK, name))
