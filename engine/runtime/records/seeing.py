"""Which records an actor sees, asked by their ids: those in the trash by who may delete them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, or_, select

from engine.metadata.model.text import RecordRef
from engine.runtime.access import Access
from engine.runtime.actor import Actor
from engine.runtime.records.compiled import CompiledEntity
from engine.runtime.records.denials import Missing

Entities = Mapping[str, CompiledEntity]


def seen_records(
    connection: Connection,
    access: Access,
    entities: Entities,
    actor: Actor,
    records: Iterable[RecordRef],
) -> frozenset[RecordRef]:
    """Return those of the records that the actor sees."""
    wanted: defaultdict[str, set[int]] = defaultdict(set)
    for one in records:
        wanted[one.entity].add(one.id)
    return frozenset(
        RecordRef(entity_id, number)
        for entity_id, ids in wanted.items()
        if entity_id in entities
        for number in connection.scalars(
            select(entities[entity_id].table.c.id).where(
                entities[entity_id].table.c.id.in_(sorted(ids)),
                or_(
                    *(
                        access.row_condition(actor, entity_id, "see", trashed=trashed)
                        for trashed in (False, True)
                    )
                ),
            )
        )
    )


def require_seen(
    connection: Connection, access: Access, entities: Entities, actor: Actor, record: RecordRef
) -> None:
    """Refuse a record that the actor does not see."""
    if record.entity not in entities:
        raise Missing("see", record.entity)
    if not seen_records(connection, access, entities, actor, (record,)):
        raise Missing("see", record.entity, record.id)
