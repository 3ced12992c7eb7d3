"""Accounts on a real database, with a plain writer in the place of the record service."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import insert, update

from engine.clock import FrozenClock
from engine.metadata.model.application import Application
from engine.runtime.accounts.accounts import Accounts, open_accounts
from engine.runtime.accounts.door import Visit
from engine.runtime.accounts.passwords import Passwords
from engine.runtime.accounts.people import Profile
from engine.runtime.actor import ENGINE, Actor
from engine.runtime.database import Database
from engine.runtime.tables.entity import RecordTables, build_tables
from engine.runtime.tables.layout import ensure_system_tables
from tests.kit.applications import application as read
from tests.kit.prepared import Prepared, begin

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PASSWORD = "a long enough password"
HOME = Visit("203.0.113.7", "Firefox/130.0 Linux")
CRM = """
    roles:
      seller: {can: {}}
    entities:
      client: {fields: {name: text}}
    teams: {sales: {label: Sales}, sellers: {label: Sellers, parent: sales}}
"""


def quick_passwords() -> Passwords:
    """Argon2 with the least costs: what it protects here is nobody's."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@dataclass(frozen=True, slots=True)
class Saved:
    """What the plain writer answers."""

    id: int


class PlainWriter:
    """Writes users straight into their table; rights are another room's matter."""

    def __init__(self, database: Database, tables: RecordTables) -> None:
        self.database = database
        self.table = tables.table("user")

    def create(
        self, actor: Actor, entity_id: str, payload: Mapping[str, object], token: str | None = None
    ) -> Saved:
        """Insert a user."""
        del actor, entity_id, token
        now = self.database.clock.now()
        values = self._values(payload) | {"created_at": now, "updated_at": now}
        with self.database.write() as connection:
            made = connection.execute(insert(self.table).values(values).returning(self.table.c.id))
            return Saved(made.scalar_one())

    def update(
        self,
        actor: Actor,
        entity_id: str,
        record_id: int,
        payload: Mapping[str, object],
        base_version: int | None,
    ) -> Saved:
        """Change a user."""
        del actor, entity_id, base_version
        changes = update(self.table).where(self.table.c.id == record_id)
        with self.database.write() as connection:
            connection.execute(changes.values(self._values(payload)))
        return Saved(record_id)

    def _values(self, payload: Mapping[str, object]) -> dict[str, Any]:
        values: dict[str, Any] = dict(payload)
        if "roles" in values:
            values["roles"] = tuple(values["roles"])
        if "name" in values:
            values |= {"title": values["name"], "title_key": values["name"].casefold()}
        return values


@dataclass(frozen=True, slots=True)
class House:
    """A CRM with nothing but accounts, and the clock that its tests move."""

    accounts: Accounts
    database: Database
    tables: RecordTables
    application: Application
    clock: FrozenClock

    def add(self, login: str, *roles: str, password: str | None = PASSWORD) -> int:
        """Add a user."""
        profile = Profile(login.title(), roles or ("seller",))
        return self.accounts.people.add(ENGINE, login, profile, password)

    def sign_in(self, login: str, visit: Visit = HOME) -> str:
        """Sign in with the usual password and return the cookie."""
        return self.accounts.door.sign_in(login, PASSWORD, visit).cookie


def make_tables(database: Database, application: Application) -> None:
    """Makes the tables of a CRM, with nothing in them."""
    ensure_system_tables(database)
    with database.write() as connection:
        build_tables(application).metadata.create_all(connection)


@contextmanager
def open_house(prepared: Prepared) -> Iterator[House]:
    """Open a CRM with accounts on a fresh database."""
    clock = FrozenClock(MONDAY)
    application = read(CRM)
    database = Database(prepared(application, make_tables), clock)
    tables = build_tables(application)
    begin(database, application, make_tables)
    writer = PlainWriter(database, tables)
    accounts = open_accounts(database, tables, application, clock, writer, quick_passwords())
    try:
        yield House(accounts, database, tables, application, clock)
    finally:
        database.dispose()
