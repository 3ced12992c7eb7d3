"""A CRM with its rules at work, as `engine.app` joins it, and a clock that the test moves."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Table, insert, select

from engine.app import open_services
from engine.automation.worker import Worker
from engine.clock import FrozenClock
from engine.metadata.model.application import Application
from engine.metadata.model.text import RecordRef, Value
from engine.runtime.actor import ENGINE, Actor, user_actor
from engine.runtime.database import Database
from engine.runtime.plan.create import create_everything
from engine.runtime.plan.rows import load_rows
from engine.runtime.records.changes import Saved
from engine.runtime.records.store import read_stored, select_stored
from engine.runtime.services import Services
from engine.runtime.tables.system import RUNS, TIMERS
from tests.kit.accounts import quick_passwords
from tests.kit.prepared import begin
from tests.kit.sent import statements

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)  # 10:00 in Sofia, a working day


@dataclass(frozen=True, slots=True)
class Office:
    """The services, and short ways to do and to see what a test is about."""

    services: Services
    clock: FrozenClock

    def person(self, login: str, *roles: str, **values: Any) -> Actor:
        """Adds a user and returns the actor."""
        payload = {"login": login, "name": login.title(), "roles": list(roles), **values}
        saved = self.services.records.create(ENGINE, "user", payload)
        return self.actor(saved.id)

    def actor(self, user_id: int) -> Actor:
        """Returns the actor of a user."""
        parents = {int(str(one["id"])): one["parent"] for one in self.records("team")}
        values = self.record("user", user_id)
        return user_actor(user_id, values, parents)  # type: ignore[arg-type] # ids of teams

    @property
    def boss(self) -> Actor:
        """The engine itself, which may do everything."""
        return ENGINE

    def user_id(self, login: str) -> int:
        """Returns the id of a user."""
        (found,) = (one["id"] for one in self.records("user") if one["login"] == login)
        assert isinstance(found, int)
        return found

    def team(self, key: str) -> int:
        """Returns the id of a team of the configuration."""
        (found,) = (one["id"] for one in self.records("team") if one["key"] == key)
        assert isinstance(found, int)
        return found

    def create(self, actor: Actor, entity: str, **values: Any) -> Saved:
        """Creates a record."""
        return self.services.records.create(actor, entity, values)

    def change(self, actor: Actor, saved: Saved, **values: Any) -> Saved:
        """Changes a record, whatever version it has."""
        version = self.record(saved.entity, saved.id)["version"]
        assert isinstance(version, int)
        return self.services.records.update(actor, saved.entity, saved.id, values, version)

    def press(self, actor: Actor, saved: Saved, button: str, **answers: Any) -> Saved:
        """Presses a button."""
        return self.services.records.press(actor, saved.entity, saved.id, button, answers)

    def record(self, entity: str, record_id: int) -> dict[str, Value]:
        """Returns what is stored of a record."""
        (found,) = (one for one in self.records(entity) if one["id"] == record_id)
        return found

    def records(self, entity: str) -> list[dict[str, Value]]:
        """Returns all records of an entity, in the order of their ids."""
        compiled = self.services.records.tools.entities[entity]
        query = select_stored(compiled).order_by(compiled.table.c.id)
        with self.services.database.read() as connection:
            found = [read_stored(compiled, row) for row in connection.execute(query)]
        return [{**one.values, "version": one.version} for one in found]

    def tasks(self, *fields: str) -> list[Any]:
        """Returns fields of the open tasks: one field plain, several as tuples."""
        open_ones = [one for one in self.records("task") if not one["done"]]
        return [_picked(one, fields or ("subject",)) for one in open_ones]

    def told(self) -> list[tuple[Value, Value]]:
        """Returns who was told what."""
        return [(one["to"], one["text"]) for one in self.records("notification")]

    def runs(self, *rules: str) -> list[tuple[str, str]]:
        """Returns the run log: the last word of each address, and how the run ended."""
        found = [(_last(one["rule_id"]), one["state"]) for one in self.rows(RUNS)]
        return [one for one in found if not rules or one[0] in rules]

    def trace(self, rule: str, nth: int = -1) -> dict[str, Any]:
        """Returns the trace of a run of a rule, the last one where not said."""
        found = [one["trace"] for one in self.rows(RUNS) if _last(one["rule_id"]) == rule]
        trace: dict[str, Any] = found[nth]
        return trace

    def timers(self, state: str = "waiting") -> list[tuple[str, datetime]]:
        """Returns kind and time of the timers in a state, by time."""
        found = [one for one in self.rows(TIMERS) if one["state"] == state]
        return sorted((one["kind"], one["due_at"]) for one in found)

    def rows(self, table: Table) -> list[dict[str, Any]]:
        """Returns the rows of one of the engine's tables."""
        query = select(table).order_by(*table.primary_key)
        with self.services.database.read() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def write(self, table: Table, **values: Any) -> None:
        """Writes a row into one of the engine's tables."""
        with self.services.database.write() as connection:
            connection.execute(insert(table).values(**values))

    def later(self, length: timedelta) -> int:
        """Lets time pass, with a worker that wakes at each timer on the way."""
        end = self.clock.now() + length
        done = 0
        while (due := self._next_timer()) is not None and due <= end:
            self.clock.move_to(max(due, self.clock.now()))
            done += self.work()
        self.clock.move_to(end)
        return done + self.work()

    def work(self) -> int:
        """Lets a worker do what is due now."""
        return Worker(lambda: self.services).run_due()

    def _next_timer(self) -> datetime | None:
        return min((at for _, at in self.timers()), default=None)


def ref(saved: Saved) -> RecordRef:
    """Returns the reference to a record that was saved."""
    return RecordRef(saved.entity, saved.id)


def said(message: dict[str, Any] | None) -> str:
    """Returns a sentence of a trace in English."""
    if message is None:
        return ""
    values = {n: said(v) if isinstance(v, dict) else v for n, v in message["values"].items()}
    text: str = message["text"]
    if "plural" in message and values["number"] != 1:
        text = message["plural"]
    return text.format_map(values)


def seen(values: list[list[Any]]) -> dict[str, str]:
    """Returns what a check or a step has read: path -> the value as it is shown."""
    return {path: shown for path, shown, _ in values}


def make_office(database: Database, crm: Application) -> None:
    """Makes the tables of an office, with its teams."""
    create_everything(database, crm)
    load_rows(crm, database, open_services(crm, database).records, demo=False)


@contextmanager
def office(crm: Application, url: str) -> Iterator[Office]:
    """Opens an office on an empty database."""
    clock = FrozenClock(MONDAY)
    database = Database(url, clock, is_hurried=True)
    try:
        begin(database, crm, make_office)
        yield Office(open_services(crm, database, passwords=quick_passwords()), clock)
    finally:
        database.dispose()


Opened = Callable[[str], Office]


def _picked(record: dict[str, Value], fields: tuple[str, ...]) -> Any:
    found = tuple(record[one] for one in fields)
    return found[0] if len(found) == 1 else found


def _last(address: str) -> str:
    return address.rsplit(".", 1)[-1]


def counting(crm: Office) -> AbstractContextManager[list[str]]:
    """Collects the statements that are sent meanwhile."""
    return statements(crm.services.database.engine)
