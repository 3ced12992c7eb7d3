"""Where new links lead: to records that the actor sees, outside the trash, within `where`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import Select, Table, bindparam, select

from engine.metadata.model.field import Field
from engine.metadata.model.text import RecordRef, Value
from engine.runtime.access import Access
from engine.runtime.access.reach import ALL
from engine.runtime.actor import Actor
from engine.runtime.records.compiled import RECORD_IDS
from engine.runtime.records.context import Scene
from engine.runtime.records.draft import Draft
from engine.runtime.records.reading.options import no_such_record

Place: TypeAlias = tuple[str, str]  # a link field and the entity that it leads to
CHUNK = 500


def check_links(access: Access, scene: Scene, drafts: Sequence[Draft]) -> None:
    """Add a sentence to every draft at each new link that leads nowhere for its actor.

    The drafts are of one entity and one actor.
    """
    wanted: defaultdict[Place, list[tuple[Draft, int]]] = defaultdict(list)
    for draft in drafts:
        for field, entity, record_id in _new_links(draft):
            wanted[field, entity].append((draft, record_id))
    _meet(access, scene, wanted)
    for (field, entity), users in wanted.items():
        first = users[0][0]
        place = first.compiled.fields[field].field
        found = reachable(access, scene, first.actor, place, entity, {one for _, one in users})
        for draft, record_id in users:
            if record_id not in found:
                draft.add({field: (no_such_record(),)})


def _meet(
    access: Access, scene: Scene, wanted: Mapping[Place, Sequence[tuple[Draft, int]]]
) -> None:
    """Ask at once for all records of which it is enough that there are such.

    Those behind a link that expressions follow will be read, and are fetched whole.
    """
    met: defaultdict[str, set[int]] = defaultdict(set)
    for (name, entity), users in wanted.items():
        draft, ids = users[0][0], {one for _, one in users}
        if name in draft.compiled.walked:
            scene.lookup.fetch(entity, ids)
        elif _is_open(access, draft.actor, draft.compiled.fields[name].field, entity):
            met[entity] |= ids
    scene.lookup.meet(met)


def _is_open(access: Access, actor: Actor, field: Field, entity_id: str) -> bool:
    """Say whether the actor may link by a field to every record of an entity."""
    return field.where is None and access.reach(actor, entity_id, "peek") == ALL


def _new_links(draft: Draft) -> Iterator[tuple[str, str, int]]:
    for name in draft.compiled.links:
        value = draft.values.get(name)
        if value is None or name in draft.messages or not draft.changed(name):
            continue
        target = linked(draft.compiled.fields[name].field, value)
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
    if _is_open(access, actor, field, entity_id):
        return _there(scene, entity_id, ids)
    table, wanted = scene.entities[entity_id].table, sorted(ids)

    def make() -> Select[Any]:
        return _reaching(access, actor, field, table, entity_id)

    query = (
        access.kept.get(("links", actor, entity_id, field.where), make)
        if actor.is_person
        else make()
    )
    found: set[int] = set()
    for start in range(0, len(wanted), CHUNK):
        some = {RECORD_IDS: wanted[start : start + CHUNK]}
        found |= set(scene.connection.scalars(query, some))
    return found


def _reaching(
    access: Access, actor: Actor, field: Field, table: Table, entity_id: str
) -> Select[Any]:
    """Return the query for those of some records to which the actor may link by a field."""
    query = select(table.c.id).where(
        table.c.id.in_(bindparam(RECORD_IDS, expanding=True)),
        access.row_condition(actor, entity_id, "peek"),
        table.c.trashed_at.is_(None),
    )
    if field.where is None:
        return query
    return query.where(access.expressions.condition(field.where, entity_id, table, actor))


def _there(scene: Scene, entity_id: str, ids: Iterable[int]) -> set[int]:
    """Return those of the ids that are records outside the trash, as the transaction knows them."""
    wanted = set(ids)
    scene.lookup.meet({entity_id: wanted})
    return {one for one in wanted if scene.lookup.is_there(entity_id, one)}
