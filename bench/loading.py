"""Fills a database with the subject: people and clients by the engine, deals by direct SQL.

The indexes of what is filled by direct SQL are dropped before and made again after, and both
kinds of databases are analysed at the end. The hand-written CRM works on a copy of the result.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any, Protocol

import psycopg

from bench.deals import (
    CLIENTS,
    EVERY_NOTED,
    NOTES,
    OPEN_TASKS,
    TEAMS,
    USERS,
    WISH,
    Deal,
    People,
    Row,
    client_payload,
    deals,
    image,
    moment,
)
from engine.app import open_services
from engine.metadata.load import load
from engine.metadata.model.application import Application
from engine.runtime.accounts.door import Visit
from engine.runtime.accounts.people import Profile
from engine.runtime.actor import ENGINE
from engine.runtime.database import Database
from engine.runtime.services import Services
from engine.start import bring_up_to_date

SUBJECT = Path(__file__).parent / "subject"
CHUNK = 5_000
FILLED = ("e_deal", "e_task", "e_activity", "kt_history", "kt_stays")
HEADS = 2
SELLER = "seller1"

BASE = ("title", "title_key", "search_text", "created_at", "created_by", "updated_at")
DEAL = (
    *("id", *BASE, "updated_by", "archived", "version", "last_activity_at"),
    *("name", "client", "owner", "stage", "source", "priority", "next_contact", "phone", "email"),
    *("city", "address", "length_m", "price", "extras", "discount", "amount", "prepaid", "cost"),
    *("promised_for", "urgent", "wishes", "lost_reason"),
)
TASK = ("id", *BASE, "archived", "version", "subject", "due", "to", "type", "done")
ABOUT = ("_about_entity", "_about_id")
NOTE = ("id", *BASE, "archived", "version", "type", "text", "by", "at", *ABOUT)
HISTORY = (
    *("entity", "record_id", "version", "action", "actor_kind", "user_id", "actor_name", "at"),
    *("after", "fields"),
)
STAY = ("entity", "record_id", "field", "stage", "entered_at")
FIELDS = '["amount", "client", "name", "owner", "stage"]'


class Loader(Protocol):
    """Puts rows into a table as fast as its database takes them."""

    def put(self, table: str, columns: tuple[str, ...], rows: Iterable[Row]) -> None:
        """Insert rows; all of one call are committed together."""

    def run(self, statement: str) -> list[Row]:
        """Run one statement and return what it answers."""

    def close(self) -> None:
        """Close the connection."""


class SqliteLoader:
    """Loads a file."""

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA synchronous=OFF")

    def put(self, table: str, columns: tuple[str, ...], rows: Iterable[Row]) -> None:
        """Insert rows in one transaction."""
        places = ", ".join("?" * len(columns))
        self._connection.execute("BEGIN")
        self._connection.executemany(f"{_into(table, columns)} VALUES ({places})", rows)
        self._connection.execute("COMMIT")

    def run(self, statement: str) -> list[Row]:
        """Run one statement."""
        return self._connection.execute(statement).fetchall()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


class PostgresLoader:
    """Loads a database of a server."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(
            url.replace("postgresql+psycopg", "postgresql"), autocommit=True
        )

    def put(self, table: str, columns: tuple[str, ...], rows: Iterable[Row]) -> None:
        """Copy rows into a table."""
        names = ", ".join(f'"{one}"' for one in columns)
        with (
            self._connection.cursor() as cursor,
            cursor.copy(f'COPY "{table}" ({names}) FROM STDIN'.encode()) as copy,
        ):
            for row in rows:
                copy.write_row(row)

    def run(self, statement: str) -> list[Row]:
        """Run one statement."""
        done = self._connection.execute(statement.encode())
        return done.fetchall() if done.description else []

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


@dataclass(frozen=True, slots=True)
class Loaded:
    """A filled database: the cookie of a seller who is signed in, and how long it took."""

    cookie: str
    seconds: float


def fill(url: str, count: int) -> Loaded:
    """Make the subject's tables and fill them with so many deals."""
    began = perf_counter()
    database = Database(url)
    application = subject()
    bring_up_to_date(application, database)
    services = open_services(application, database)
    people = add_people(services, min(CLIENTS, count))
    loader = loader_of(database)
    with without_indexes(loader, database.dialect):
        put_deals(loader, count, people)
    cookie = sign_in(services)
    settle(loader, database)
    loader.close()
    database.dispose()
    return Loaded(cookie, perf_counter() - began)


def subject() -> Application:
    """Read the configuration that is measured."""
    loaded = load(SUBJECT)
    if loaded.application is None:
        raise SystemExit(str(loaded.problems))
    return loaded.application


def add_people(services: Services, clients: int) -> People:
    """Add users by the user administration and clients by the bulk service."""
    teams = {one.key: one.id for one in services.accounts.people.teams()}
    users = []
    for number in range(USERS):
        is_head = number >= USERS - HEADS
        role, team = ("head" if is_head else "seller"), teams[TEAMS[number % len(TEAMS)]]
        profile = Profile(f"Person {number + 1}", (role,), team)
        users.append(services.accounts.people.add(ENGINE, f"{role}{number + 1}", profile))
    sellers = tuple(users[: USERS - HEADS])
    payloads = [client_payload(one, sellers[one % len(sellers)]) for one in range(clients)]
    made = services.records.create_many(ENGINE, "client", payloads)
    ids = tuple(one.saved.id for one in made if one.saved is not None)
    return People(sellers, ids)


