"""Where new links lead: to records that the actor sees, outside the trash, within `where`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from sqlalchemy import select

from engine.metadata.model.text import RecordRef
from engine.runtime.access import Access
from engine.runtime.records.context import Scene
from engine.runtime.records.draft import Draft
from engine.runtime.records.reading.options import no_such_record

Place: TypeAlias = tuple[str, str]  # a link field and the entity that it leads to
CHUNK = 500


def check_links(access: Access, scene: Scene, drafts: Sequence[Draft]) -> None:
    """Add a sentence to every draft at each new link that leads nowhere for its actor."""
    wanted: defaultdict[Place, list[tuple[Draft, int]]] = defaultdict(list)
    for draft in drafts:
        for field, entity, record_id in _new_links(draft):
            wanted[field, entity].append((draft, record_id))
    for (field, entity), users in wanted.items():
        found = _reachable(access, scene, users[0][0], (field, entity), {one for _, one in users})
        for draft, record_id in users:
            if record_id not in found:
                draft.add({field: (no_such_record(),)})


def _new_links(draft: Draft) -> Iterator[tuple[str, str, int]]:
    for name, field in draft.compiled.fields.items():
        value = draft.values.get(name)
        if value is None or name in draft.messages or not draft.changed(name):
            continue
        if isinstance(value, RecordRef):
            yield name, value.entity, value.id
        elif field.field.to is not None and isinstance(value, int):
            yield name, field.field.to, value


def _reachable(
    access: Access, scene: Scene, draft: Draft, place: Place, ids: Iterable[int]
) -> set[int]:
    """Return those of the ids to which the draft's actor may link."""
    field, target = draft.compiled.fields[place[0]].field, scene.entities[place[1]]
    table = target.table
    query = select(table.c.id).where(
        access.row_condition(draft.actor, target.id, "peek"), table.c.trashed_at.is_(None)
    )
    if field.where is not None:
        query = query.where(
            access.expressions.condition(field.where, target.id, table, draft.actor)
        )
    wanted = sorted(ids)
    found: set[int] = set()
    for start in range(0, len(wanted), CHUNK):
        some = wanted[start : start + CHUNK]
        found |= set(scene.connection.scalars(query.where(table.c.id.in_(some))))
    return found
