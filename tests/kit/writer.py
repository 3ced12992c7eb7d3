"""A stocked database with the record service over it, and what holds of it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from sqlalchemy import Table, select

from engine.automation.rules import Rules
from engine.metadata.model.application import Application
from engine.metadata.model.text import Value
from engine.runtime.actor import ENGINE, Actor
from engine.runtime.records.changes import Saved
from engine.runtime.records.reactions import Reactions
from engine.runtime.records.service import RecordService
from engine.runtime.records.store import fetch
from engine.runtime.tables.system import FORM_TOKENS, HISTORY, LOG, NAMING_ENTITIES
from engine.runtime.translate import CompanyWords, Translator
from tests.kit.oracles import Books, broken
from tests.kit.stock import Stock, stocked


@dataclass(frozen=True, slots=True)
class Desk:
    """The service, and what lies under it."""

    stock: Stock
    service: RecordService

    def values(self, saved: Saved) -> dict[str, Value]:
        """Returns what is stored of a record."""
        compiled = self.service.tools.entities[saved.entity]
        with self.stock.database.read() as connection:
            record = fetch(connection, compiled, saved.id)
        assert record is not None
        return {**record.values, "version": record.version}

    def rows(self, table: Table, **where: Any) -> list[dict[str, Any]]:
        """Returns rows of one of the engine's tables."""
        query = select(table).where(*(table.c[name] == value for name, value in where.items()))
        with self.stock.database.read() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def history(self, saved: Saved) -> list[dict[str, Any]]:
        """Returns the history of a record, oldest first."""
        found = self.rows(HISTORY, entity=saved.entity, record_id=saved.id)
        return sorted(found, key=lambda row: row["version"])

    def digest(self) -> str:
        """Returns a digest of all that is stored, save the log of denials."""
        found = {}
        tables = [*self.stock.tables.tables.values(), *NAMING_ENTITIES, FORM_TOKENS]
        with self.stock.database.read() as connection:
            for table in tables:
                if table is not LOG:
                    rows = connection.execute(select(table)).all()
                    found[table.name] = sorted(repr(tuple(row)) for row in rows)
        return sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()

    def broken(self) -> list[str]:
        """Returns the promises that the database does not keep."""
        stock = self.stock
        return broken(Books(stock.database, stock.application, stock.tables))


@contextmanager
def writing(
    application: Application,
    url: str,
    reactions: Reactions | None = None,
    *,
    by_rules: bool = False,
) -> Iterator[Desk]:
    """Opens an empty database of an application with the service over it, its rules as asked."""
    with stocked(application, url) as stock:
        if by_rules:
            reactions = Rules(stock.application, stock.tables, stock.access)
        service = RecordService(
            stock.database,
            stock.application,
            stock.tables,
            stock.access,
            stock.clock,
            CompanyWords(Translator(stock.clock), application),
            reactions,
        )
        yield Desk(stock, service)


def person(desk: Desk, login: str, *roles: str, **values: Any) -> Actor:
    """Creates a user through the service and returns the actor."""
    payload = {"login": login, "name": login.title(), "roles": list(roles), **values}
    saved = desk.service.create(ENGINE, "user", payload)
    return desk.stock.actor(saved.id)


def rule_actor(actor: Actor, rule: str) -> Actor:
    """Returns the identity under which a rule acts for an actor."""
    return replace(actor, kind="rule", name=rule)
