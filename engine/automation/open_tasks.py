"""Open tasks: about a record, made by a ladder, in somebody's hands."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import ColumnElement, Select, Table, and_, bindparam, func, select

from engine.metadata.model.text import RecordRef
from engine.runtime.records.changes import Action
from engine.runtime.records.context import Scene
from engine.runtime.records.following import TASK
from engine.runtime.tables.system import HISTORY, RUNS


@dataclass(frozen=True, slots=True)
class Which:
    """Which tasks are meant: all, those of a type, or those that some rules or buttons made."""

    type: str | None = None
    made_by: frozenset[str] | None = None


def open_tasks(scene: Scene, about: RecordRef, which: Which) -> tuple[int, ...]:
    """Return the open tasks about a record that are meant, oldest first."""
    tasks = scene.entities[TASK]
    names = (*tasks.columns_of("about"), *tasks.columns_of("done"), *tasks.columns_of("type"))
    query = _open_ones(tasks.table, names, which)
    return tuple(scene.connection.scalars(query, {"entity": about.entity, "record": about.id}))


@lru_cache(maxsize=200)
def _open_ones(task: Table, names: tuple[str, ...], which: Which) -> Select[tuple[int]]:
    kind, record, done, type_ = (task.c[one] for one in names)
    query = select(task.c.id).where(
        kind == bindparam("entity"), record == bindparam("record"), _is_open(task, done)
    )
    if which.type is not None:
        query = query.where(type_ == which.type)
    if which.made_by is not None:
        query = query.where(_made_by(task, which.made_by))
    return query.order_by(task.c.id)


def _made_by(task: Table, rule_ids: Collection[str]) -> ColumnElement[bool]:
    """Return the condition for tasks that runs of these rules or buttons have made."""
    made = select(HISTORY.c.id).join(RUNS, RUNS.c.id == HISTORY.c.run_id)
    return made.where(
        HISTORY.c.entity == TASK,
        HISTORY.c.record_id == task.c.id,
        HISTORY.c.action == Action.CREATE.value,
        RUNS.c.rule_id.in_(sorted(rule_ids)),
    ).exists()


def counts(scene: Scene, people: Sequence[int]) -> dict[int, int]:
    """Return how many open tasks people have; who has none is not in it."""
    tasks = scene.entities[TASK]
    person, done = (tasks.table.c[tasks.columns_of(one)[0]] for one in ("to", "done"))
    query = select(person, func.count()).where(person.in_(people), _is_open(tasks.table, done))
    return {one[0]: one[1] for one in scene.connection.execute(query.group_by(person))}


def _is_open(task: Table, done: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition for tasks that are still to be done."""
    return and_(done.is_(False), task.c.archived.is_(False), task.c.trashed_at.is_(None))
