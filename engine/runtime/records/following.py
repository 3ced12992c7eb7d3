"""What follows from every change, rules or no rules.

Closed records have no open tasks, a new owner is told, the due time of a task is a timer, and a
note refreshes the record that it is about.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from engine.errors import Message, say
from engine.metadata.model.text import RecordRef
from engine.runtime.actor import Actor
from engine.runtime.records.changes import Action, Change
from engine.runtime.records.context import Scene
from engine.runtime.records.ladders import begin_anew
from engine.runtime.records.reactions import Write
from engine.runtime.records.storing import touch
from engine.runtime.records.words import Words
from engine.runtime.timers import TimerKey, cancel_timers, set_timer

TASK, ACTIVITY, NOTIFICATION = "task", "activity", "notification"
DUE = "task_due"
NOT_TOLD = frozenset({ACTIVITY, NOTIFICATION})
LONGEST_NOTICE = 500


def follow(scene: Scene, change: Change) -> Iterator[Write]:
    """Do what follows from a change, and yield the writes that do."""
    if change.entity == TASK:
        _keep_timer(scene, change)
    _touch_subject(scene, change)
    begin_anew(scene.connection, scene.entities[change.entity], change)
    if change.action is Action.ARCHIVE or _has_closed(scene, change):
        yield from _finish_tasks(scene, change)


def housekeeper(actor: Actor) -> Actor:
    """Return the engine acting because of this actor: its authority, their name in the log."""
    return replace(actor, kind="engine")


def _keep_timer(scene: Scene, change: Change) -> None:
    """Let a task's due time be a timer as long as the task is open."""
    if not change.fields & {"due", "done", "archived", "trashed_at"}:
        return
    due, after = change.after.get("due"), change.after
    closed = after.get("done") or after.get("archived") or after.get("trashed_at")
    if isinstance(due, datetime) and not closed:
        key = TimerKey(DUE, TASK, change.record_id)
        set_timer(scene.connection, key, due, scene.setting.now)
    elif change.before is not None:
        cancel_timers(scene.connection, TASK, change.record_id, DUE)


def _touch_subject(scene: Scene, change: Change) -> None:
    """Note at a record that somebody wrote a note about it, or finished a task."""
    about = change.after.get("about")
    noted = change.entity == ACTIVITY and change.action is Action.CREATE
    done = change.entity == TASK and change.action is Action.FINISH
    if (noted or done) and isinstance(about, RecordRef):
        touch(scene, about.entity, about.id)


def _has_closed(scene: Scene, change: Change) -> bool:
    pipelines = scene.entities[change.entity].pipelines
    for name in change.fields & pipelines.keys():
        stage = pipelines[name].stages.get(str(change.after[name]))
        if stage is not None and stage.closes:
            return True
    return False


def _finish_tasks(scene: Scene, change: Change) -> Iterator[Write]:
    """Yield the completion of the record's open tasks."""
    tasks = scene.entities.get(TASK)
    if tasks is None or tasks.any_link is None or "done" not in tasks.columns:
        return
    kind, record = (tasks.table.c[one] for one in tasks.columns[tasks.any_link])
    (done,) = tasks.columns["done"]
    query = select(tasks.table.c.id).where(
        kind == change.entity,
        record == change.record_id,
        tasks.table.c[done].is_(False),
        tasks.table.c.trashed_at.is_(None),
    )
    for task_id in scene.connection.scalars(query.order_by(tasks.table.c.id)).all():
        done_by = housekeeper(change.actor)
        yield Write("update", done_by, TASK, task_id, {"done": True}, is_judged=False)


def tell_owner(scene: Scene, words: Words, change: Change) -> Iterator[Write]:
    """Yield the notification of a new owner whom somebody else has chosen."""
    owner_field = scene.entities[change.entity].entity.owner
    if owner_field is None or change.entity in NOT_TOLD or NOTIFICATION not in scene.entities:
        return
    owner = change.after.get(owner_field)
    if owner_field not in change.fields or not isinstance(owner, int):
        return
    if change.actor.kind == "engine" or owner == change.actor.user_id:
        return
    text = words.text(_given(change), _language(scene, owner))
    payload: dict[str, object] = {
        "to": owner,
        "text": text[:LONGEST_NOTICE],
        "about": RecordRef(change.entity, change.record_id),
    }
    teller = housekeeper(change.actor)
    yield Write("create", teller, NOTIFICATION, payload=payload, is_judged=False)


def _given(change: Change) -> Message:
    title = change.after["title"]
    if change.actor.kind == "rule":
        return say("Yours now: {title}", title=title)
    return say("{actor} gave you: {title}", actor=change.actor.name, title=title)


def _language(scene: Scene, user_id: int) -> str:
    values = scene.lookup.values("user", user_id)
    language = None if values is None else values.get("language")
    return language if isinstance(language, str) else ""
