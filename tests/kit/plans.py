"""A database that is led from one configuration to the next, as `kartoteka apply` does it."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select, text

from engine.app import open_services
from engine.clock import FrozenClock
from engine.metadata.model.application import Application
from engine.runtime.database import Database
from engine.runtime.plan.apply import apply
from engine.runtime.plan.compare import make_plan
from engine.runtime.plan.rows import load_rows
from engine.runtime.plan.steps import Plan, StepKind
from engine.runtime.tables.entity import RecordTables, build_tables
from engine.runtime.tables.system import SYSTEM
from tests.kit.applications import application

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass
class Living:
    """A database and the configuration that it serves."""

    database: Database
    application: Application | None = None
    history: list[Plan] = field(default_factory=list)

    @property
    def tables(self) -> RecordTables:
        """The tables of the configuration of now."""
        assert self.application is not None
        return build_tables(self.application)

    def plan(self, wanted: Application | str) -> Plan:
        """Plans without applying."""
        return make_plan(self.database, _read(wanted))

    def become(self, wanted: Application | str) -> Plan:
        """Plans and applies; nothing may be left to plan afterwards."""
        wanted = _read(wanted)
        plan = make_plan(self.database, wanted)
        apply(self.database, plan, wanted, "tester")
        if any(one.kind is StepKind.ROWS for one in plan.steps):
            self.load(wanted)
        self.application = wanted
        self.history.append(plan)
        again = make_plan(self.database, wanted)
        assert (again.steps, again.drift) == ((), ())
        return plan

    def load(self, wanted: Application, *, demo: bool = False) -> int:
        """Loads the rows that are not loaded yet, through the record service."""
        records = open_services(wanted, self.database).records
        return load_rows(wanted, self.database, records, demo=demo)

    def fill(self, entity: str, records: Iterable[Mapping[str, Any]]) -> None:
        """Writes records as they stand."""
        table = self.tables.table(entity)
        common = {"created_at": NOW, "updated_at": NOW}
        with self.database.write() as connection:
            connection.execute(insert(table), [common | dict(one) for one in records])

    def values(self, entity: str, *fields: str) -> list[Any]:
        """Returns the values of a field (tuples of several) in the order of the records."""
        tables = self.tables
        table = tables.table(entity)
        columns = [column for one in fields for column in tables.columns(entity, one)]
        with self.database.read() as connection:
            rows = connection.execute(select(*columns).order_by(table.c.id)).all()
        return [row[0] if len(columns) == 1 else tuple(row) for row in rows]

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Returns the rows of a query."""
        with self.database.read() as connection:
            return [tuple(row) for row in connection.execute(text(sql))]

    def dump(self) -> dict[str, list[tuple[Any, ...]]]:
        """Returns everything: all rows of all tables, ours and the system's."""
        with self.database.read() as connection:
            names = [one.name for one in SYSTEM.sorted_tables]
            names += [row.name for row in connection.execute(text("SELECT name FROM kt_tables"))]
            quote = connection.dialect.identifier_preparer.quote
            return {
                name: sorted(
                    (
                        tuple(map(str, row))
                        for row in connection.execute(text(f"SELECT * FROM {quote(name)}"))
                    ),
                )
                for name in names
            }


@contextmanager
def living(url: str, first: Application | str) -> Iterator[Living]:
    """Yields an empty database with the first configuration applied."""
    database = Database(url, FrozenClock(NOW))
    try:
        found = Living(database)
        found.become(first)
        yield found
    finally:
        database.dispose()


def words(plan: Plan) -> list[str]:
    """Returns the steps as the command line says them, without their order by weight."""
    return [f"{one.weight} {one.address}: {one.sentence}" for one in plan.steps]


def _read(wanted: Application | str) -> Application:
    return application(wanted) if isinstance(wanted, str) else wanted
