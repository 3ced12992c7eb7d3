"""What must hold of a database whatever happened to it: the promises G1 to G8 as questions.

Each question finds what breaks a promise; nothing found is a pass. They read the rows as they lie,
and judge by the configuration's own words, not by the engine's code.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, Table, select, text

from engine.metadata.model.application import Application
from engine.metadata.model.rule import Trigger
from engine.runtime.database import Database
from engine.runtime.records.images import encode
from engine.runtime.tables.entity import RecordTables
from engine.runtime.tables.shape import is_stored
from engine.runtime.tables.system import (
    FORM_TOKENS,
    HISTORY,
    LADDERS,
    OUTBOX,
    RUNS,
    SEQUENCES,
    STAYS,
    TIMERS,
)

Row = Mapping[str, Any]
NEVER_RAN = ("failed",)


@dataclass(frozen=True, slots=True)
class Books:
    """A database to ask, and what it is the database of."""

    database: Database
    application: Application
    tables: RecordTables

    def rows(self, table: Table) -> list[Row]:
        """Returns the rows of a table, in their order."""
        query = select(table).order_by(*table.primary_key)
        with self.database.read() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def history(self) -> dict[tuple[str, int], list[Row]]:
        """Returns the changes of each record, oldest first."""
        found: dict[tuple[str, int], list[Row]] = {}
        for row in sorted(self.rows(HISTORY), key=lambda one: one["version"]):
            found.setdefault((row["entity"], row["record_id"]), []).append(row)
        return found

    def count(self, query: str) -> int:
        """Returns the number that a query counts."""
        with self.database.read() as connection:
            return _count(connection, query)


def broken(books: Books) -> list[str]:
    """Returns the promises that the rows do not keep, whoever wrote them."""
    checks = dict(_versions(books) | _outbox() | _stays(books) | _presses())
    with books.database.read() as connection:
        return [name for name, query in checks.items() if _count(connection, query)]


def broken_by_rules(books: Books) -> list[str]:
    """Returns the promises that rules, tokens, timers and numbers do not keep, too."""
    found = (name for name, check in DEEPER.items() if next(check(books), None) is not None)
    return [*broken(books), *found]


def _versions(books: Books) -> dict[str, str]:
    return {
        f"{entity}: version is not the number of its history rows": (
            f'SELECT count(*) FROM "{table.name}" r WHERE r.version <> '
            f"(SELECT count(*) FROM {HISTORY.name} h "
            f"WHERE h.entity = '{entity}' AND h.record_id = r.id)"
        )
        for entity, table in books.tables.tables.items()
    }


def _outbox() -> dict[str, str]:
    return {
        "a change without its outbox row": (
            f"SELECT count(*) FROM {HISTORY.name} h WHERE 1 <> "
            f"(SELECT count(*) FROM {OUTBOX.name} o WHERE o.history_id = h.id)"
        ),
        "an outbox row without its change": (
            f"SELECT count(*) FROM {OUTBOX.name} o WHERE NOT EXISTS "
            f"(SELECT 1 FROM {HISTORY.name} h WHERE h.id = o.history_id)"
        ),
    }


def _presses() -> dict[str, str]:
    return {
        "a press that does not say its button": (
            f"SELECT count(*) FROM {HISTORY.name} h "
            "WHERE (h.action = 'press') <> (h.press IS NOT NULL)"
        )
    }


def _stays(books: Books) -> dict[str, str]:
    """Returns the questions whether a row says of each record in which stage it stands."""
    found = {}
    for entity, field in _stage_fields(books.application):
        table = books.tables.table(entity).name
        stage = books.tables.column(entity, field).name
        rows = (
            f"SELECT count(*) FROM {STAYS.name} s "
            f"WHERE s.entity = '{entity}' AND s.field = '{field}' AND "
        )
        here = f'{rows} s.record_id = r.id AND s.stage = r."{stage}"'
        stands = f'CASE WHEN r."{stage}" IS NULL THEN 0 ELSE 1 END'
        moved = f'SELECT count(*) FROM "{table}" r WHERE ({here}) <> {stands}'
        found[f"{entity}: a record without its stay"] = moved
        one = f'SELECT 1 FROM "{table}" r WHERE r.id = s.record_id'
        gone = f'{rows} NOT EXISTS ({one} AND r."{stage}" = s.stage)'
        found[f"{entity}: a stay without its record"] = gone
    return found


def changed_past_its_history(books: Books) -> Iterator[str]:
    """Yields the records that are not what their last history row says (G1)."""
    last = {key: rows[-1]["after"] for key, rows in books.history().items()}
    for entity in books.application.entities.values():
        for row in books.rows(books.tables.table(entity.id)):
            image = last.get((entity.id, row["id"]), {})
            for name, value in _values(books, entity.id, row).items():
                if image.get(name) != value:
                    yield f"{entity.id} {row['id']}: {name} is {value!r}, not {image.get(name)!r}"


def broken_chains(books: Books) -> Iterator[str]:
    """Yields the changes that began with something else than the change before left (G7, G8)."""
    for (entity, record_id), rows in books.history().items():
        if entity in books.application.entities:
            names = _plain_fields(books.application, entity)
            for one, following in pairwise(rows):
                for name in names:
                    if one["after"].get(name) != following["before"].get(name):
                        yield f"{entity} {record_id}, version {following['version']}: {name}"


def wrong_runs(books: Books) -> Iterator[str]:
    """Yields the rules that should have heard of a change and did not, and the other way (G1)."""
    expected = {(row["id"], one) for row in books.rows(HISTORY) for one in _heard_by(books, row)}
    found = Counter(
        (row["history_id"], row["rule_id"])
        for row in books.rows(RUNS)
        if row["history_id"] is not None and row["state"] not in NEVER_RAN
    )
    yield from (f"{one} twice" for one, number in found.items() if number > 1)
    yield from (f"no run of {one}" for one in sorted(expected - found.keys()))
    yield from (f"a run of {one} for nothing" for one in sorted(found.keys() - expected))
    yield from (f"run {row['id']} goes on" for row in books.rows(RUNS) if row["state"] == "running")


def repeated_tokens(books: Books) -> Iterator[str]:
    """Yields the form tokens under which a person did more than one thing (G3)."""
    yield from (
        f"{token}: {number} changes" for token, number in _done(books).items() if number > 1
    )


def lost_tokens(books: Books) -> Iterator[str]:
    """Yields the form tokens of what was done that nobody remembers, and the other way (G3)."""
    results = {row["token"]: row["result"] for row in books.rows(FORM_TOKENS)}
    yield from (f"{token}: forgotten" for token in _done(books).keys() - results.keys())
    yield from (f"{token}: taken for nothing" for token, one in results.items() if one is None)


def _done(books: Books) -> Counter[str]:
    """Returns how many changes a person has made under each token."""
    return Counter(
        row["token"]
        for row in books.rows(HISTORY)
        if row["token"] is not None and row["actor_kind"] == "user"
    )


def wrong_ladders(books: Books) -> Iterator[str]:
    """Yields the ladders whose count is not that of their last press, or that skip a try."""
    history = books.history()
    for row in books.rows(LADDERS):
        changes = history.get((row["entity"], row["record_id"]), ())
        presses = [one["press"] for one in changes if one["press"]]
        numbers = [one["number"] for one in presses if one["button"] == row["button"]]
        if not numbers or numbers[-1] != row["count"]:
            yield f"{row['entity']} {row['record_id']}: {row['count']} after {numbers}"
        if any(after not in (1, before + 1) for before, after in pairwise([0, *numbers])):
            yield f"{row['entity']} {row['record_id']}: tries {numbers}"


def wrong_timers(books: Books) -> Iterator[str]:
    """Yields the timers that came too early, or that somebody has given up (G6)."""
    for row in books.rows(TIMERS):
        if row["state"] == "dead":
            yield f"timer {row['id']} is dead: {row['last_error']}"
        if row["fired_at"] is not None and row["fired_at"] < row["due_at"]:
            yield f"timer {row['id']} came {row['due_at'] - row['fired_at']} too early"


def gaps_in_numbers(books: Books) -> Iterator[str]:
    """Yields the sequences that skip a number, or gave one twice."""
    given = {(row["entity"], row["field"]): row["last"] for row in books.rows(SEQUENCES)}
    for (entity, name), last in given.items():
        column = books.tables.column(entity, name)
        with books.database.read() as connection:
            numbers = list(connection.scalars(select(column)))
        if len(numbers) != last or len(set(numbers)) != last:
            yield f"{entity}.{name}: {len(set(numbers))} of {last} numbers"


DEEPER: Mapping[str, Callable[[Books], Iterator[str]]] = {
    "a record is not what its history says": changed_past_its_history,
    "a change does not begin where the one before ended": broken_chains,
    "rules that listened and run rows differ": wrong_runs,
    "a token stands for more than one event": repeated_tokens,
    "a token is forgotten, or taken for nothing": lost_tokens,
    "a ladder is not where its presses led": wrong_ladders,
    "a timer came early or is dead": wrong_timers,
    "numbers have gaps": gaps_in_numbers,
}


def late_timers(books: Books, now: datetime, bound: timedelta = timedelta()) -> int:
    """Returns how many timers are due for longer than they may be (G6)."""
    waiting = [one for one in books.rows(TIMERS) if one["state"] == "waiting"]
    return sum(one["due_at"] + bound < now for one in waiting)


def _heard_by(books: Books, row: Row) -> Iterator[str]:
    """Yields the addresses of what must have left a run for a change."""
    if row["press"] is not None:
        yield row["press"]["address"]
    for rule in books.application.automations.values():
        if rule.entity == row["entity"] and any(_means(books, one, row) for one in rule.on):
            yield rule.address


def _means(books: Books, trigger: Trigger, row: Row) -> bool:
    """Says whether a change is what a trigger waits for."""
    stages = [name for entity, name in _stage_fields(books.application) if entity == row["entity"]]
    moved = [name for name in stages if name in row["fields"]]
    match trigger.kind:
        case "created":
            return bool(row["action"] == "create")
        case "changed":
            names = set(row["fields"]) - {"archived", "trashed_at"}
            named = set(trigger.names) & names if trigger.names else names
            return row["action"] != "create" and bool(named)
        case "entered":
            return _names_one(trigger, [row["after"].get(one) for one in moved])
        case "left":
            return _names_one(trigger, [(row["before"] or {}).get(one) for one in moved])
        case "pressed":
            return _names_one(trigger, [row["press"]["button"]] if row["press"] else [])
        case _:
            return False


def _names_one(trigger: Trigger, found: Sequence[str | None]) -> bool:
    there = [one for one in found if one is not None]
    return bool(set(trigger.names) & set(there)) if trigger.names else bool(there)


def _stage_fields(application: Application) -> list[tuple[str, str]]:
    return [
        (entity.id, field.id)
        for entity in application.entities.values()
        for field in entity.fields.values()
        if field.type == "stage"
    ]


def _plain_fields(application: Application, entity: str) -> list[str]:
    """Returns the fields that change by being written: formulas follow what they read."""
    fields = application.entity(entity).fields.values()
    return [one.id for one in fields if one.formula is None and is_stored(one)]


def _values(books: Books, entity: str, row: Row) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in _plain_fields(books.application, entity):
        cells = [row[one.key] for one in books.tables.columns(entity, name)]
        found[name] = (None if cells[1] is None else cells) if len(cells) == 2 else encode(cells[0])
    return {name: json.loads(json.dumps(value)) for name, value in found.items()}


def _count(connection: Connection, query: str) -> int:
    return int(connection.scalar(text(query)) or 0)