def loader_of(database: Database) -> SqliteLoader | PostgresLoader:
    """Return what loads a database fastest."""
    if database.dialect == "sqlite":
        return SqliteLoader(str(database.url.database))
    return PostgresLoader(database.url.render_as_string(hide_password=False))


@contextmanager
def without_indexes(loader: Loader, dialect: str) -> Iterator[None]:
    """Take the indexes of what is filled away meanwhile."""
    listed = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        f" AND tbl_name IN {FILLED}",
        "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
        f" AND tablename IN {FILLED} AND indexname NOT IN (SELECT conname FROM pg_constraint)",
    }
    found = loader.run(listed[dialect])
    for name, _ in found:
        loader.run(f'DROP INDEX "{name}"')
    yield
    for _, definition in found:
        loader.run(definition)


def put_deals(loader: Loader, count: int, people: People) -> None:
    """Fill deals with their history, their stays, tasks and notes."""
    now = datetime.now(UTC)
    coming, numbers = deals(count, people, now), _Numbers()
    while chunk := list(islice(coming, CHUNK)):
        loader.put("e_deal", DEAL, map(_deal, chunk))
        loader.put("kt_stays", STAY, map(_stay, chunk))
        notes = [note for one in chunk if one.id % EVERY_NOTED == 0 for note in _notes(one, now)]
        own = [numbers.note(one) for one in notes]
        loader.put("e_activity", NOTE, own)
        loader.put("kt_history", HISTORY, (*map(_history, chunk), *map(_note_history, own)))
    open_tasks = OPEN_TASKS * len(people.sellers)
    loader.put("e_task", (*TASK, *ABOUT), _tasks(open_tasks, count, people, now))


def settle(loader: Loader, database: Database) -> None:
    """Leave nothing to be done by a worker, put counters behind what was loaded, and analyse."""
    loader.run("UPDATE kt_outbox SET state = 'done'")
    if database.dialect == "postgresql":
        for table in ("e_deal", "e_task", "e_activity"):
            loader.run(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
            )
        loader.run("VACUUM ANALYZE")
        return
    loader.run("ANALYZE")
    loader.run("PRAGMA wal_checkpoint(TRUNCATE)")


def sign_in(services: Services, login: str = SELLER) -> str:
    """Start a session of a seller, and return its cookie."""
    user = services.accounts.people.by_login(login)
    visit = Visit("127.0.0.1", "bench", stay=True)
    with services.database.write() as connection:
        return services.accounts.door.start(connection, user.id, visit).cookie


class _Numbers:
    """Gives notes their ids."""

    def __init__(self) -> None:
        self._last = 0

    def note(self, row: Row) -> Row:
        self._last += 1
        return (self._last, *row)


def _into(table: str, columns: tuple[str, ...]) -> str:
    names = ", ".join(f'"{one}"' for one in columns)
    return f'INSERT INTO "{table}" ({names})'


def _deal(deal: Deal) -> Row:
    base = (deal.name, deal.name.casefold(), deal.search, deal.created_at, deal.owner)
    state = (deal.updated_at, deal.owner, False, 1, deal.updated_at)
    return (deal.id, *base, *state, deal.name, deal.client, deal.owner, deal.stage, *_values(deal))


def _values(deal: Deal) -> Iterator[Any]:
    return (deal.values[one] for one in DEAL[DEAL.index("source") :])


def _stay(deal: Deal) -> Row:
    return ("deal", deal.id, "stage", deal.stage, deal.updated_at)


def _history(deal: Deal) -> Row:
    who = ("user", deal.owner, f"Person {deal.owner}")
    return ("deal", deal.id, 1, "create", *who, deal.created_at, image(deal), FIELDS)


def _notes(deal: Deal, now: datetime) -> Iterator[Row]:
    for number in range(NOTES):
        at = min(datetime.fromisoformat(deal.created_at) + timedelta(hours=number + 1), now)
        said, when = f"{WISH} ({number + 1})", moment(at)
        base = (said, said.casefold(), said.casefold(), when, deal.owner, when, False, 1)
        yield (*base, "note", said, deal.owner, when, "deal", deal.id)


def _note_history(note: Row) -> Row:
    number, said, by, at = note[0], note[10], note[11], note[12]
    return (
        "activity",
        number,
        1,
        "create",
        "user",
        by,
        f"Person {by}",
        at,
        f'{{"text": "{said}"}}',
        "[]",
    )


def _tasks(count: int, among: int, people: People, now: datetime) -> Iterator[Row]:
    for number in range(count):
        seller = people.sellers[number % len(people.sellers)]
        about = _recent(among, number % len(people.sellers), number // len(people.sellers))
        due = now + timedelta(hours=number // len(people.sellers) * 6 - 36)
        said, when = f"Call about deal {about}", moment(now - timedelta(days=2))
        base = (said, said.casefold(), said.casefold(), when, seller, when, False, 1)
        task = (said, moment(due), seller, "call", False)
        yield (number + 1, *base, *task, "deal", about)


def _recent(count: int, seller: int, number: int) -> int:
    """Return one of the newest deals of a seller."""
    owners = USERS - HEADS
    newest = count - (count - seller) % owners
    return max(newest - number * owners, 1)
