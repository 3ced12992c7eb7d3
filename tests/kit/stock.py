"""A database stocked with records that are written as they stand: for tests of the reader.

Titles and search texts are made as the record service makes them; nothing is validated.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select

from engine.clock import FrozenClock
from engine.metadata.model.application import Application
from engine.metadata.model.text import RecordRef
from engine.runtime.access import Access
from engine.runtime.actor import Actor, user_actor
from engine.runtime.database import Database
from engine.runtime.plan.create import create_everything
from engine.runtime.query.records import Page, Record
from engine.runtime.query.select import Reader
from engine.runtime.sqlite_functions import fold
from engine.runtime.tables.entity import RecordTables, build_tables
from tests.kit.prepared import begin
from tests.kit.sent import statements

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # 11:00 in Sofia


@dataclass(frozen=True, slots=True, repr=False)
class Stock:
    """Tables with records in them, and the reader over them."""

    application: Application
    database: Database
    tables: RecordTables
    access: Access
    reader: Reader
    clock: FrozenClock

    def add(self, entity_id: str, **values: Any) -> int:
        """Writes a record; `title`, `archived`, `trashed_at`, `created_by` ... are columns too."""
        table = self.tables.table(entity_id)
        now = self.clock.now()
        row: dict[str, Any] = {"created_at": now, "updated_at": now}
        for name, value in values.items():
            if isinstance(value, RecordRef):
                kind, number = self.tables.columns(entity_id, name)
                row |= {kind.key: value.entity, number.key: value.id}
            elif name in table.c:
                row[name] = value
            else:
                row[self.tables.column(entity_id, name).key] = value
        row |= self._names(entity_id, row)
        with self.database.write() as connection:
            made = connection.execute(insert(table).values(row).returning(table.c.id))
            return int(made.scalar_one())

    def user(self, login: str, *roles: str, team: int | None = None, **values: Any) -> Actor:
        """Writes a user and returns the actor."""
        name = values.pop("name", login.title())
        user_id = self.add("user", login=login, name=name, roles=roles, team=team, **values)
        return self.actor(user_id)

    def team(self, key: str, parent: int | None = None) -> int:
        """Writes a team."""
        return self.add("team", key=key, name=key.title(), parent=parent)

    def actor(self, user_id: int) -> Actor:
        """Reads a user's record and the teams, as a session does."""
        users, teams = self.tables.table("user"), self.tables.table("team")
        with self.database.read() as connection:
            row = connection.execute(select(users).where(users.c.id == user_id)).mappings().one()
            parents = connection.execute(select(teams.c.id, teams.c.parent)).all()
        names = self.application.entity("user").fields
        values = {name: row[self.tables.column("user", name).key] for name in names}
        return user_actor(user_id, values, {one.id: one.parent for one in parents})

    def records(self, actor: Actor, entity_id: str, query: str = "") -> tuple[Record, ...]:
        """Returns the first page of a list, asked for by an address."""
        return self.page(actor, entity_id, query).records

    def page(self, actor: Actor, entity_id: str, query: str = "") -> Page:
        """Returns a page of a list."""
        return self.reader.page(actor, self.reader.parse(actor, entity_id, pairs(query)))

    def titles(self, actor: Actor, entity_id: str, query: str = "") -> list[str]:
        """Returns the titles on the first page of a list."""
        return [one.title for one in self.records(actor, entity_id, query)]

    def counting(self) -> AbstractContextManager[list[str]]:
        """Collects the statements that are sent meanwhile."""
        return statements(self.database.engine)

    def _names(self, entity_id: str, row: dict[str, Any]) -> dict[str, str]:
        entity = self.application.entity(entity_id)
        plain = row.get(entity.title_field or "") or row.get("name") or entity.label
        title = str(row.get("title", plain))
        found_by = " ".join([title, *(str(row[one]) for one in entity.search if row.get(one))])
        return {"title": title, "title_key": fold(title), "search_text": fold(found_by)}


def pairs(query: str) -> list[tuple[str, str]]:
    """Splits `a=1&b=2` as it is written, without percent signs."""
    return [
        (name, text) for name, _, text in (one.partition("=") for one in query.split("&") if one)
    ]


@contextmanager
def stocked(application: Application, url: str) -> Iterator[Stock]:
    """Creates the tables of an application in an empty database."""
    clock = FrozenClock(MONDAY)
    database = Database(url, clock)
    try:
        begin(database, application, create_everything)
        tables = build_tables(application)
        access = Access(application, tables, database)
        reader = Reader(application, tables, access, database, clock)
        yield Stock(application, database, tables, access, reader, clock)
    finally:
        database.dispose()
