"""Lets a write through or refuses it: by entity, by record, by field; all asked of `Access`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select

from engine.errors import say
from engine.metadata.model.application import Application
from engine.runtime.access import Access
from engine.runtime.actor import Actor
from engine.runtime.records.changes import Stored
from engine.runtime.records.compiled import RECORD_ID, CompiledEntity
from engine.runtime.records.denials import Denied, Missing
from engine.runtime.records.payload import FieldRights
from engine.runtime.records.reading.options import HIGHEST_ID
from engine.runtime.records.store import cells_of, read_stored, select_stored


@dataclass(frozen=True, slots=True)
class Held:
    """A record locked for writing, and which of the asked verbs its actor has."""

    record: Stored
    verbs: frozenset[str]


class Gate:
    """Answers for one configuration."""

    def __init__(self, application: Application, access: Access) -> None:
        self.access = access
        self._roles = application.roles

    def fields(self, actor: Actor, compiled: CompiledEntity) -> FieldRights:
        """Return the fields that the actor may read and write."""
        if not actor.is_person:
            inputs = frozenset(n for n, one in compiled.fields.items() if not one.is_computed)
            return FieldRights(compiled.names, inputs)
        readable = self.access.readable(actor, compiled.id)
        writable = self.access.writable(actor, compiled.id)
        owner = frozenset({compiled.entity.owner} if compiled.entity.owner else ())
        return FieldRights(readable, writable, (owner & readable) - writable)

    def tells(self, actor: Actor, compiled: CompiledEntity) -> Callable[[tuple[str, ...]], bool]:
        """Return what says of a path in a sentence whether the actor may read it on any record."""
        return partial(self._tells, actor, compiled.id)

    def _tells(self, actor: Actor, entity_id: str, path: tuple[str, ...]) -> bool:
        return not actor.is_person or self.access.paths.reads(actor, entity_id, path, anywhere=True)

    def require(self, actor: Actor, entity_id: str, verb: str) -> None:
        """Refuse what no role of the actor grants for any record of an entity."""
        if not self.access.may(actor, entity_id, "peek"):
            raise Missing(verb, entity_id)
        if not self.access.may(actor, entity_id, verb):
            raise Denied(verb, entity_id)

    def hold(
        self,
        connection: Connection,
        actor: Actor,
        compiled: CompiledEntity,
        record_id: int,
        *verbs: str,
        trashed: bool = False,
        is_locked: bool = True,
    ) -> Held:
        """Lock a record and return it with the verbs; the first one is needed.

        A record that the actor may not even peek at is missing.
        """
        query = self.access.kept.get(
            ("hold", actor if actor.is_person else None, compiled.id, verbs, trashed, is_locked),
            lambda: self._holding(actor, compiled, verbs, trashed=trashed, is_locked=is_locked),
        )
        row = connection.execute(query, {RECORD_ID: _possible(record_id)}).one_or_none()
        if row is None or not (cells := cells_of(row))["_peek"]:
            raise Missing(verbs[0], compiled.id, record_id)
        if not cells[f"_{verbs[0]}"]:
            raise Denied(verbs[0], compiled.id, record_id)
        return Held(read_stored(compiled, row), frozenset(one for one in verbs if cells[f"_{one}"]))

    def require_held(self, held: Held, verb: str) -> Held:
        """Refuse a record read before as `hold` would; return one that it would."""
        record = held.record
        if record.trashed:
            raise Missing(verb, record.entity, record.id)
        if verb not in held.verbs:
            raise Denied(verb, record.entity, record.id)
        return held

    def _holding(
        self,
        actor: Actor,
        compiled: CompiledEntity,
        verbs: Sequence[str],
        *,
        trashed: bool,
        is_locked: bool,
    ) -> Select[Any]:
        """Return the query for a record and whether the actor may do each of the verbs."""
        query = select_stored(compiled).where(compiled.table.c.id == bindparam(RECORD_ID))
        for verb in dict.fromkeys((*verbs, "peek")):
            allowed = self.access.row_condition(actor, compiled.id, verb, trashed=trashed)
            query = query.add_columns(allowed.label(f"_{verb}"))
        return query.with_for_update(of=compiled.table) if is_locked else query

    def require_stage(self, actor: Actor, compiled: CompiledEntity, field: str) -> None:
        """Refuse to move what the actor does not see or, by all its roles, may not change."""
        if not actor.is_person:
            return
        if field not in self.access.readable(actor, compiled.id):
            raise Missing("move", compiled.id)
        granting = [
            role
            for role in (self._roles[one] for one in actor.roles if one in self._roles)
            if role.can.get(compiled.id, {}).get("edit", "none") != "none"
        ]
        if granting and all(f"{compiled.id}.{field}" in role.readonly for role in granting):
            raise Denied("move", compiled.id)

    def confirm_new(
        self, connection: Connection, actor: Actor, compiled: CompiledEntity, ids: Sequence[int]
    ) -> None:
        """Refuse new records that lie outside of what the actor may create."""
        if not actor.is_person or "all" in self.access.reach(actor, compiled.id, "create"):
            return
        table = compiled.table
        query = select(func.count()).where(
            table.c.id.in_(ids), self.access.row_condition(actor, compiled.id, "create")
        )
        if connection.scalar(query.select_from(table)) != len(ids):
            raise Denied(
                "create",
                compiled.id,
                message=say("With these values the record is not one that you may create."),
            )


def _possible(record_id: int) -> int:
    """Return an id that the database can compare; no record has a larger one."""
    return record_id if 0 < record_id <= HIGHEST_ID else 0
