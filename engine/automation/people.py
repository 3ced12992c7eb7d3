"""Who is meant: targets of steps -> active users, each once, in the order of their ids.

Whoever is disabled, archived or in the trash gets no work and hears nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Text, bindparam, select, type_coerce

from engine.automation.context import RunContext
from engine.automation.ready import Reads, Ready, joined
from engine.metadata.model.application import Application
from engine.metadata.model.step import Target
from engine.metadata.model.text import RecordRef
from engine.runtime.access import Access
from engine.runtime.accounts.users import TEAM, USER, Users
from engine.runtime.actor import Actor, teams_below
from engine.runtime.tables.entity import RecordTables
from engine.runtime.tables.system import ACCOUNTS


@dataclass(frozen=True, slots=True)
class ReadyTarget:
    """A target with its expressions made ready."""

    target: Target
    person: Ready | None
    of: Ready | None

    @property
    def reads(self) -> Reads:
        """Return the paths that it reads."""
        return joined(one.reads for one in (self.person, self.of) if one is not None)


class People:
    """Finds the users that are meant, and asks what they may see."""

    def __init__(self, application: Application, tables: RecordTables, access: Access) -> None:
        self._users = Users(application, tables)
        self._access = access
        self._tables = tables
        self._user, self._team = tables.table(USER), tables.table(TEAM)
        self._active = self._active_ones()
        self._active_one = self._active.where(self._user.c.id == bindparam("person"))

    def meant(
        self, connection: Connection, targets: Iterable[ReadyTarget], context: RunContext
    ) -> tuple[int, ...]:
        """Return the active users that targets mean."""
        found = {one for target in targets for one in self._meant(connection, target, context)}
        return tuple(sorted(found))

    def actor(self, connection: Connection, user_id: int) -> Actor | None:
        """Return the actor of a user who is active."""
        found = connection.scalars(self._active_one, {"person": user_id}).all()
        return next(self.actors(connection, found), None)

    def active(self, connection: Connection, *conditions: ColumnElement[bool]) -> tuple[int, ...]:
        """Return the active users for whom the conditions hold."""
        return tuple(connection.scalars(self._active.where(*conditions)))

    def actors(self, connection: Connection, user_ids: Sequence[int]) -> Iterator[Actor]:
        """Yield the actors of users."""
        query = select(*self._users.columns).where(self._user.c.id.in_(user_ids))
        for row in connection.execute(query.order_by(self._user.c.id)).mappings().all():
            yield self._users.actor(row)

    def sees(self, connection: Connection, actor: Actor, record: RecordRef) -> bool:
        """Say whether somebody may see a record."""
        table = self._tables.table(record.entity)
        allowed = self._access.row_condition(actor, record.entity, "see")
        query = select(table.c.id).where(table.c.id == record.id, allowed)
        return connection.execute(query).first() is not None

    def _meant(
        self, connection: Connection, ready: ReadyTarget, context: RunContext
    ) -> tuple[int, ...]:
        target = ready.target
        if ready.person is not None:
            person = ready.person.value(context)
            return tuple(connection.scalars(self._active_one, {"person": person}))
        if target.user:
            return self.active(connection, self._column("login") == target.user)
        if target.team:
            teams = self._teams_below(connection, target.team)
            return self.active(connection, self._column("team").in_(sorted(teams)))
        if ready.of is None:
            return self.active(connection, self._has_role(target.role))
        teams = self._teams_above(connection, ready.of.value(context))
        in_one = self._column("team").in_(sorted(teams))
        return self.active(connection, self._has_role(target.role), in_one)

    def _active_ones(self) -> Select[Any]:
        account = ACCOUNTS.c.user_id == self._user.c.id
        return (
            select(self._user.c.id)
            .select_from(self._user.outerjoin(ACCOUNTS, account))
            .where(
                self._user.c.trashed_at.is_(None),
                ~self._user.c.archived,
                ACCOUNTS.c.disabled_at.is_(None),
            )
            .order_by(self._user.c.id)
        )

    def _has_role(self, role: str) -> ColumnElement[bool]:
        roles = type_coerce(self._column("roles"), Text)
        return roles.contains(f"|{role}|", autoescape=True)

    def _teams_below(self, connection: Connection, key: str) -> frozenset[int]:
        """Return the team of this key and all its sub-teams."""
        named = self._tables.column(TEAM, "key") == key
        team_id = connection.scalar(select(self._team.c.id).where(named))
        return teams_below(team_id, self._parents(connection))

    def _teams_above(self, connection: Connection, person: object) -> frozenset[int]:
        """Return the team of a person and all teams above it; a ring of teams ends by itself."""
        if not isinstance(person, int):
            return frozenset()
        own = select(self._column("team")).where(self._user.c.id == person)
        team_id, parents = connection.scalar(own), self._parents(connection)
        above: set[int] = set()
        while team_id is not None and team_id not in above:
            above.add(team_id)
            team_id = parents.get(team_id)
        return frozenset(above)

    def _parents(self, connection: Connection) -> dict[int, int | None]:
        query = select(self._team.c.id, self._tables.column(TEAM, "parent"))
        return {one[0]: one[1] for one in connection.execute(query)}

    def _column(self, field: str) -> ColumnElement[Any]:
        return self._user.c[self._tables.column(USER, field).key]
