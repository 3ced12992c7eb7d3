"""Names of an expression -> columns, with the configuration's authority.

Scopes, the `where` of views and links and the formulas that are computed on reading follow links
without asking for anybody's rights: their author decided. What a person names in an address goes
through `query.paths`, which asks at each step.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from functools import cache, partial
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    and_,
    literal,
    select,
    type_coerce,
)

from engine.clock import Clock
from engine.metadata.expressions.compile import Typed, typed
from engine.metadata.expressions.functions import SINCE
from engine.metadata.expressions.names import Scope
from engine.metadata.fieldtypes.base import Kind
from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.metadata.fieldtypes.scale import scale_of
from engine.metadata.model.application import Application
from engine.metadata.model.entity import Entity
from engine.metadata.model.field import FormulaKind
from engine.metadata.model.text import Expression, Value
from engine.runtime.actor import Actor
from engine.runtime.sql_expression import condition, sql
from engine.runtime.tables.columns import column_type
from engine.runtime.tables.entity import RecordTables
from engine.runtime.tables.system import STAYS

Path: TypeAlias = tuple[str, ...]
Join: TypeAlias = Callable[[FromClause], ColumnElement[bool]]


class ExpressionColumns:
    """Compiles expressions of the configuration over the records of an entity."""

    def __init__(
        self, application: Application, tables: RecordTables, dialect: str, clock: Clock
    ) -> None:
        self._application = application
        self._tables = tables
        self._dialect = dialect
        self._clock = clock
        self._zone = ZoneInfo(application.timezone)
        self._typed = cache(self._meaning)
        self._reads = threading.local()
        self._read_anew = {
            one.id
            for entity in application.entities.values()
            for one in entity.fields.values()
            if one.formula_kind is FormulaKind.ON_READ
        }

    @property
    def clock_reads(self) -> int:
        """How often an expression of this thread has read the clock while it was compiled."""
        return getattr(self._reads, "count", 0)

    def condition(
        self, expression: Expression, entity_id: str, record: FromClause, actor: Actor
    ) -> ColumnElement[bool]:
        """Compile a condition on a record (a table or its alias); unknown counts as false."""
        return self.judged(self._typed(expression, entity_id, None), entity_id, record, actor)

    def judged(
        self, typed: Typed, entity_id: str, record: FromClause, actor: Actor
    ) -> ColumnElement[bool]:
        """Compile a condition whose meaning is known already."""
        return condition(
            typed,
            partial(self._named, entity_id, record, actor),
            self._dialect,
            self._now(typed),
            self._zone,
            self._application.workdays,
        )

    def _now(self, typed: Typed) -> datetime:
        self._reads.count = self.clock_reads + typed.uses_clock
        return self._clock.now()

    def moves(self, expression: Expression, entity_id: str) -> bool:
        """Say whether a condition changes as time passes, by itself or by a formula in it."""
        meaning = self._typed(expression, entity_id, None)
        names = {name for path in meaning.paths for name in path}
        return meaning.uses_clock or bool(names & self._read_anew)

    def field(
        self, entity_id: str, field_id: str, record: FromClause, actor: Actor
    ) -> ColumnElement[Any]:
        """Return the column of a field; one that is computed on reading is compiled."""
        if self._tables.is_stored(entity_id, field_id):
            return record.c[self._tables.columns(entity_id, field_id)[-1].key]
        field = self._application.entity(entity_id).fields[field_id]
        if field.formula is None:
            raise LookupError(f"{entity_id}.{field_id} has neither a column nor a formula")
        meaning = self._typed(field.formula, entity_id, field_id)
        value = sql(
            meaning,
            partial(self._named, entity_id, record, actor),
            self._dialect,
            self._now(meaning),
            self._zone,
            self._application.workdays,
        )
        scale = scale_of(field, self._application)
        return type_coerce(value, column_type(FIELD_TYPES[field.type].storage, scale))

    def _meaning(self, expression: Expression, entity_id: str, field_id: str | None) -> Typed:
        """Return the meaning of an expression, at the scale of the field that it computes."""
        entity = self._application.entity(entity_id)
        expect = Kind.BOOL if field_id is None else entity.fields[field_id]
        return typed(expression, Scope(self._application, entity), expect)

    def _named(
        self, entity_id: str, record: FromClause, actor: Actor, path: Path
    ) -> ColumnElement[Any]:
        own = self._application.entity(entity_id).fields
        if path[0] == "user" and "user" not in own:
            return self._of_user(actor, path[1:])
        return self._read(entity_id, record, actor, path)

    def _read(
        self, entity_id: str, record: FromClause, actor: Actor, path: Path
    ) -> ColumnElement[Any]:
        first, *rest = path
        if not rest:
            return self.field(entity_id, first, record, actor)
        field = self._application.entity(entity_id).fields.get(first)
        if rest == [SINCE] and field is not None and field.type == "stage":
            return _entered_at(entity_id, first, record)
        target, join = self.hop(entity_id, first, record)
        return self._beyond(target, join, actor, tuple(rest), record)

    def _beyond(
        self, target: str, join: Join, actor: Actor, rest: Path, record: FromClause | None
    ) -> ColumnElement[Any]:
        """Read a path of the one record that a link leads to."""
        linked = self._tables.table(target).alias()
        query = select(self._read(target, linked, actor, rest)).where(join(linked))
        return (query if record is None else query.correlate(record)).scalar_subquery()

    def _of_user(self, actor: Actor, path: Path) -> ColumnElement[Any]:
        if path in ((), ("id",)):
            return literal(actor.user_id, BigInteger)
        first, *rest = path
        if first not in actor.values:
            return self._beyond("user", _is(actor.user_id), actor, path, None)
        value = actor.values[first]
        if not rest:
            return literal(value, self._tables.columns("user", first)[-1].type)
        target = self._application.entity("user").fields[first].to
        if target is None:
            raise LookupError(f"user.{first} is no link")
        return self._beyond(target, _is(value), actor, tuple(rest), None)

    def hop(self, entity_id: str, name: str, record: FromClause) -> tuple[str, Join]:
        """Return where a name leads, a link or the kind of record behind an any_link, and how."""
        entity = self._application.entity(entity_id)
        target = link_target(entity, name)
        if target is not None:
            column = record.c[self._tables.column(entity_id, name).key]
            return target, lambda linked: linked.c.id == column
        kind, record_id = (
            record.c[one.key] for one in self._tables.columns(entity_id, any_link(entity))
        )
        return name, lambda linked: and_(kind == name, linked.c.id == record_id)


def _entered_at(entity_id: str, field_id: str, record: FromClause) -> ColumnElement[Any]:
    """Return when a record entered the stage in which it stands; `since` is counted from then."""
    own = (STAYS.c.entity == entity_id, STAYS.c.field == field_id)
    query = select(STAYS.c.entered_at).where(*own, STAYS.c.record_id == record.c.id)
    return query.correlate(record).scalar_subquery()


def link_target(entity: Entity, name: str) -> str | None:
    """Return the entity that a link of this name leads to, None where the name is no link."""
    field = entity.fields.get(name)
    if field is not None:
        return field.to
    return "user" if name in ("created_by", "updated_by") else None


def any_link(entity: Entity) -> str:
    """Return the entity's field that links to any record."""
    return next(one.id for one in entity.fields.values() if one.type == "any_link")


def _is(record_id: Value) -> Join:
    return lambda linked: linked.c.id == literal(record_id, BigInteger)
