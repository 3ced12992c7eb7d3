"""Drafts -> the database: records, names, history, outbox, and the names of others."""

from __future__ import annotations

from collections.abc import Sequence

from engine.metadata.model.text import Value
from engine.runtime.records.changes import Action, Change
from engine.runtime.records.compiled import CompiledEntity
from engine.runtime.records.context import Scene
from engine.runtime.records.draft import Draft
from engine.runtime.records.drafting import compute
from engine.runtime.records.history import Page, write_history
from engine.runtime.records.sequences import Numbering, keep_clear, next_numbers
from engine.runtime.records.stays import keep_stays
from engine.runtime.records.store import insert_records, update_record
from engine.runtime.records.titles import (
    Names,
    hold_named,
    names_of,
    needs_id,
    refresh_namesakes,
)

SYSTEM_CHANGES = ("archived", "trashed_at")
ALWAYS_WRITTEN = ("updated_at", "updated_by", "last_activity_at")


def store_new(
    scene: Scene, drafts: Sequence[Draft], token: str | None = None, depth: int = 0
) -> tuple[Change, ...]:
    """Insert new records of one entity, in their order."""
    compiled = drafts[0].compiled
    _number(scene, compiled, drafts)
    hold_named(scene, compiled, [one.values for one in drafts])
    names = [names_of(scene, compiled, None, one.values) for one in drafts]
    rows = [_row(compiled, one, made) for one, made in zip(drafts, names, strict=True)]
    ids = insert_records(scene.connection, compiled, rows)
    pages = []
    for draft, made, record_id in zip(drafts, names, ids, strict=True):
        draft.values["id"] = record_id
        named = _name_with_id(scene, compiled, draft, made) if needs_id(compiled, made) else made
        draft.values["title"] = named.title
        scene.lookup.put(compiled.id, record_id, draft.values)
        pages.append(_page(scene, draft, 1, draft.changed_fields(), token))
    changes = _record(scene, compiled, pages, depth)
    keep_stays(scene, compiled, changes)
    return changes


def store_edit(
    scene: Scene, draft: Draft, token: str | None = None, depth: int = 0
) -> Change | None:
    """Write what a draft changes of a record; where nothing changes, only a press is written."""
    compiled, before = draft.compiled, draft.before
    if before is None:
        raise ValueError("A record that is not there can't be edited")
    fields = draft.changed_fields()
    system = frozenset(one for one in SYSTEM_CHANGES if draft.changed(one))
    if not fields and not system and draft.action is not Action.PRESS:
        return None
    now = scene.setting.now
    draft.values |= {"updated_at": now, "updated_by": draft.actor.user_id}
    if draft.actor.is_person:
        draft.values["last_activity_at"] = now
    version = before.version + 1
    written = (*fields, *system, *ALWAYS_WRITTEN)
    cells: dict[str, Value] = {one: draft.values[one] for one in written}
    if compiled.is_renamed_by(written):
        hold_named(scene, compiled, [draft.values])
        names = names_of(scene, compiled, before.id, draft.values)
        draft.values["title"] = names.title
        cells |= names.cells()
    update_record(scene.connection, compiled, before.id, {**cells, "version": version})
    scene.lookup.put(compiled.id, before.id, draft.values)
    page = _page(scene, draft, version, fields | system, token)
    (change,) = _record(scene, compiled, [page], depth)
    keep_stays(scene, compiled, [change])
    renamed = {"title"} if draft.values["title"] != before.title else set()
    refresh_namesakes(scene, compiled.id, (before.id,), fields | renamed)
    return change


def touch(scene: Scene, entity_id: str, record_id: int) -> None:
    """Note that something happened with a record, without changing it."""
    now, known = scene.setting.now, scene.lookup.known(entity_id, record_id)
    if known is not None and known["last_activity_at"] == now:
        return
    changes = {"last_activity_at": now}
    update_record(scene.connection, scene.entities[entity_id], record_id, changes)
    if known is not None:
        scene.lookup.put(entity_id, record_id, {**known, **changes})


def _number(scene: Scene, compiled: CompiledEntity, drafts: Sequence[Draft]) -> None:
    """Give new records their numbers, and compute again what is made of those."""
    day = scene.setting.now.astimezone(scene.setting.zone).date()
    for name in compiled.sequences:
        sequence = Numbering(compiled.id, name, compiled.fields[name].field.format or "{n}")
        given = [str(one.values[name]) for one in drafts if one.values.get(name) is not None]
        keep_clear(scene.connection, sequence, given)
        waiting = [one for one in drafts if one.values.get(name) is None]
        if not waiting:
            continue
        numbers = next_numbers(scene.connection, sequence, day, len(waiting))
        for draft, number in zip(waiting, numbers, strict=True):
            draft.values[name] = number
            compute(scene, draft)


def _row(compiled: CompiledEntity, draft: Draft, names: Names) -> dict[str, Value]:
    stored = (
        *compiled.columns,
        "archived",
        "created_at",
        "created_by",
        "updated_at",
        "updated_by",
        "last_activity_at",
    )
    return {**{name: draft.values[name] for name in stored}, **names.cells(), "version": 1}


def _name_with_id(scene: Scene, compiled: CompiledEntity, draft: Draft, made: Names) -> Names:
    """Write the title of a new record that is made of its id."""
    record_id = draft.values["id"]
    if not isinstance(record_id, int):
        return made
    names = names_of(scene, compiled, record_id, draft.values)
    update_record(scene.connection, compiled, record_id, names.cells())
    return names


def _page(
    scene: Scene, draft: Draft, version: int, fields: frozenset[str], token: str | None
) -> Page:
    record_id = draft.values["id"]
    if not isinstance(record_id, int):
        raise TypeError(f"A stored record has an id, not {record_id!r}")
    return Page(
        action=draft.action,
        record_id=record_id,
        version=version,
        before=draft.old,
        after=dict(draft.values),
        fields=fields,
        actor=draft.actor,
        at=scene.setting.now,
        token=token,
        press=draft.press,
    )


def _record(
    scene: Scene, compiled: CompiledEntity, pages: Sequence[Page], depth: int
) -> tuple[Change, ...]:
    """Write the history of changes, and return them."""
    history_ids = write_history(scene.connection, compiled, pages)
    return tuple(
        _change(compiled, page, history_id, depth)
        for page, history_id in zip(pages, history_ids, strict=True)
    )


def _change(compiled: CompiledEntity, page: Page, history_id: int, depth: int) -> Change:
    return Change(
        history_id=history_id,
        action=page.action,
        entity=compiled.id,
        record_id=page.record_id,
        version=page.version,
        before=page.before,
        after=page.after,
        fields=page.fields,
        actor=page.actor,
        at=page.at,
        depth=depth,
        press=page.press,
    )
