"""In which stage each record stands and since when, and the timers of stages that may last so long.

Rows are written with the change itself, many at once for many new records. A stay goes on in the
archive and in the trash, but its timer waits only while the record is active: once per stay.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import delete, select

from engine.runtime.records.changes import Action, Change
from engine.runtime.records.compiled import CompiledEntity
from engine.runtime.records.context import Scene
from engine.runtime.tables.system import STAYS, TIMERS
from engine.runtime.timers import FIRED, Timer, TimerKey, cancel_timers, set_timers
from engine.runtime.upsert import upsert_many

SLA = "sla"
STATES = frozenset({"archived", "trashed_at"})


def keep_stays(scene: Scene, compiled: CompiledEntity, changes: Sequence[Change]) -> None:
    """Write where records stand after their changes, and the timers that go with it."""
    if not compiled.pipelines:
        return
    entered = [(one, field) for one in changes for field in _moved(compiled, one)]
    if entered:
        _write(scene, compiled, entered)
    if compiled.has_sla:
        timers = [timer for one in changes for timer in _timers(scene, compiled, one)]
        set_timers(scene.connection, timers, scene.setting.now)


def _moved(compiled: CompiledEntity, change: Change) -> Iterator[str]:
    return (field for field in compiled.pipelines if field in change.fields)


def _write(scene: Scene, compiled: CompiledEntity, entered: Sequence[tuple[Change, str]]) -> None:
    now = scene.setting.now
    rows: list[dict[str, Any]] = []
    for change, field in entered:
        stage = change.after[field]
        if stage is None:
            _forget(scene, change, field)
            continue
        row = {"entity": compiled.id, "record_id": change.record_id, "field": field}
        rows.append({**row, "stage": str(stage), "entered_at": now})
        scene.lookup.put_stay(compiled.id, change.record_id, field, str(stage), now)
    upsert_many(scene.connection, STAYS, rows, ("stage", "entered_at"))


def _forget(scene: Scene, change: Change, field: str) -> None:
    scene.connection.execute(
        delete(STAYS).where(
            STAYS.c.entity == change.entity,
            STAYS.c.record_id == change.record_id,
            STAYS.c.field == field,
        )
    )


def _timers(scene: Scene, compiled: CompiledEntity, change: Change) -> Iterator[Timer]:
    """Yield the timers that begin to wait; cancel those that wait for nothing any more."""
    is_active = not change.after["archived"] and change.after["trashed_at"] is None
    for field in compiled.pipelines:
        moved, restated = field in change.fields, bool(change.fields & STATES)
        if not moved and not restated:
            continue
        timer = _timer(scene, compiled, change, field) if is_active else None
        if timer is None and change.action is not Action.CREATE:
            cancel_timers(scene.connection, compiled.id, change.record_id, SLA, field)
        elif timer is not None and (moved or not _has_fired(scene, timer)):
            yield timer


def _timer(scene: Scene, compiled: CompiledEntity, change: Change, field: str) -> Timer | None:
    """Return the timer of the stage in which a record stands, if the stage has one."""
    stage = compiled.pipelines[field].stages.get(str(change.after[field]))
    if stage is None or stage.sla is None:
        return None
    now = scene.setting.now
    entered = now
    if field not in change.fields:
        entered = scene.lookup.entered_at(compiled.id, change.record_id, field, stage.id) or now
    due = scene.setting.after(entered, stage.sla)
    key = TimerKey(SLA, compiled.id, change.record_id, field)
    body = {"stage": stage.id, "entered_at": entered.isoformat()}
    return None if due is None else Timer(key, due, body)


def _has_fired(scene: Scene, timer: Timer) -> bool:
    """Say whether the timer of this very stay has done its work already."""
    key = timer.key
    query = select(TIMERS.c.body).where(
        TIMERS.c.kind == key.kind,
        TIMERS.c.entity == key.entity,
        TIMERS.c.record_id == key.record_id,
        TIMERS.c.name == key.name,
        TIMERS.c.state == FIRED,
    )
    return bool(scene.connection.scalar(query) == timer.body)
