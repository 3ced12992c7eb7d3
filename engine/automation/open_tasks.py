"""Open tasks: about a record, made by a ladder, in somebody's hands."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, and_, func, select

from engine.metadata.model.text import RecordRef
from engine.runtime.records.changes import Action
from engine.runtime.records.context import Scene
from engine.runtime.records.following import TASK
from engine.runtime.tables.system import HISTORY, RUNS


def open_tasks(scene: Scene, about: RecordRef, *conditions: ColumnElement[bool]) -> tuple[int, ...]:
    """Return the open tasks about a record, oldest first."""
    tasks = scene.entities[TASK]
    kind, record = (tasks.table.c[one] for one in tasks.columns_of("about"))
    query = select(tasks.table.c.id).where(
        kind == about.entity, record == about.id, is_open(scene), *conditions
    )
    return tuple(scene.connection.scalars(query.order_by(tasks.table.c.id)))


def of_type(scene: Scene, type_: str) -> ColumnElement[bool]:
    """Return the condition for tasks of a type."""
    tasks = scene.entities[TASK]
    return tasks.table.c[tasks.columns_of("type")[0]] == type_


def made_by(scene: Scene, rule_ids: Collection[str]) -> ColumnElement[bool]:
    """Return the condition for tasks that runs of these rules or buttons have made."""
    task = scene.entities[TASK].table
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
    person = tasks.table.c[tasks.columns_of("to")[0]]
    query = select(person, func.count()).where(person.in_(people), is_open(scene))
    return {one[0]: one[1] for one in scene.connection.execute(query.group_by(person))}


def is_open(scene: Scene) -> ColumnElement[bool]:
    """Return the condition for tasks that are still to be done."""
    tasks = scene.entities[TASK]
    done = tasks.table.c[tasks.columns_of("done")[0]]
    return and_(
        done.is_(False), tasks.table.c.archived.is_(False), tasks.table.c.trashed_at.is_(None)
    )
