"""Which records an actor sees, asked by their ids: those in the trash by who may delete them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, or_, select

from engine.metadata.model.text import RecordRef
from engine.runtime.access import Access
from engine.runtime.actor import Actor
from engine.runtime.records.compiled import CompiledEntity
from engine.runtime.records.denials import Missing

Entities = Mapping[str, CompiledEntity]
IDS = "ids"


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
            access.kept.get(
                ("seen", actor, entity_id), partial(_seen, access, actor, entities[entity_id])
            ),
            {IDS: sorted(ids)},
        )
    )


def _seen(access: Access, actor: Actor, compiled: CompiledEntity) -> Select[Any]:
    number = compiled.table.c.id
    wanted = number.in_(bindparam(IDS, expanding=True))
    return select(number).where(wanted, is_seen(access, actor, compiled.id))


def is_seen(access: Access, actor: Actor, entity_id: str) -> ColumnElement[bool]:
    """Return the condition for the records of a table that an actor sees."""
    states = (
        access.row_condition(actor, entity_id, "see", trashed=trashed) for trashed in (False, True)
    )
    return or_(*states)


def require_seen(
    connection: Connection, access: Access, entities: Entities, actor: Actor, record: RecordRef
) -> None:
    """Refuse a record that the actor does not see."""
    if record.entity not in entities:
        raise Missing("see", record.entity)
    if not seen_records(connection, access, entities, actor, (record,)):
        raise Missing("see", record.entity, record.id)
