"""Loads the rows of a configuration through the one writer, and keeps declared teams as declared.

A row is loaded once: its key is remembered, and what people make of the record afterwards is
theirs. A linked record is loaded before the one that links to it, whatever the order of the files.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from engine.errors import Message, Refused, say
from engine.metadata.fieldtypes.base import Storage
from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.metadata.model.application import Application
from engine.metadata.model.role import Team
from engine.metadata.model.rows import Cell, Row
from engine.metadata.model.text import RecordRef
from engine.runtime.actor import ENGINE
from engine.runtime.database import Database
from engine.runtime.plan.match import match
from engine.runtime.plan.row_steps import TEAM, pending_rows, stale_teams
from engine.runtime.plan.state import read_state
from engine.runtime.records.bulk import Half, RowsRefused
from engine.runtime.records.service import RecordService
from engine.runtime.tables.system import ROW_KEYS

# What a row of these entities is called by where it does not say so: its key.
KEY_FIELDS = {"user": "login", TEAM: "key"}

Key = tuple[str, str]
Known = dict[Key, int]


@dataclass(frozen=True, slots=True)
class Pending:
    """A row to load, and the keys of the records that its fields link to."""

    row: Row
    links: Mapping[str, Key]

    @property
    def key(self) -> Key:
        """Return the key under which the row is known."""
        return self.row.entity, self.row.key


def rows_to_load(application: Application, database: Database, *, demo: bool) -> tuple[Row, ...]:
    """Return the rows whose keys were never loaded."""
    with database.read() as connection:
        return pending_rows(connection, application, demo=demo)


def load_rows(
    application: Application, database: Database, records: RecordService, *, demo: bool
) -> int:
    """Load what is not loaded yet, teams first, and return how many rows were."""
    with database.read() as connection:
        known = _known(connection)
        teams = stale_teams(connection, application, match(read_state(connection), application))
        rows = pending_rows(connection, application, demo=demo)
        half = _half(connection)
    _write_teams(teams, known, records)
    loader = _Loader(application, database, records, known)
    loader.load([Pending(one, dict(_links(one, application))) for one in rows])
    loader.complete(
        [
            Pending(one, dict(_links(one, application)))
            for one in application.rows
            if (one.entity, one.key) in half
        ]
    )
    return len(rows)


def _half(connection: Connection) -> frozenset[Key]:
    """Return the rows that were there without all of their links when loading them was stopped."""
    query = select(ROW_KEYS.c.entity, ROW_KEYS.c.key).where(ROW_KEYS.c.loaded_at.is_(None))
    return frozenset((row.entity, row.key) for row in connection.execute(query))


def _known(connection: Connection) -> Known:
    query = select(ROW_KEYS.c.entity, ROW_KEYS.c.key, ROW_KEYS.c.record_id)
    return {(row.entity, row.key): row.record_id for row in connection.execute(query)}


def _write_teams(teams: Iterable[Team], known: Known, records: RecordService) -> None:
    """Create and change teams, those above before those below."""
    waiting = {one.id: one for one in teams}
    while waiting:
        for one in [one for one in waiting.values() if one.parent not in waiting]:
            del waiting[one.id]
            parent = known.get((TEAM, one.parent)) if one.parent else None
            payload: dict[str, object] = {"name": one.label, "parent": parent}
            record_id = known.get((TEAM, one.id))
            if record_id is not None:
                records.update(ENGINE, TEAM, record_id, payload, None)
                continue
            key = {"key": one.id}
            (made,) = records.create_many(ENGINE, TEAM, [payload | key], keys=[one.id])
            if made.saved is not None:
                known[TEAM, one.id] = made.saved.id


def _links(row: Row, application: Application) -> Iterator[tuple[str, Key]]:
    """Yield the links of a row: field -> entity and key."""
    fields = application.entity(row.entity).fields
    for name, cell in row.cells.items():
        storage, text = FIELD_TYPES[fields[name].type].storage, _text(cell)
        if storage is Storage.LINK:
            yield name, (fields[name].to or "", text)
        elif storage is Storage.ANY_LINK:
            entity, _, key = text.partition(" ")
            yield name, (entity, key.strip())


def _groups(rows: Sequence[Pending]) -> Iterator[Sequence[Pending]]:
    """Yield the rows entity by entity, as their links ask for; those in a ring come together.

    Within an entity the order of the files stays, and with it that of numbers and lists.
    """
    by_entity: dict[str, list[Pending]] = defaultdict(list)
    for one in rows:
        by_entity[one.row.entity].append(one)
    needs = {
        entity: {to for one in some for to, _ in one.links.values()} - {entity}
        for entity, some in by_entity.items()
    }
    while by_entity:
        ready = [entity for entity in by_entity if not needs[entity] & by_entity.keys()]
        for group in [[one] for one in ready] or [list(by_entity)]:
            yield [row for entity in group for row in by_entity.pop(entity)]


class _Waves:
    """Puts rows into an order in which links lead to earlier rows."""

    def __init__(self, rows: Sequence[Pending], application: Application) -> None:
        self._application = application
        self._left = {one.key: one for one in rows}
        self._needs = {
            one.key: {key for key in one.links.values() if key in self._left} for one in rows
        }
        self._needed_by: dict[Key, list[Key]] = defaultdict(list)
        for key, needs in self._needs.items():
            for needed in needs:
                self._needed_by[needed].append(key)

    def __iter__(self) -> Iterator[tuple[Sequence[Pending], Mapping[Key, frozenset[str]]]]:
        """Yield waves; with each the links, by row, that have to be written later (rings)."""
        ready = [key for key, needs in self._needs.items() if not needs]
        while self._left:
            later = {} if ready else self._open_rings()
            wave = [self._left.pop(key) for key in ready or later]
            yield wave, later
            ready = list(self._freed(wave))

    def _freed(self, wave: Iterable[Pending]) -> Iterator[Key]:
        for one in wave:
            for key in self._needed_by[one.key]:
                self._needs[key].discard(one.key)
                if not self._needs[key] and key in self._left:
                    yield key

    def _open_rings(self) -> dict[Key, frozenset[str]]:
        """Return the rows that may come without the links that they wait for, and those links."""
        found: dict[Key, frozenset[str]] = {}
        for key, one in self._left.items():
            fields = self._application.entity(one.row.entity).fields
            waiting = [name for name, to in one.links.items() if to in self._needs[key]]
            if not any(fields[name].required for name in waiting):
                found[key] = frozenset(waiting)
        if not found:
            row = next(iter(self._left.values())).row
            raise _refused(row, None, say("The rows link to each other in a ring."))
        return found


class _Loader:
    """Loads rows in waves; `known` maps the keys of all loaded rows to their records."""

    def __init__(
        self, application: Application, database: Database, records: RecordService, known: Known
    ) -> None:
        self._application = application
        self._database = database
        self._records = records
        self._known = known

    def load(self, rows: Sequence[Pending]) -> None:
        """Load all rows; links of rings are written when all of the ring is there."""
        for group in _groups(rows):
            self._load_group(group)

    def _load_group(self, rows: Sequence[Pending]) -> None:
        late: list[Pending] = []
        for wave, later in _Waves(rows, self._application):
            self._load_wave(wave, later)
            late += [one for one in wave if later.get(one.key)]
        self.complete(late)

    def complete(self, rows: Sequence[Pending]) -> None:
        """Write the links of rows that had to wait for their ring, and note that they are whole."""
        for one in rows:
            payload = {name: self._linked(one, name) for name in one.links}
            entity, key = one.key
            self._records.update(ENGINE, entity, self._known[one.key], payload, None)
            mine = (ROW_KEYS.c.entity == entity, ROW_KEYS.c.key == key)
            with self._database.write() as connection:
                now = self._database.clock.now()
                connection.execute(update(ROW_KEYS).where(*mine).values(loaded_at=now))

    def _load_wave(self, wave: Sequence[Pending], later: Mapping[Key, frozenset[str]]) -> None:
        by_entity: dict[str, list[Pending]] = defaultdict(list)
        for one in wave:
            by_entity[one.row.entity].append(one)
        for entity, rows in by_entity.items():
            payloads = [self._payload(one, later.get(one.key, frozenset())) for one in rows]
            keys = [Half(one.row.key) if later.get(one.key) else one.row.key for one in rows]
            try:
                made = self._records.create_many(ENGINE, entity, payloads, keys=keys)
            except RowsRefused as refused:
                number, field, message = refused.first()
                raise _refused(rows[number].row, field, message) from refused
            for one, outcome in zip(rows, made, strict=True):
                if outcome.saved is not None:
                    self._known[one.key] = outcome.saved.id

    def _payload(self, one: Pending, without: frozenset[str]) -> dict[str, object]:
        payload: dict[str, object] = {}
        name = KEY_FIELDS.get(one.row.entity)
        if name is not None:
            payload[name] = one.row.key
        for field, cell in one.row.cells.items():
            if field in one.links:
                if field not in without:
                    payload[field] = self._linked(one, field)
            else:
                payload[field] = cell.text if isinstance(cell.text, str) else list(cell.text)
        return payload

    def _linked(self, one: Pending, field: str) -> object:
        entity, key = one.links[field]
        record_id = self._known.get((entity, key))
        if record_id is None:
            raise _refused(
                one.row, field, say("There is no {entity} {key}.", entity=entity, key=key)
            )
        fields = self._application.entity(one.row.entity).fields
        is_any = FIELD_TYPES[fields[field].type].storage is Storage.ANY_LINK
        return RecordRef(entity, record_id) if is_any else record_id


def _text(cell: Cell) -> str:
    return cell.text if isinstance(cell.text, str) else ", ".join(cell.text)


def _refused(row: Row, field: str | None, message: Message) -> Refused:
    cell = row.cells.get(field or "")
    mark = row.mark if cell is None else cell.mark
    return Refused(
        say(
            "{file}:{line}:{column}: the row '{key}' is refused: {field}{message}",
            file=mark.file,
            line=mark.line,
            column=mark.column,
            key=row.key,
            field=f"{field}: " if field else "",
            message=message,
        ),
        say("Mend the row; what was loaded before it stays."),
    )
