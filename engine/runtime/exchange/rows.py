"""Rows of `data/` and `demo/` become records: each once, links by the key of their target.

A row waits until the rows that it links to are there. Where rows link to each other in a ring, the
links that may be empty are written afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from engine.errors import Message, Refused, say
from engine.metadata.fieldtypes.base import Storage
from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.metadata.model.application import Application
from engine.metadata.model.field import Field
from engine.metadata.model.role import Team
from engine.metadata.model.rows import Row
from engine.metadata.model.text import RecordRef
from engine.metadata.problems import Mark
from engine.runtime.actor import ENGINE
from engine.runtime.database import Database
from engine.runtime.records.bulk import RowsRefused
from engine.runtime.records.service import RecordService
from engine.runtime.tables.system import ROW_KEYS

TEAM = "team"
# A cell that may be left out because the key of the row says it.
KEY_FIELDS = {"user": "login", TEAM: "key"}

Key = tuple[str, str]  # entity, key of the row


@dataclass(slots=True)
class Waiting:
    """What one loading still has to do."""

    rows: list[Row]
    later: list[tuple[Row, str]] = field(default_factory=list)


class RowLoader:
    """Loads rows of one configuration."""

    def __init__(
        self, application: Application, database: Database, records: RecordService
    ) -> None:
        self._application = application
        self._database = database
        self._records = records

    def load(self, rows: Sequence[Row]) -> None:
        """Create the records of rows that were never loaded."""
        known = self.known()
        waiting = Waiting([one for one in rows if key_of(one) not in known])
        while waiting.rows:
            ready = [one for one in waiting.rows if not any(self._missing(one, known))]
            if ready:
                self._create(ready, known, waiting)
            else:
                self._create([self._least_bound(waiting.rows, known)], known, waiting)
        for row, name in waiting.later:
            payload = {name: self._value(row, name, known)}
            self._records.update(ENGINE, row.entity, known[key_of(row)], payload, None)

    def load_teams(self, teams: Mapping[str, Team]) -> None:
        """Let the records of teams be as they are declared."""
        known = self.known()
        for team in in_order(teams):
            parent = known.get((TEAM, team.parent)) if team.parent else None
            payload: dict[str, object] = {"name": team.label, "parent": parent}
            if (TEAM, team.id) in known:
                self._records.update(ENGINE, TEAM, known[TEAM, team.id], payload, None)
                continue
            batch = [payload | {"key": team.id}]
            (made,) = self._records.create_many(ENGINE, TEAM, batch, keys=[team.id])
            if made.saved is not None:
                known[TEAM, team.id] = made.saved.id

    def known(self) -> dict[Key, int]:
        """Return the records of all rows that have been loaded."""
        with self._database.read() as connection:
            found = connection.execute(
                select(ROW_KEYS.c.entity, ROW_KEYS.c.key, ROW_KEYS.c.record_id)
            )
            return {(one.entity, one.key): one.record_id for one in found}

    def _create(self, ready: Sequence[Row], known: dict[Key, int], waiting: Waiting) -> None:
        """Create the records of rows, entity by entity."""
        for entity in dict.fromkeys(one.entity for one in ready):
            batch = [one for one in ready if one.entity == entity]
            payloads = [self._payload(one, known, waiting) for one in batch]
            keys = [one.key for one in batch]
            try:
                made = self._records.create_many(ENGINE, entity, payloads, keys=keys)
            except RowsRefused as refused:
                raise row_refused(batch, refused) from refused
            for row, outcome in zip(batch, made, strict=True):
                if outcome.saved is not None:
                    known[key_of(row)] = outcome.saved.id
        done = set(map(key_of, ready))
        waiting.rows = [one for one in waiting.rows if key_of(one) not in done]

    def _payload(self, row: Row, known: Mapping[Key, int], waiting: Waiting) -> dict[str, object]:
        missing = set(self._missing(row, known))
        waiting.later += [(row, one) for one in missing]
        payload = {name: self._value(row, name, known) for name in row.cells if name not in missing}
        key_field = KEY_FIELDS.get(row.entity)
        return {key_field: row.key, **payload} if key_field else payload

    def _value(self, row: Row, name: str, known: Mapping[Key, int]) -> object:
        """Return a cell as the record service takes it."""
        target = self._target(row, name)
        if target is None:
            text = row.cells[name].text
            return list(text) if isinstance(text, tuple) else text
        record_id = known[target]
        is_any = storage_of(self._field(row, name)) is Storage.ANY_LINK
        return RecordRef(target[0], record_id) if is_any else record_id

    def _missing(self, row: Row, known: Mapping[Key, int]) -> Iterator[str]:
        """Yield the links of a row whose targets are not there yet."""
        for name in row.cells:
            target = self._target(row, name)
            if target is not None and target not in known:
                yield name

    def _target(self, row: Row, name: str) -> Key | None:
        """Return what a cell links to, None where it is no link."""
        one, text = self._field(row, name), row.cells[name].text
        words = text if isinstance(text, str) else " ".join(text)
        match storage_of(one):
            case Storage.LINK:
                return (one.to or "", words)
            case Storage.ANY_LINK:
                entity, _, key = words.partition(" ")
                return (entity, key.strip())
            case _:
                return None

    def _least_bound(self, rows: Sequence[Row], known: Mapping[Key, int]) -> Row:
        """Return a row of a ring that can be made without its links for now."""
        to_come = {key_of(one) for one in rows}
        for row in rows:
            missing = list(self._missing(row, known))
            if all(
                self._target(row, one) in to_come and not self._field(row, one).required
                for one in missing
            ):
                return row
        cell = rows[0].cells[next(self._missing(rows[0], known))]
        said = say("'{key}' is no row that could be loaded before this one.", key=str(cell.text))
        raise at_place(cell.mark, said)

    def _field(self, row: Row, name: str) -> Field:
        return self._application.entity(row.entity).fields[name]


def key_of(row: Row) -> Key:
    """Return what names a row."""
    return (row.entity, row.key)


def storage_of(one: Field) -> Storage:
    """Return how a field is kept."""
    return FIELD_TYPES[one.type].storage


def in_order(teams: Mapping[str, Team]) -> Iterator[Team]:
    """Yield teams, each after the one it belongs to."""
    done: set[str] = set()

    def with_parents(team: Team) -> Iterator[Team]:
        if team.id in done:
            return
        done.add(team.id)
        if team.parent is not None and team.parent in teams:
            yield from with_parents(teams[team.parent])
        yield team

    for team in teams.values():
        yield from with_parents(team)


def row_refused(batch: Sequence[Row], refused: RowsRefused) -> Refused:
    """Return a refused row as a sentence with its place."""
    number, name, message = refused.first()
    row = batch[number]
    mark = row.cells[name].mark if name in row.cells else row.mark
    if not name or name in row.cells:
        return at_place(mark, message)
    return at_place(mark, say("{field}: {message}", field=name, message=str(message)))


def at_place(mark: Mark, message: Message) -> Refused:
    """Return a refusal that begins with the place in the file."""
    return Refused(
        say(
            "{file}:{line}:{column}: {message}",
            file=mark.file,
            line=mark.line,
            column=mark.column,
            message=str(message),
        )
    )
