"""Users as this room reads them: the record of the entity `user` with its account beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any, Protocol

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Text,
    and_,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
    type_coerce,
)

from engine.metadata.fieldtypes.base import Storage
from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.metadata.model.application import Application
from engine.metadata.model.entity import Entity
from engine.metadata.model.text import Value
from engine.runtime.accounts.throttle import login_key
from engine.runtime.actor import ADMIN, Actor, user_actor
from engine.runtime.tables.entity import RecordTables
from engine.runtime.tables.system import ACCOUNTS

USER = "user"
TEAM = "team"
TREE = "teams"
MOST_TREES = 64
HIGHEST_ID = 2**63 - 1


class SavedUser(Protocol):
    """What the record service says after writing."""

    @property
    def id(self) -> int:
        """The record's id."""
        ...


class UserRecords(Protocol):
    """The one writer of records, as far as users need it: `records.service.RecordService`."""

    def create(
        self, actor: Actor, entity_id: str, payload: Mapping[str, object], token: str | None = None
    ) -> SavedUser:
        """Create a record."""
        ...

    def update(
        self,
        actor: Actor,
        entity_id: str,
        record_id: int,
        payload: Mapping[str, object],
        base_version: int | None,
    ) -> SavedUser:
        """Change fields of a record."""
        ...


@dataclass(frozen=True, slots=True)
class User:
    """A user: who, with which roles, and whether the door is open."""

    id: int
    login: str
    name: str
    roles: tuple[str, ...]
    team_id: int | None
    team: str
    version: int
    has_password: bool
    is_disabled: bool
    signed_in_at: datetime | None

    @property
    def is_admin(self) -> bool:
        """Say whether this user manages users."""
        return ADMIN in self.roles


@dataclass(frozen=True, slots=True)
class TeamChoice:
    """A team that a user may be in."""

    id: int
    key: str
    label: str


@lru_cache(maxsize=MOST_TREES)
def parents_in(tree: str | None) -> Mapping[int, int | None]:
    """Read which team stands above each team."""
    pairs = (one.split(":") for one in (tree or "").split())
    return MappingProxyType({int(team): int(above) if above else None for team, above in pairs})


