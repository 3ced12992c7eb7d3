"""The run log, read: which rule looked at a record, what it saw, what it did, and why not.

A run is told to whoever sees its record. What that person may not read of the values is hidden, and
with it each sentence and condition that was made of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, Select, select

from engine.errors import Message, NotFound, say
from engine.metadata.model.application import Application
from engine.metadata.model.text import RecordRef
from engine.runtime.access import Access
from engine.runtime.actor import Actor
from engine.runtime.database import Database
from engine.runtime.query.names import RecordNames
from engine.runtime.records.entries import Who
from engine.runtime.records.images import from_json
from engine.runtime.records.reading.options import HIGHEST_ID
from engine.runtime.records.run_paths import Looked, Names, Place, RunPaths, names_by_address
from engine.runtime.records.seeing import Entities, require_seen, seen_records
from engine.runtime.records.store import fetch_values
from engine.runtime.tables.system import HISTORY, RUNS

Json: TypeAlias = Mapping[str, Any]
MOST = 200
HIDDEN = say("What came of it may not be read here.")


@dataclass(frozen=True, slots=True)
class RunValue:
    """A value that was read, as the company writes it; `is_hidden` where it may not be read."""

    path: str
    shown: str
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class RunCheck:
    """A condition (`key` is `when` or `where`) and whether it held; a hidden one has no text."""

    key: str
    text: str
    result: bool
    values: tuple[RunValue, ...]


@dataclass(frozen=True, slots=True)
class RunMade:
    """A record that a step made; its title where it may be known, a way to it where it is seen."""

    record: RecordRef
    title: str
    is_seen: bool


@dataclass(frozen=True, slots=True)
class RunStep:
    """A step: what it is in words, whether it was done, skipped or failed, and what came of it."""

    address: str
    step: str
    words: Message
    result: str
    values: tuple[RunValue, ...] = ()
    said: Message | None = None
    made: RunMade | None = None


@dataclass(frozen=True, slots=True)
class RunStory:
    """One run of a rule or button about a record; `who` changed or pressed what started it."""

    id: int
    address: str
    label: str
    record: RecordRef
    state: str
    trigger: str
    names: tuple[str, ...]
    at: datetime
    who: Who | None
    checks: tuple[RunCheck, ...] = ()
    steps: tuple[RunStep, ...] = ()
    reason: Message | None = None


class RunLog:
    """Reads the runs of one configuration."""

    def __init__(
        self, database: Database, application: Application, access: Access, entities: Entities
    ) -> None:
        self._database = database
        self._access = access
        self._entities = entities
        self._names = names_by_address(application)
        self._titles = RecordNames(application, access)

    def run(self, actor: Actor, run_id: int) -> RunStory:
        """Return one run, if it is about a record that the actor sees."""
        query = _runs().where(RUNS.c.id == (run_id if 0 < run_id <= HIGHEST_ID else 0))
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
            if row is None or row.record_id is None:
                raise NotFound(say("There is no such run, or none that you may see."))
            record = RecordRef(row.entity, row.record_id)
            require_seen(connection, self._access, self._entities, actor, record)
            return self._told(connection, actor, [row])[0]

    def runs(self, actor: Actor, record: RecordRef, limit: int) -> tuple[RunStory, ...]:
        """Return the newest runs about a record."""
        query = (
            _runs()
            .where(RUNS.c.entity == record.entity, RUNS.c.record_id == record.id)
            .order_by(RUNS.c.id.desc())
            .limit(max(1, min(limit, MOST)))
        )
        with self._database.read() as connection:
            require_seen(connection, self._access, self._entities, actor, record)
            return self._told(connection, actor, connection.execute(query).all())

    def _told(
        self, connection: Connection, actor: Actor, rows: Sequence[Row[Any]]
    ) -> tuple[RunStory, ...]:
        made, looked = self._made(connection, actor, rows), Looked()
        return tuple(
            _Telling(self._paths(connection, actor, row, looked), made).story(row) for row in rows
        )

    def _paths(
        self, connection: Connection, actor: Actor, row: Row[Any], looked: Looked
    ) -> RunPaths:
        image = from_json(row.after, self._entities[row.entity].entity)
        names: Names = self._names.get(row.rule_id, {})
        subject = Place(row.entity, row.record_id, image)
        entities, user_id = self._entities, row.user_id
        return RunPaths(connection, self._access, entities, actor, subject, names, user_id, looked)

    def _made(
        self, connection: Connection, actor: Actor, rows: Iterable[Row[Any]]
    ) -> Mapping[RecordRef, RunMade]:
        """Return the records that the steps of runs have made, as the actor may know them."""
        made = {one for row in rows for one in _made_by(row.trace or {})}
        known = {one for one in made if one.entity in self._entities}
        seen = seen_records(connection, self._access, self._entities, actor, known)
        found = {one: RunMade(one, "", is_seen=False) for one in made}
        for entity_id in {one.entity for one in seen}:
            showing = self._titles.showing(actor, entity_id)
            ids = [one.id for one in seen if one.entity == entity_id]
            for number, values in fetch_values(connection, self._entities[entity_id], ids).items():
                title = showing(number, str(values["title"] or ""))
                found[RecordRef(entity_id, number)] = RunMade(
                    RecordRef(entity_id, number), title, is_seen=True
                )
        return found


@dataclass(frozen=True, slots=True)
class _Telling:
    """Tells one run to one actor."""

    paths: RunPaths
    made: Mapping[RecordRef, RunMade]

    def story(self, row: Row[Any]) -> RunStory:
        trace: Json = row.trace or {}
        trigger: Json = trace.get("trigger") or {}
        checks = tuple(self._check(one) for one in trace.get("checks", ()))
        steps = tuple(self._step(one) for one in trace.get("steps", ()))
        read = [*_values_of(checks), *_values_of(steps)]
        who = Who(row.actor_kind, row.user_id, row.actor_name) if row.actor_kind else None
        return RunStory(
            id=row.id,
            address=row.rule_id,
            label=str(trace.get("label", "")),
            record=RecordRef(row.entity, row.record_id),
            state=row.state,
            trigger=str(trigger.get("kind", "")),
            names=tuple(trigger.get("names", ())),
            at=row.started_at,
            who=who,
            checks=checks,
            steps=steps,
            reason=_told(trace.get("reason"), read),
        )

    def _check(self, check: Json) -> RunCheck:
        values = self._values(check)
        text = "" if _is_hidden(values) else str(check["text"])
        return RunCheck(str(check["key"]), text, bool(check["result"]), values)

    def _step(self, step: Json) -> RunStep:
        values = self._values(step)
        made = None if step.get("made") is None else self.made[RecordRef(*step["made"])]
        return RunStep(
            address=str(step["at"]),
            step=str(step["step"]),
            words=_told(step["words"], values) or HIDDEN,
            result=str(step["result"]),
            values=values,
            said=_told(step.get("said"), values),
            made=made,
        )

    def _values(self, part: Json) -> tuple[RunValue, ...]:
        return tuple(self._value(path, shown) for path, shown, _ in part.get("values", ()))

    def _value(self, path: str, shown: str) -> RunValue:
        if self.paths.may_read(path):
            return RunValue(path, shown)
        return RunValue(path, "", is_hidden=True)


def _runs() -> Select[Any]:
    story = (HISTORY.c.actor_kind, HISTORY.c.user_id, HISTORY.c.actor_name, HISTORY.c.after)
    return select(RUNS, *story).outerjoin(HISTORY, HISTORY.c.id == RUNS.c.history_id)


def _made_by(trace: Json) -> Iterator[RecordRef]:
    for step in trace.get("steps", ()):
        if step.get("made") is not None:
            yield RecordRef(*step["made"])


def _values_of(parts: Iterable[RunCheck | RunStep]) -> Iterator[RunValue]:
    for one in parts:
        yield from one.values


def _is_hidden(values: Iterable[RunValue]) -> bool:
    return any(one.is_hidden for one in values)


def _told(kept: Json | None, values: Iterable[RunValue]) -> Message | None:
    """Return a sentence that was kept; one that holds values is hidden where any of them is."""
    if kept is None:
        return None
    return HIDDEN if kept.get("values") and _is_hidden(values) else message_of(kept)


def message_of(kept: Json) -> Message:
    """Return a sentence from the log: its values may be sentences again."""
    values = {
        name: message_of(one) if isinstance(one, Mapping) else one
        for name, one in (kept.get("values") or {}).items()
    }
    return Message(str(kept["text"]), values, str(kept.get("plural", "")))
