"""The story of a record: what was changed, said and done, newest first, page by page.

It is told from the history, so nothing can be missing from it. Fields that the actor may not read
are left out, and so are notes and tasks that it may not see. Values stay as they are: the page
writes them for its reader.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    case,
    literal,
    select,
    union_all,
)

from engine.metadata.model.text import RecordRef
from engine.runtime.access import Access
from engine.runtime.actor import Actor
from engine.runtime.database import Database
from engine.runtime.records.changes import Action, Values
from engine.runtime.records.compiled import CompiledEntity
from engine.runtime.records.entries import (
    Entry,
    EntryKind,
    FieldChange,
    Pressed,
    TimelinePage,
    Who,
    pressed_of,
)
from engine.runtime.records.following import ACTIVITY, TASK
from engine.runtime.records.images import decode
from engine.runtime.records.seeing import is_seen, require_seen, seen_records
from engine.runtime.records.store import fetch_values
from engine.runtime.records.story_places import (
    LIMIT,
    Moment,
    cursor,
    newest_of,
    place_values,
    read_cursor,
)
from engine.runtime.tables.system import HISTORY, RUNS

__all__ = ["Entry", "EntryKind", "FieldChange", "Pressed", "Timeline", "TimelinePage", "Who"]

# The parameters of the queries.
ENTITY, RECORD, SINCE = "entity", "record", "since"
LARGEST_PAGE = 200
MOST_CHANGED = 300  # records of one person that are looked at
SPARE = 5  # times as many changes are looked at as are to be told
OWN: Mapping[Action, EntryKind] = {
    Action.CREATE: EntryKind.CREATED,
    Action.EDIT: EntryKind.CHANGED,
    Action.FINISH: EntryKind.CHANGED,
    Action.MOVE: EntryKind.MOVED,
    Action.PRESS: EntryKind.PRESSED,
    Action.ARCHIVE: EntryKind.ARCHIVED,
    Action.UNARCHIVE: EntryKind.UNARCHIVED,
    Action.DELETE: EntryKind.DELETED,
    Action.RESTORE: EntryKind.RESTORED,
}
# What is told of a row; that a record was made is told without its values.
TOLD: tuple[ColumnElement[Any], ...] = (
    *(HISTORY.c.id, HISTORY.c.entity, HISTORY.c.record_id, HISTORY.c.action, HISTORY.c.at),
    *(HISTORY.c.actor_kind, HISTORY.c.user_id, HISTORY.c.actor_name),
    *(HISTORY.c.fields, HISTORY.c.press, HISTORY.c.run_id),
    *(
        case((HISTORY.c.action != Action.CREATE.value, one)).label(one.key)
        for one in (HISTORY.c.before, HISTORY.c.after)
    ),
)
ABOUT: Mapping[tuple[str, Action], EntryKind] = {
    (ACTIVITY, Action.CREATE): EntryKind.ACTIVITY,
    (TASK, Action.CREATE): EntryKind.TASK_MADE,
    (TASK, Action.FINISH): EntryKind.TASK_DONE,
}


class Timeline:
    """Tells the stories of the records of one configuration."""

    def __init__(
        self, database: Database, access: Access, entities: Mapping[str, CompiledEntity]
    ) -> None:
        self._database = database
        self._access = access
        self._entities = entities

    def page(
        self,
        actor: Actor,
        record: RecordRef,
        before: str | None = None,
        limit: int = 30,
        kinds: Iterable[EntryKind] | None = None,
    ) -> TimelinePage:
        """Return the newest entries of a record, or those older than a cursor."""
        wanted = frozenset(EntryKind if kinds is None else kinds)
        size = max(1, min(limit, LARGEST_PAGE))
        place = None if not before else read_cursor(before)
        with self._database.read() as connection:
            story = _Story(connection, self._access, self._entities, actor, record)
            found = story.entries(wanted, place, size + 1)
            entries = story.with_subjects(found[:size])
        older = cursor(entries[-1]) if len(found) > size else None
        return TimelinePage(entries, older)

    def news(
        self, actor: Actor, owners: Mapping[str, str], since: datetime, limit: int
    ) -> tuple[tuple[RecordRef, Entry], ...]:
        """Return what others did last to records of the actor, newest first, one entry a record.

        `owners` names for each kind of record the field that says whose it is. That a record was
        made is no news here; of what was done at once, the person's own deed is told.
        """
        with self._database.read() as connection:
            rows = self._of_others(connection, actor, owners, since, limit * SPARE)
            rows.sort(key=lambda row: (row.at, row.actor_kind == "user", row.id), reverse=True)
            told: dict[RecordRef, Entry] = {}
            for row in rows:
                record = RecordRef(row.entity, row.record_id)
                entry = None if record in told else self._told(connection, actor, record, row)
                if entry is not None:
                    told[record] = entry
                if len(told) == limit:
                    break
        return tuple(told.items())

    def _of_others(
        self,
        connection: Connection,
        actor: Actor,
        owners: Mapping[str, str],
        since: datetime,
        limit: int,
    ) -> list[Row[Any]]:
        if not owners:
            return []
        pairs = tuple(owners.items())
        query = self._access.kept.get(
            ("others", actor, pairs),
            lambda: union_all(*(select(self._by_others(actor, *one).subquery()) for one in pairs)),
        )
        return list(connection.execute(query, {SINCE: since, LIMIT: limit}))

    def _by_others(self, actor: Actor, entity_id: str, owner: str) -> Select[Any]:
        """Return the query for the last changes; more than are shown, as some may tell nothing.

        A change is never younger than its record says, so that only those of the person's records
        are looked at which have changed since, the last ones first.
        """
        compiled = self._entities[entity_id]
        table, (whose,) = compiled.table, compiled.columns[owner]
        lately = (
            select(table.c.id)
            .where(table.c[whose] == actor.user_id, table.c.updated_at >= bindparam(SINCE))
            .where(table.c.version > 1)  # the first one is its creation
            .where(self._access.row_condition(actor, entity_id, "see"))
            .order_by(table.c.updated_at.desc())
            .limit(MOST_CHANGED)
            .subquery()
        )
        return (
            select(*TOLD)
            .join(lately, lately.c.id == HISTORY.c.record_id)
            .where(
                HISTORY.c.entity == entity_id,
                HISTORY.c.at >= bindparam(SINCE),
                HISTORY.c.action != Action.CREATE.value,
                HISTORY.c.user_id.is_distinct_from(actor.user_id),
            )
            .order_by(HISTORY.c.at.desc(), HISTORY.c.id.desc())
            .limit(bindparam(LIMIT, type_=Integer))
        )

    def _told(
        self, connection: Connection, actor: Actor, record: RecordRef, row: Row[Any]
    ) -> Entry | None:
        """Return what a change tells; why it was made is told by the record's own story."""
        return _Story(connection, self._access, self._entities, actor, record).entry(row)


