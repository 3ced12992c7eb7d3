"""The FROM of one select: the entity's table and the linked records that the actor may know.

A link is joined under the condition that its record is seen (or peeked at), so that a record
outside the actor's rights is as empty for columns, filters and order alike.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, case

from engine.metadata.fieldtypes.base import Storage
from engine.runtime.access import Access
from engine.runtime.actor import Actor
from engine.runtime.query.paths import FieldPath, Step
from engine.runtime.tables.entity import RecordTables


class Joins:
    """Collects the links that one select follows; each of them is joined once."""

    def __init__(self, tables: RecordTables, access: Access, actor: Actor, entity_id: str) -> None:
        self._tables = tables
        self._access = access
        self._actor = actor
        self.entity_id = entity_id
        self.record: FromClause = tables.table(entity_id)
        self.source: FromClause = self.record
        self._joined: dict[tuple[Step, ...], FromClause] = {}

    def columns(self, path: FieldPath) -> tuple[ColumnElement[Any], ...]:
        """Return the columns of a field: two (entity, id) for a link to any record, else one."""
        record = self._follow(path.steps)
        entity_id, name = path.entity.id, path.field.id
        if path.type.storage is Storage.ANY_LINK:
            return tuple(record.c[one.key] for one in self._tables.columns(entity_id, name))
        return (self._field(record, path),)

    def linked(self, path: FieldPath, target: str) -> FromClause:
        """Return the record that a link leads to, as far as a peek shows it."""
        step = Step(path.entity.id, path.field.id, target, peek=True)
        return self._follow((*path.steps, step))

    def _field(self, record: FromClause, path: FieldPath) -> ColumnElement[Any]:
        entity_id, name = path.entity.id, path.field.id
        column = self._access.expressions.field(entity_id, name, record, self._actor)
        if record is self.record or self._tables.is_stored(entity_id, name):
            return column
        # A formula may make something of nothing: a record that is not there has no value.
        return case((record.c.id.is_not(None), column))

    def _follow(self, steps: tuple[Step, ...]) -> FromClause:
        if not steps:
            return self.record
        if steps not in self._joined:
            self._joined[steps] = self._join(self._follow(steps[:-1]), steps[-1])
        return self._joined[steps]

    def _join(self, record: FromClause, step: Step) -> FromClause:
        target, meets = self._access.expressions.hop(step.entity, step.name, record)
        linked = self._access.aliases.of(target, f"join {len(self._joined)}")
        verb = "peek" if step.peek else "see"
        may = self._access.row_condition(self._actor, target, verb, linked)
        self.source = self.source.outerjoin(linked, and_(meets(linked), may))
        return linked