class Users:
    """Reads users, teams and actors."""

    def __init__(self, application: Application, tables: RecordTables) -> None:
        self.digest = application.digest
        self._entity: Entity = application.entity(USER)
        self._tables = tables
        self._user = tables.table(USER)
        self._team = tables.table(TEAM)

    def by_id(self, connection: Connection, user_id: int) -> User | None:
        """Return a user who has not been deleted."""
        could_be = 0 < user_id <= HIGHEST_ID
        return self._one(connection, self._user.c.id == user_id) if could_be else None

    def by_login(self, connection: Connection, login: str) -> User | None:
        """Return the user of a login, however it is capitalised."""
        could_be = login.isprintable()  # no database holds the other characters
        return self._one(connection, self._has_login(login)) if could_be else None

    def listed(self, connection: Connection, text: str, limit: int | None) -> tuple[User, ...]:
        """Return users whose login or name holds the text, by name."""
        wanted = self._all().order_by(self._user.c.title_key, self._user.c.id).limit(limit)
        for word in text.split():
            like = f"%{_escape(login_key(word))}%"
            wanted = wanted.where(
                or_(
                    self._user.c.title_key.like(like, escape="\\"),
                    self._column("login").like(like, escape="\\"),
                )
            )
        return tuple(_user(one) for one in connection.execute(wanted))

    def administrators(self, connection: Connection) -> tuple[User, ...]:
        """Return the administrators who can sign in."""
        has_role = type_coerce(self._column("roles"), Text).like(f"%|{ADMIN}|%")
        found = [_user(one) for one in connection.execute(self._all().where(has_role))]
        return tuple(one for one in found if one.has_password and not one.is_disabled)

    def password_hash(self, connection: Connection, user_id: int) -> str | None:
        """Return the stored hash of a user's password."""
        wanted = select(ACCOUNTS.c.password_hash).where(ACCOUNTS.c.user_id == user_id)
        return connection.scalar(wanted)

    @property
    def columns(self) -> list[Any]:
        """The columns that an actor is made of: the user's fields, and the tree of teams."""
        return [self._user.c.id, *map(self._column, self._fields()), self._tree]

    def may_come_in(self, user_id: ColumnElement[int]) -> ColumnElement[bool]:
        """Return the condition that joins the record of a user who may sign in."""
        return and_(
            self._user.c.id == user_id,
            self._user.c.trashed_at.is_(None),
            ~self._user.c.archived,
        )

    @property
    def table(self) -> Any:
        """The table of users."""
        return self._user

    def actor(self, found: Mapping[Any, Any]) -> Actor:
        """Build the actor of what `columns` found."""
        values = {one: self._value(one, found) for one in self._fields()}
        return user_actor(found["id"], values, parents_in(found[TREE]))

    def acting(self, connection: Connection, user_id: int) -> Actor | None:
        """Return the actor of a user as of now, unless they have been deleted or archived."""
        wanted = select(*self.columns).where(self.may_come_in(literal(user_id)))
        found = connection.execute(wanted).mappings().first()
        return None if found is None else self.actor(found)

    def teams(self, connection: Connection) -> tuple[TeamChoice, ...]:
        """Return the teams by label."""
        wanted = (
            select(self._team.c.id, self._tables.column(TEAM, "key"), self._team.c.title)
            .where(self._team.c.trashed_at.is_(None), ~self._team.c.archived)
            .order_by(self._team.c.title_key, self._team.c.id)
        )
        return tuple(TeamChoice(*one) for one in connection.execute(wanted))

    @cached_property
    def _tree(self) -> ColumnElement[str | None]:
        """Return each team and the one above it, in one text: 1: 2:1 3:1."""
        parent: Any = self._tables.column(TEAM, "parent")
        team = cast(self._team.c.id, Text)
        pair = team + literal_column("':'") + func.coalesce(cast(parent, Text), "")
        return select(func.aggregate_strings(pair, " ")).scalar_subquery().label(TREE)

    def _fields(self) -> tuple[str, ...]:
        return tuple(
            one.id
            for one in self._entity.fields.values()
            if self._tables.is_stored(USER, one.id)
            and FIELD_TYPES[one.type].storage is not Storage.ANY_LINK
        )

    def _value(self, field_id: str, found: Mapping[Any, Any]) -> Value:
        value: Value = found[self._column(field_id).name]
        if (
            value is None
            and FIELD_TYPES[self._entity.fields[field_id].type].storage is Storage.OPTIONS
        ):
            return ()
        return value

    def _column(self, field_id: str) -> Any:
        return self._tables.column(USER, field_id)

    def _has_login(self, login: str) -> ColumnElement[bool]:
        typed = login.strip()
        column: Any = self._column("login")
        return or_(column == typed, column == login_key(typed))

    def _one(self, connection: Connection, condition: ColumnElement[bool]) -> User | None:
        found = connection.execute(self._all().where(condition).limit(1)).first()
        return None if found is None else _user(found)

    def _all(self) -> Select[Any]:
        login, name, roles, team = (self._column(one) for one in ("login", "name", "roles", "team"))
        return (
            select(
                self._user.c.id,
                login.label("login"),
                name.label("name"),
                roles.label("roles"),
                team.label("team_id"),
                self._team.c.title.label("team"),
                self._user.c.version,
                self._user.c.archived,
                ACCOUNTS.c.password_hash,
                ACCOUNTS.c.disabled_at,
                ACCOUNTS.c.signed_in_at,
            )
            .select_from(
                self._user.outerjoin(ACCOUNTS, ACCOUNTS.c.user_id == self._user.c.id).outerjoin(
                    self._team, self._team.c.id == team
                )
            )
            .where(self._user.c.trashed_at.is_(None))
        )


def _user(found: Row[Any]) -> User:
    return User(
        id=found.id,
        login=found.login or "",
        name=found.name or "",
        roles=found.roles or (),
        team_id=found.team_id,
        team=found.team or "",
        version=found.version,
        has_password=found.password_hash is not None,
        is_disabled=found.disabled_at is not None or found.archived,
        signed_in_at=found.signed_in_at,
    )


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