class _Story:
    """One record's story for one actor, on one connection."""

    def __init__(
        self,
        connection: Connection,
        access: Access,
        entities: Mapping[str, CompiledEntity],
        actor: Actor,
        record: RecordRef,
    ) -> None:
        self._connection = connection
        self._access = access
        self._entities = entities
        self._actor = actor
        self._record = record

    def entries(
        self, kinds: frozenset[EntryKind], place: Moment | None, size: int
    ) -> tuple[Entry, ...]:
        """Return so many entries from a place on; what shows nothing is passed over.

        A record that the actor does not see is refused; one in the trash tells who may delete.
        """
        found: list[Entry] = []
        while True:
            rows = self._rows(kinds, place, size)
            if not rows and not found:
                self._check()
            for row, entry in rows:
                place = (row.at, row.id)
                if entry is not None:
                    found.append(entry)
                if len(found) == size:
                    return tuple(found)
            if len(rows) < size:
                return tuple(found)

    def _check(self) -> None:
        require_seen(self._connection, self._access, self._entities, self._actor, self._record)

    def _rows(
        self, kinds: frozenset[EntryKind], place: Moment | None, size: int
    ) -> list[tuple[Row[Any], Entry | None]]:
        """Return the next rows, each with what it tells; none of a record that is not seen."""
        entity_id, is_first = self._record.entity, place is None
        if entity_id not in self._entities:
            return []
        query = self._access.kept.get(
            ("story", self._actor, entity_id, kinds, is_first),
            lambda: self._telling(kinds, is_first=is_first),
        )
        values = {ENTITY: entity_id, RECORD: self._record.id, LIMIT: size}
        values |= place_values(place)
        rows = self._connection.execute(query, values).all()
        causes = self._open_causes(rows)
        return [
            (row, self.entry(row, row.run_id if row.run_id in causes else row.outcome))
            for row in rows
        ]

    def _open_causes(self, rows: Iterable[Row[Any]]) -> frozenset[int]:
        """Return the runs behind some rows that the actor may look at."""
        subjects = {
            row.run_id: RecordRef(row.cause_entity, row.cause_record or 0)
            for row in rows
            if row.cause_entity is not None
        }
        others = set(subjects.values()) - {self._record}
        seen = {self._record} | seen_records(
            self._connection, self._access, self._entities, self._actor, others
        )
        return frozenset(number for number, subject in subjects.items() if subject in seen)

    def _telling(self, kinds: frozenset[EntryKind], *, is_first: bool) -> Select[Any]:
        """Return the query for what was done, noted and planned, with the runs behind it."""
        sources = (self._own(kinds), self._about(ACTIVITY, kinds), self._about(TASK, kinds))
        newest = [newest_of(one, is_first=is_first) for one in sources if one is not None]
        told = union_all(*(select(one.subquery()) for one in newest)).subquery()
        cause, outcome = RUNS.alias(), RUNS.alias()
        is_outcome = and_(
            outcome.c.history_id == told.c.id,
            outcome.c.rule_id == told.c.press["address"].as_string(),
        )
        record = self._entities[self._record.entity].table
        seen = select(record.c.id).where(
            record.c.id == bindparam(RECORD),
            is_seen(self._access, self._actor, self._record.entity),
        )
        return (
            select(
                told,
                cause.c.entity.label("cause_entity"),
                cause.c.record_id.label("cause_record"),
                outcome.c.id.label("outcome"),
            )
            .outerjoin(cause, cause.c.id == told.c.run_id)
            .outerjoin(outcome, is_outcome)
            .where(seen.exists())
            .order_by(told.c.at.desc(), told.c.id.desc())
            .limit(bindparam(LIMIT, type_=Integer))
        )

    def _own(self, kinds: frozenset[EntryKind]) -> Select[Any] | None:
        actions = [action.value for action, kind in OWN.items() if kind in kinds]
        if not actions:
            return None
        return select(*TOLD).where(
            HISTORY.c.entity == bindparam(ENTITY),
            HISTORY.c.record_id == bindparam(RECORD),
            HISTORY.c.action.in_([literal(one) for one in actions]),
        )

    def _about(self, entity_id: str, kinds: frozenset[EntryKind]) -> Select[Any] | None:
        """Return the query for notes or tasks about the record, as far as they are seen.

        Those are found first: a join would let SQLite look up the history of all there are.
        """
        compiled = self._entities.get(entity_id)
        actions = [
            action.value
            for (entity, action), kind in ABOUT.items()
            if entity == entity_id and kind in kinds
        ]
        if compiled is None or compiled.any_link is None or not actions:
            return None
        kind, record = (compiled.table.c[one] for one in compiled.columns[compiled.any_link])
        found = select(compiled.table.c.id).where(
            kind == bindparam(ENTITY),
            record == bindparam(RECORD),
            self._access.row_condition(self._actor, entity_id, "see"),
        )
        return select(*TOLD).where(
            HISTORY.c.entity == entity_id,
            HISTORY.c.action.in_([literal(one) for one in actions]),
            HISTORY.c.record_id.in_(found),
        )

    def entry(self, row: Row[Any], run: int | None = None) -> Entry | None:
        """Return what a row of the history tells this actor, None where that is nothing."""
        who = Who(row.actor_kind, row.user_id, row.actor_name)
        action = Action(row.action)
        if (row.entity, row.record_id) != (self._record.entity, self._record.id):
            subject = RecordRef(row.entity, row.record_id)
            kind = ABOUT[row.entity, action]
            return Entry(kind, row.id, row.at, who, subject=subject, run=run)
        changes = tuple(self._changes(row)) if action is not Action.CREATE else ()
        stages = tuple(one for one in changes if one.field.type == "stage")
        others = tuple(one for one in changes if one.field.type != "stage")
        kind = OWN[action]
        if kind is EntryKind.MOVED and not stages:
            kind = EntryKind.CHANGED  # the stage is hidden from this actor
        if kind is EntryKind.CHANGED and not others:
            return None
        return Entry(
            kind,
            row.id,
            row.at,
            who,
            others,
            stages[0] if stages else None,
            pressed=pressed_of(row.press),
            run=run,
        )

    def _changes(self, row: Row[Any]) -> Iterator[FieldChange]:
        compiled = self._entities[self._record.entity]
        readable = self._access.readable(self._actor, compiled.id)
        named = frozenset(row.fields or ())
        for name, field in compiled.fields.items():
            if name in named and name in readable and not field.is_computed:
                before, after = (
                    None if image is None else decode(image.get(name), field.type.storage)
                    for image in (row.before, row.after)
                )
                yield FieldChange(field.field, before, after)

    def with_subjects(self, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
        """Return the entries with the fields of the notes and tasks that they are about."""
        found: dict[RecordRef, Values] = {}
        for entity_id in (ACTIVITY, TASK):
            subjects = [one.subject for one in entries if one.subject is not None]
            ids = [one.id for one in subjects if one.entity == entity_id]
            if ids:
                found |= self._subjects(self._entities[entity_id], ids)
        return tuple(
            one if one.subject is None else _about(one, found.get(one.subject, {}))
            for one in entries
        )

    def _subjects(self, compiled: CompiledEntity, ids: Iterable[int]) -> dict[RecordRef, Values]:
        readable = self._access.readable(self._actor, compiled.id)
        stored = fetch_values(self._connection, compiled, ids)
        return {
            RecordRef(compiled.id, number): {n: v for n, v in values.items() if n in readable}
            for number, values in stored.items()
        }


def _about(entry: Entry, values: Values) -> Entry:
    return replace(entry, title=str(values.get("title") or ""), values=values)
