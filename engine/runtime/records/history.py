"""The history: one row per change with both images, in the change's own transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from engine.metadata.model.text import Value
from engine.runtime.actor import Actor
from engine.runtime.records.changes import Action, Press, Values
from engine.runtime.records.compiled import CompiledEntity
from engine.runtime.records.images import SYSTEM_STORAGE, encode, from_json, to_json
from engine.runtime.records.store import one_or_many
from engine.runtime.tables.system import HISTORY

WRITING = insert(HISTORY).returning(HISTORY.c.id, sort_by_parameter_order=True)


@dataclass(frozen=True, slots=True)
class Page:
    """What one history row says: a record's change before it has a number."""

    action: Action
    record_id: int
    version: int
    before: Values | None
    after: Values
    fields: frozenset[str]
    actor: Actor
    at: datetime
    token: str | None = None
    press: Press | None = None


def write_history(
    connection: Connection, compiled: CompiledEntity, pages: Sequence[Page]
) -> tuple[int, ...]:
    """Write the rows of changes and return their ids in the same order."""
    rows = [_row(compiled, one) for one in pages]
    return tuple(connection.scalars(WRITING, one_or_many(rows)))


def image_at(
    connection: Connection, compiled: CompiledEntity, record_id: int, version: int
) -> Mapping[str, Value] | None:
    """Return the record as it was after the change that made this version."""
    query = select(HISTORY.c.after).where(
        HISTORY.c.entity == compiled.id,
        HISTORY.c.record_id == record_id,
        HISTORY.c.version == version,
    )
    return from_json(connection.scalar(query), compiled.entity)


def _row(compiled: CompiledEntity, page: Page) -> dict[str, Any]:
    return {
        "entity": compiled.id,
        "record_id": page.record_id,
        "version": page.version,
        "action": page.action.value,
        "actor_kind": page.actor.kind,
        "user_id": page.actor.user_id,
        "actor_name": page.actor.name,
        "at": page.at,
        "before": to_json(_image(compiled, page.before)),
        "after": to_json(_image(compiled, page.after)),
        "fields": sorted(page.fields),
        "token": page.token,
        "press": None if page.press is None else _press(page.press),
        "run_id": page.actor.run_id,
    }


def _press(press: Press) -> dict[str, Any]:
    return {
        "button": press.button,
        "address": press.address,
        "label": press.label,
        "answers": to_json(press.answers),
        "number": press.number,
        "tries": press.tries,
        "next_try": encode(press.next_try),
    }


def _image(compiled: CompiledEntity, values: Values | None) -> Values | None:
    """Return the part of a record that history keeps: its fields and a few facts."""
    if values is None:
        return None
    return {name: values.get(name) for name in (*SYSTEM_STORAGE, *compiled.columns)}
