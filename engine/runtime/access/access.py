"""Who may do what: the one predicate in SQL for records, and the sets of fields.

Lists, record pages, searches, pickers and exports all ask here. The engine itself and rules of the
configuration act with its authority; a person does what roles and the core grants allow together.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, FromClause, and_, true

from engine.metadata.model.application import Application
from engine.runtime.access.aliases import Aliases
from engine.runtime.access.conditions import Conditions
from engine.runtime.access.expression_columns import ExpressionColumns
from engine.runtime.access.field_rights import FieldRights, is_given
from engine.runtime.access.kept import Kept
from engine.runtime.access.path_rights import PathRights
from engine.runtime.access.reach import ALL, NONE, Reach
from engine.runtime.access.rights import Reason, Rights
from engine.runtime.actor import Actor
from engine.runtime.database import Database
from engine.runtime.tables.entity import RecordTables

AUTHORITY = "configuration"


class Access:
    """Answers what an actor may do; an entity that is not granted is as if there were none."""

    def __init__(self, application: Application, tables: RecordTables, database: Database) -> None:
        self.expressions = ExpressionColumns(application, tables, database.dialect, database.clock)
        self._application = application
        self._tables = tables
        self._rights = Rights(application)
        self._fields = FieldRights(application, self._rights)
        self.paths = PathRights(application, self.reach, self.readable, self.peekable)
        self.aliases = Aliases(tables)
        self.kept = Kept(self.expressions)
        self._conditions = Conditions(
            application, tables, self._rights, self.expressions, self.aliases
        )

    def row_condition(
        self,
        actor: Actor,
        entity_id: str,
        verb: str,
        record: FromClause | None = None,
        *,
        trashed: bool = False,
    ) -> ColumnElement[bool]:
        """Return the condition for records with which the actor may do this.

        `record` is an alias of the entity's table where the query has one. Trashed records are
        there for nobody, save with `trashed` for those who may delete them.
        """
        record = self._tables.table(entity_id) if record is None else record
        if not trashed:
            return and_(
                record.c.trashed_at.is_(None), self.reach_condition(actor, entity_id, verb, record)
            )
        return and_(
            record.c.trashed_at.is_not(None),
            self.reach_condition(actor, entity_id, verb, record),
            self.reach_condition(actor, entity_id, "delete", record),
        )

    def reach_condition(
        self, actor: Actor, entity_id: str, verb: str, record: FromClause
    ) -> ColumnElement[bool]:
        """Return the condition of roles and ownership alone, whatever state the record is in."""
        if not actor.is_person:
            return true()
        return self._conditions.verb(actor, entity_id, verb, record)

    def within(
        self, actor: Actor, entity_id: str, reach: Reach, record: FromClause
    ) -> ColumnElement[bool]:
        """Return the condition for a record to lie within a reach."""
        return self._conditions.reach(actor, entity_id, reach, record)

    def reach(self, actor: Actor, entity_id: str, verb: str) -> Reach:
        """Return how far a verb goes; an empty reach is no right at all."""
        if entity_id not in self._application.entities:
            return NONE
        if not actor.is_person:
            return ALL
        return self._rights.reach(actor.roles, entity_id, verb)

    def may(self, actor: Actor, entity_id: str, verb: str) -> bool:
        """Say whether there may be records with which the actor may do this."""
        return bool(self.reach(actor, entity_id, verb))

    def readable(self, actor: Actor, entity_id: str) -> frozenset[str]:
        """Return the fields, own and system, that the actor may read of the records it sees."""
        if not actor.is_person:
            return self._fields.every(entity_id)
        return self._fields.readable(actor.roles, entity_id)

    def peekable(self, actor: Actor, entity_id: str) -> frozenset[str]:
        """Return the fields that the actor may know of records that are peeked at only."""
        if not actor.is_person:
            return self._fields.every(entity_id)
        return self._fields.peekable(actor.roles, entity_id)

    def writable(self, actor: Actor, entity_id: str) -> frozenset[str]:
        """Return the fields that the actor may write.

        The owner's field is among them where `assign` goes anywhere: on one record it also needs
        that record's `assign`.
        """
        if not actor.is_person:
            fields = self._application.entity(entity_id).fields.values()
            return frozenset(one.id for one in fields if is_given(one) or one.readonly)
        return self._fields.writable(actor.roles, entity_id)

    def entities(self, actor: Actor) -> tuple[str, ...]:
        """Return the entities that make sections for the actor: those that a role lets it see."""
        return tuple(
            entity_id
            for entity_id in self._application.entities
            if not actor.is_person or self._rights.sees_by_role(actor.roles, entity_id)
        )

    def explain(self, actor: Actor, entity_id: str, verb: str) -> tuple[Reason, ...]:
        """Return who grants the verb and how far; nobody grants it where there is no reason."""
        if not actor.is_person:
            return (Reason(AUTHORITY, verb, ALL),)
        return self._rights.reasons(actor.roles, entity_id, verb)
