"""A record by its number, with all that an actor may know of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select

from engine.runtime.actor import Actor
from engine.runtime.query.paths import FieldPath
from engine.runtime.query.selection import Selection
from engine.runtime.query.sources import Sources
from engine.runtime.query.those import those

TRASH = "trash"


def ways_to(sources: Sources, actor: Actor, entity_id: str, *, trashed: bool) -> tuple[str, ...]:
    """Return how a record may become known: seen, or else peeked at; or out of the trash."""
    if trashed:
        return (TRASH,)
    seen, peeked = (sources.access.reach(actor, entity_id, verb) for verb in ("see", "peek"))
    return ("see",) if seen == peeked else ("see", "peek") if seen else ("peek",)


def whole(
    sources: Sources,
    actor: Actor,
    entity_id: str,
    way: str,
    beside: Sequence[ColumnElement[Any]],
) -> tuple[Select[Any], Selection]:
    """Return the statement for a record that becomes known in a way, with cells beside it."""
    verb, is_trashed = ("see", True) if way == TRASH else (way, False)
    paths = _paths(sources, actor, entity_id, verb)
    query, selection = those(sources, actor, entity_id, paths, verb, trashed=is_trashed)
    return query.add_columns(*beside), selection


def _paths(sources: Sources, actor: Actor, entity_id: str, verb: str) -> Iterator[FieldPath]:
    """Yield everything of a record: its fields, and who made and changed it."""
    access, entity = sources.access, sources.application.entity(entity_id)
    known = (access.peekable if verb == "peek" else access.readable)(actor, entity_id)
    fields = sources.paths.fields(entity_id)
    for name in (*entity.fields, "created_by", "updated_by"):
        if name in known:
            yield FieldPath(name, (), entity, fields[name])
