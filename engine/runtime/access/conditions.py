"""A reach for an actor -> a condition in SQL on one record (a table or an alias of it)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import ColumnElement, FromClause, and_, false, literal, or_, select, true

from engine.metadata.model.application import Application
from engine.metadata.model.entity import Entity
from engine.runtime.access.aliases import Aliases
from engine.runtime.access.expression_columns import ExpressionColumns
from engine.runtime.access.reach import (
    ABOUT_EDITED,
    ABOUT_NOTHING,
    ABOUT_SEEN,
    BOTH,
    MADE,
    SELF,
    Reach,
)
from engine.runtime.access.rights import Rights
from engine.runtime.actor import Actor
from engine.runtime.tables.entity import RecordTables

MOST_KEPT = 1_000
ABOUT_OTHERS = frozenset({"task", "activity", "notification"})
OF_COLUMNS = frozenset({"own", MADE, SELF, ABOUT_NOTHING})
ABOUT_VERBS = {ABOUT_SEEN: "see", ABOUT_EDITED: "edit"}


@dataclass(frozen=True, slots=True)
class Target:
    """The record to judge: an entity and where its columns stand in the query."""

    entity: Entity
    record: FromClause


class Conditions:
    """Turns reaches into conditions; nothing granted is never."""

    def __init__(
        self,
        application: Application,
        tables: RecordTables,
        rights: Rights,
        expressions: ExpressionColumns,
        aliases: Aliases,
    ) -> None:
        self._application = application
        self._tables = tables
        self._rights = rights
        self._expressions = expressions
        self._aliases = aliases
        self._kept = lru_cache(maxsize=MOST_KEPT)(self._build)
        self._moving = {
            one.id
            for one in application.scopes.values()
            if expressions.moves(one.where, one.entity)
        }

    def verb(
        self, actor: Actor, entity_id: str, verb: str, record: FromClause
    ) -> ColumnElement[bool]:
        """Return the condition under which the actor may do this with a record."""
        return self.reach(
            actor, entity_id, self._rights.reach(actor.roles, entity_id, verb), record
        )

    def reach(
        self, actor: Actor, entity_id: str, reach: Reach, record: FromClause
    ) -> ColumnElement[bool]:
        """Return the condition for a record to lie within a reach."""
        if not reach:
            return false()
        if "all" in reach:
            return true()
        build = self._build if self._moves(reach) else self._kept
        return build(actor, entity_id, reach, record)

    def _moves(self, reach: Reach) -> bool:
        """Say whether the condition is another one as time passes, so that it can't be kept."""
        if not self._moving:
            return False
        return any(
            one in self._moving or one in ABOUT_VERBS for atom in reach for one in atom.split(BOTH)
        )

    def _build(
        self, actor: Actor, entity_id: str, reach: Reach, record: FromClause
    ) -> ColumnElement[bool]:
        target = Target(self._application.entity(entity_id), record)
        return or_(*(self._atom(actor, target, atom) for atom in sorted(reach, key=_dearness)))

    def _atom(self, actor: Actor, target: Target, atom: str) -> ColumnElement[bool]:
        record = target.record
        match atom:
            case _ if BOTH in atom:
                return and_(*(self._atom(actor, target, one) for one in atom.split(BOTH)))
            case "own":
                return self.owner(target) == actor.user_id
            case "team":
                return self._team(actor, target)
            case _ if atom == MADE:
                return record.c.created_by == actor.user_id
            case _ if atom == SELF:
                return record.c.id == actor.user_id
            case _ if atom == ABOUT_NOTHING:
                return self._about(target)[1].is_(None)
            case _ if atom in ABOUT_VERBS:
                return self._about_any(actor, target, ABOUT_VERBS[atom])
            case _:
                return self._scope(actor, target, atom)

    def owner(self, target: Target) -> ColumnElement[int | None]:
        """Return the column of who owns a record: the owner's field, else its creator."""
        field = target.entity.owner or "created_by"
        return target.record.c[self._tables.column(target.entity.id, field).key]

    def _team(self, actor: Actor, target: Target) -> ColumnElement[bool]:
        """Mine, of anyone in my team and its sub-teams, and what nobody owns."""
        owner = self.owner(target)
        parts = [owner == actor.user_id, owner.is_(None)]
        if actor.team_ids:
            users = self._tables.table("user")
            team = users.c[self._tables.column("user", "team").key]
            teams = [literal(one) for one in sorted(actor.team_ids)]  # as they are: not put in late
            parts.append(owner.in_(select(users.c.id).where(team.in_(teams))))
        return or_(*parts)

    def _scope(self, actor: Actor, target: Target, scope_id: str) -> ColumnElement[bool]:
        scope = self._application.scopes.get(scope_id)
        if scope is None or scope.entity != target.entity.id:
            return false()
        return self._expressions.condition(scope.where, scope.entity, target.record, actor)

    def _about(self, target: Target) -> tuple[ColumnElement[str | None], ColumnElement[int | None]]:
        kind, record_id = self._tables.columns(target.entity.id, "about")
        return target.record.c[kind.key], target.record.c[record_id.key]

    def _about_any(self, actor: Actor, target: Target, verb: str) -> ColumnElement[bool]:
        """The record is about one of those that the actor may see, or edit.

        Each is looked up by its number. An EXISTS invites PostgreSQL to gather all that the actor
        may see before it looks at the few records that are asked for.
        """
        return or_(false(), *self._about_each(actor, target, verb))

    def _about_each(self, actor: Actor, target: Target, verb: str) -> Iterator[ColumnElement[bool]]:
        kind, record_id = self._about(target)
        for entity in self._application.entities.values():
            if not _may_be_about(target.entity, entity):
                continue
            if not self._rights.reach(actor.roles, entity.id, verb):
                continue
            about = self._aliases.of(entity.id, "about")
            yield and_(
                kind == entity.id,
                select(about.c.id)
                .where(about.c.id == record_id, about.c.trashed_at.is_(None))
                .where(self.verb(actor, entity.id, verb, about))
                .correlate(target.record)
                .scalar_subquery()
                .is_not(None),
            )


def _dearness(atom: str) -> tuple[int, str]:
    """Return an order in which what a column says comes before what other tables are asked.

    Databases judge the parts of an `OR` in turn, up to the first that is true.
    """
    parts = atom.split(BOTH)
    return sum(one not in OF_COLUMNS for one in parts), atom


def _may_be_about(entity: Entity, subject: Entity) -> bool:
    """Say whether rights follow from a subject: a note is about a task, never the other way."""
    return subject.id not in ABOUT_OTHERS or (entity.id, subject.id) == ("activity", "task")
