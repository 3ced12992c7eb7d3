"""A stocked database with the record service over it, and questions that invariants ask in SQL."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from sqlalchemy import Table, select, text

from engine.automation.rules import Rules
from engine.metadata.model.application import Application
from engine.metadata.model.text import Value
from engine.runtime.actor import ENGINE, Actor
from engine.runtime.records.changes import Saved
from engine.runtime.records.reactions import Reactions
from engine.runtime.records.service import RecordService
from engine.runtime.records.store import fetch
from engine.runtime.tables.system import FORM_TOKENS, HISTORY, LOG, NAMING_ENTITIES, OUTBOX, STAYS
from engine.runtime.translate import CompanyWords, Translator
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
        checks = dict(self._stays())
        checks["a press that does not say its button"] = (
            f"SELECT count(*) FROM {HISTORY.name} h "
            "WHERE (h.action = 'press') <> (h.press IS NOT NULL)"
        )
        for entity, table in self.stock.tables.tables.items():
            checks[f"{entity}: version is not the number of its history rows"] = (
                f'SELECT count(*) FROM "{table.name}" r WHERE r.version <> '
                f"(SELECT count(*) FROM {HISTORY.name} h "
                f"WHERE h.entity = '{entity}' AND h.record_id = r.id)"
            )
        checks["a change without its outbox row"] = (
            f"SELECT count(*) FROM {HISTORY.name} h WHERE 1 <> "
            f"(SELECT count(*) FROM {OUTBOX.name} o WHERE o.history_id = h.id)"
        )
        checks["an outbox row without its change"] = (
            f"SELECT count(*) FROM {OUTBOX.name} o WHERE NOT EXISTS "
            f"(SELECT 1 FROM {HISTORY.name} h WHERE h.id = o.history_id)"
        )
        with self.stock.database.read() as connection:
            return [name for name, query in checks.items() if connection.scalar(text(query))]

    def _stays(self) -> Iterator[tuple[str, str]]:
        """Yields the questions whether a row says of each record in which stage it stands."""
        for entity in self.stock.application.entities.values():
            for field in (one.id for one in entity.fields.values() if one.type == "stage"):
                table, stage = self.stock.tables.table(entity.id), self._column(entity.id, field)
                rows = (
                    f"SELECT count(*) FROM {STAYS.name} s "
                    f"WHERE s.entity = '{entity.id}' AND s.field = '{field}' AND "
                )
                here = f'{rows} s.record_id = r.id AND s.stage = r."{stage}"'
                stands = f'CASE WHEN r."{stage}" IS NULL THEN 0 ELSE 1 END'
                moved = f'SELECT count(*) FROM "{table.name}" r WHERE ({here}) <> {stands}'
                yield f"{entity.id}: a record without its stay", moved
                found = f'SELECT 1 FROM "{table.name}" r WHERE r.id = s.record_id'
                gone = f'{rows} NOT EXISTS ({found} AND r."{stage}" = s.stage)'
                yield f"{entity.id}: a stay without its record", gone

    def _column(self, entity: str, field: str) -> str:
        return self.stock.tables.column(entity, field).name


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
