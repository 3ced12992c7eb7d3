"""Where new links lead: to records that the actor sees, outside the trash, within `where`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from sqlalchemy import select

from engine.metadata.model.field import Field
from engine.metadata.model.text import RecordRef, Value
from engine.runtime.access import Access
from engine.runtime.access.reach import ALL
from engine.runtime.actor import Actor
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
        first = users[0][0]
        place = first.compiled.fields[field].field
        found = reachable(access, scene, first.actor, place, entity, {one for _, one in users})
        for draft, record_id in users:
            if record_id not in found:
                draft.add({field: (no_such_record(),)})


def _new_links(draft: Draft) -> Iterator[tuple[str, str, int]]:
    for name, field in draft.compiled.fields.items():
        value = draft.values.get(name)
        if value is None or name in draft.messages or not draft.changed(name):
            continue
        target = linked(field.field, value)
        if target is not None:
            yield name, target.entity, target.id


def linked(field: Field, value: Value) -> RecordRef | None:
    """Return the record that a field's value leads to, None where it leads to none."""
    if isinstance(value, RecordRef):
        return value
    if field.to is not None and isinstance(value, int):
        return RecordRef(field.to, value)
    return None


def reachable(
    access: Access, scene: Scene, actor: Actor, field: Field, entity_id: str, ids: Iterable[int]
) -> set[int]:
    """Return those of the ids of an entity's records to which the actor may link by a field."""
    if field.where is None and access.reach(actor, entity_id, "peek") == ALL:
        return _there(scene, entity_id, ids)
    table = scene.entities[entity_id].table
    query = select(table.c.id).where(
        access.row_condition(actor, entity_id, "peek"), table.c.trashed_at.is_(None)
    )
    if field.where is not None:
        query = query.where(access.expressions.condition(field.where, entity_id, table, actor))
    wanted = sorted(ids)
    found: set[int] = set()
    for start in range(0, len(wanted), CHUNK):
        some = wanted[start : start + CHUNK]
        found |= set(scene.connection.scalars(query.where(table.c.id.in_(some))))
    return found


def _there(scene: Scene, entity_id: str, ids: Iterable[int]) -> set[int]:
    """Return those of the ids that are records outside the trash, as the transaction knows them."""
    wanted = set(ids)
    scene.lookup.fetch(entity_id, wanted)
    found = ((one, scene.lookup.values(entity_id, one)) for one in wanted)
    return {one for one, values in found if values is not None and values["trashed_at"] is None}
