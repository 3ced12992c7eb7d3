"""What is next for each of many records: the open task about it that is due first, in one query."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, false, func, select

from engine.runtime.actor import Actor
from engine.runtime.query.joins import Joins
from engine.runtime.query.selection import Selection
from engine.runtime.query.sources import Sources
from engine.runtime.query.those import among

TASK = "task"
ABOUT = "about"  # known to whoever asks
TASK_FIELDS = (ABOUT, "due", "done", "type", "to")


class NextTasks:
    """The first open task about each of some records: the one that is due first."""

    def __init__(self, sources: Sources, actor: Actor, entity_id: str) -> None:
        self._sources = sources
        self._actor = actor
        self._entity_id = entity_id
        self._joins = Joins(sources.tables, sources.access, actor, TASK)
        self.selection = Selection(sources.access, sources.names, self._joins, actor)
        found = (sources.paths.find(actor, TASK, name) for name in TASK_FIELDS)
        self._paths = [one for one in found if one is not None]
        self.selection.add(one for one in self._paths if one.text != ABOUT)
        self._about = self._joins.record.c[self._columns(ABOUT)[1]]
        self.place = self.selection.place(self._about)
        self.query = self._first()

    @property
    def is_known(self) -> bool:
        """Say whether the actor may read what makes a task the next one."""
        return len(self._paths) == len(TASK_FIELDS)

    def _first(self) -> Select[Any]:
        first = self._ranked().subquery()
        source = self._joins.source.join(first, first.c.id == self._joins.record.c.id)
        return select(*self.selection.columns).select_from(source).where(first.c.rank == 1)

    def _ranked(self) -> Select[Any]:
        task = self._joins.record
        (due,), (done,) = self._columns("due"), self._columns("done")
        order = (task.c[due].asc().nulls_last(), task.c.id)
        rank = func.row_number().over(partition_by=self._about, order_by=order).label("rank")
        return select(task.c.id, rank).where(
            task.c[self._columns(ABOUT)[0]] == self._entity_id,
            among(self._about, self._sources.dialect),
            task.c[done] == false(),
            task.c.archived == false(),
            self._sources.access.row_condition(self._actor, TASK, "see", task),
        )

    def _columns(self, name: str) -> tuple[str, ...]:
        return tuple(one.key for one in self._sources.tables.columns(TASK, name))
