"""The only reader of records: every list, page, picker, search and export comes through here.

There is no way in without an actor. Rights on records stand in the SQL; fields are found by
`PathFinder`, which refuses what the actor may not read. A page costs one query, and one more for
each kind of record that a link to any record leads to.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, select

from engine.clock import Clock
from engine.errors import NotFound, say
from engine.metadata.model.application import Application
from engine.metadata.model.text import Expression, RecordRef
from engine.metadata.model.view import View
from engine.runtime.access import Access
from engine.runtime.actor import Actor
from engine.runtime.database import Database
from engine.runtime.query.board import LaneHead, LaneHeads
from engine.runtime.query.chips import Chip, ListColumn, describe, linked_records
from engine.runtime.query.cursor import Cursor
from engine.runtime.query.filters import QueryParser
from engine.runtime.query.listing import Listing, ListRows
from engine.runtime.query.lookup import Lookup
from engine.runtime.query.meanings import Meanings
from engine.runtime.query.names import RecordNames
from engine.runtime.query.next_tasks import NextTasks
from engine.runtime.query.parts import Span
from engine.runtime.query.paths import FieldPath, PathFinder
from engine.runtime.query.record_tasks import RecordTasks
from engine.runtime.query.records import Choice, Hit, Page, Record
from engine.runtime.query.request import ListRequest
from engine.runtime.query.search import Search
from engine.runtime.query.selection import Row, Selection, Titles
from engine.runtime.query.shapes import Shape
from engine.runtime.query.sources import Sources
from engine.runtime.query.spread import Spread, Stretch
from engine.runtime.query.those import NUMBERS, those
from engine.runtime.query.whole import ways_to, whole
from engine.runtime.tables.entity import RecordTables

COUNT_CAP = 1_000
EXPORT_BATCH = 500
LARGEST_ID = 2**63 - 1

T = TypeVar("T")
Found: TypeAlias = tuple[ListRows, Sequence[Row], tuple[bool, bool]]


class Reader:
    """Reads records for actors."""

    def __init__(
        self,
        application: Application,
        tables: RecordTables,
        access: Access,
        database: Database,
        clock: Clock,
    ) -> None:
        self.paths = PathFinder(application, access)
        self.meanings = Meanings(application)
        self._sources = Sources(
            application=application,
            tables=tables,
            access=access,
            database=database,
            clock=clock,
            paths=self.paths,
            names=RecordNames(application, access),
            search=Search(application, access, database.dialect),
        )
        self._parser = QueryParser(application, access, self.paths)
        self._lookup = Lookup(self._sources)

    def parse(self, actor: Actor, entity_id: str, args: Iterable[tuple[str, str]]) -> ListRequest:
        """Read the query of a list's address; `BadQuery` names the parameter that does not fit."""
        return self._parser.parse(actor, entity_id, args, self._sources.clock.now())

    def opens(self, actor: Actor, view: View) -> bool:
        """Say whether a view is meant for the actor and looks at nothing that it may not know."""
        return self._parser.opens(actor, view)

    def page(self, actor: Actor, request: ListRequest) -> Page:
        """Return one page of a list."""
        return self.pages(actor, (request,))[0]

    def pages(self, actor: Actor, requests: Iterable[ListRequest]) -> tuple[Page, ...]:
        """Return a page of each of some lists; records that they link to are asked for once."""
        with self._sources.database.read() as connection:
            found = [self._page(connection, actor, one) for one in requests]
            links = chain.from_iterable(
                rows.selection.references(shown) for rows, shown, _ in found
            )
            titles = self._titles(connection, actor, links)
        return tuple(_as_page(one, titles) for one in found)

    def _page(self, connection: Connection, actor: Actor, request: ListRequest) -> Found:
        rows, values = self._rows(actor, request)
        cursor = rows.cursor(request)
        values |= rows.values(cursor, request.size + 1)
        found = connection.execute(rows.query(cursor), values).all()
        shown: Sequence[Row] = found[: request.size]
        if cursor is not None and cursor.backwards:
            shown = shown[::-1]
        return rows, shown, _neighbours(cursor, more=len(found) > request.size)

    def get(self, actor: Actor, entity_id: str, record_id: int, *, trashed: bool = False) -> Record:
        """Return a record with all fields that the actor may read, or what a peek shows of it.

        A trashed record is found with `trashed` alone, by those who may delete it.
        """
        return self.get_beside(actor, entity_id, record_id, (), trashed=trashed)[0]

    def get_beside(
        self,
        actor: Actor,
        entity_id: str,
        record_id: int,
        beside: Sequence[ColumnElement[Any]],
        *,
        trashed: bool = False,
    ) -> tuple[Record, Sequence[Any]]:
        """Return a record, and cells of its row that are for the engine's own eyes."""
        known = entity_id in self._sources.application.entities
        if known and abs(record_id) <= LARGEST_ID:
            with self._sources.database.read() as connection:
                for way in ways_to(self._sources, actor, entity_id, trashed=trashed):
                    found = self._one(connection, actor, entity_id, record_id, way, beside)
                    if found is not None:
                        return found
        raise NotFound(say("There is no such record, or none that you may see."))

    def those(
        self, actor: Actor, entity_id: str, numbers: Iterable[int], names: Iterable[str]
    ) -> tuple[Record, ...]:
        """Return those of some records that the actor sees, with fields that it may read.

        What it may not read is left out: one asks here for what would be good to have.
        """
        wanted = sorted({one for one in numbers if abs(one) <= LARGEST_ID})
        if not wanted or not self._sources.access.may(actor, entity_id, "see"):
            return ()
        asked = tuple(dict.fromkeys(names))
        query, selection = self._sources.kept.get(
            ("those", actor, entity_id, asked),
            lambda: those(
                self._sources,
                actor,
                entity_id,
                (one for name in asked if (one := self.paths.find(actor, entity_id, name))),
            ),
        )
        with self._sources.database.read() as connection:
            rows = connection.execute(query, {NUMBERS: wanted}).all()
            return self._records(connection, actor, selection, rows)

    def subtitled(
        self, actor: Actor, entity_id: str, numbers: Iterable[int], names: Iterable[str]
    ) -> tuple[tuple[Record, str], ...]:
        """Return records as `those` does, each with its second line."""
        paths = [one.text for one in self._lookup.subtitles.paths(actor, entity_id)]
        found = self.those(actor, entity_id, numbers, (*names, *paths))
        lines = self._lookup.subtitles.lines(actor, entity_id, found) if paths else {}
        return tuple((one, lines.get(one.id, "")) for one in found)

    def spread(
        self, actor: Actor, request: ListRequest, name: str, spans: Sequence[Span], most: int
    ) -> tuple[Stretch, ...]:
        """Return the first `most` records of each stretch of time, by a date or a moment of theirs.

        The stretches lie next to each other; the place and size of a page do not count here.
        """
        moment = self.paths.require(actor, request.entity, name)
        shape, count = Shape(request), len(spans)
        rows = self._kept(
            shape,
            ("spread", actor, name, count),
            lambda one: Spread(self._sources, actor, one, moment, count),
        )
        values = shape.values | rows.values(spans, most)
        with self._sources.database.read() as connection:
            found = connection.execute(rows.query, values).all()
            records = self._records(connection, actor, rows.selection, found)
        return rows.stretches(found, records)

    def count(self, actor: Actor, request: ListRequest, cap: int = COUNT_CAP) -> tuple[int, bool]:
        """Return how many records a list has, and whether there are more than the cap."""
        shape = Shape(request)
        query = self._kept(
            shape, ("count", actor, cap), lambda one: Listing(self._sources, actor, one).count(cap)
        )
        with self._sources.database.read() as connection:
            found = connection.execute(query, shape.values).scalar_one()
        return min(found, cap), found > cap

    def counts(self, actor: Actor, requests: Sequence[ListRequest], cap: int) -> tuple[int, ...]:
        """Return how many records some lists have, each up to the cap and one more."""
        shapes = [Shape(one, f"{number}_") for number, one in enumerate(requests)]
        keys = tuple(one.key for one in shapes)

        def make() -> Select[Any]:
            lists = (Listing(self._sources, actor, one.request()) for one in shapes)
            return select(*(one.count(cap).scalar_subquery() for one in lists))

        query = (
            make() if None in keys else self._sources.kept.get(("counts", actor, cap, keys), make)
        )
        values = dict(chain.from_iterable(one.values.items() for one in shapes))
        with self._sources.database.read() as connection:
            return tuple(connection.execute(query, values).one())

    def heads(
        self,
        actor: Actor,
        request: ListRequest,
        stage: FieldPath,
        stages: Sequence[str],
        sums: Sequence[FieldPath] = (),
        cap: int = COUNT_CAP,
    ) -> dict[str, LaneHead]:
        """Return how many records some lanes of a board hold, and what they come to."""
        if not stages:
            return {}
        shape = Shape(request)
        names = tuple(one.text for one in sums)
        lanes = self._kept(
            shape,
            ("heads", actor, stage.text, tuple(stages), names, cap),
            lambda one: LaneHeads(self._sources, actor, one, stage, stages, sums, cap),
        )
        with self._sources.database.read() as connection:
            rows = connection.execute(lanes.query, shape.values).all()
        return lanes.heads(rows)

    def next_tasks(self, actor: Actor, entity_id: str, numbers: Iterable[int]) -> dict[int, Record]:
        """Return the open task about each of some records that is due first."""
        tasks = self._sources.kept.get(
            ("next", actor, entity_id), lambda: NextTasks(self._sources, actor, entity_id)
        )
        if not tasks.is_known:
            return {}
        with self._sources.database.read() as connection:
            rows = connection.execute(tasks.query, {NUMBERS: sorted(numbers)}).all()
            found = self._records(connection, actor, tasks.selection, rows)
        return {row[tasks.place]: task for row, task in zip(rows, found, strict=True)}

    def tasks_about(
        self, actor: Actor, record: RecordRef, open_ones: int, finished: int
    ) -> tuple[tuple[Record, ...], tuple[Record, ...]]:
        """Return the open tasks about a record that are due first, and the last finished ones."""
        tasks = self._sources.kept.get(
            ("tasks", actor, record.entity),
            lambda: RecordTasks(self._sources, actor, record.entity),
        )
        if not tasks.is_known:
            return (), ()
        with self._sources.database.read() as connection:
            wanted = tasks.values(record, open_ones, finished)
            rows = tasks.in_order(connection.execute(tasks.query, wanted).all())
            return tasks.apart(self._records(connection, actor, tasks.selection, rows))

    def export(self, actor: Actor, request: ListRequest) -> Iterator[Record]:
        """Yield all records of a list that the actor may export, batch by batch."""
        rows, values = self._rows(actor, request, "export")
        cursor: Cursor | None = None
        while True:
            with self._sources.database.read() as connection:
                place = rows.values(cursor, EXPORT_BATCH)
                found = connection.execute(rows.query(cursor), values | place).all()
                records = self._records(connection, actor, rows.selection, found)
            yield from records
            if len(found) < EXPORT_BATCH:
                return
            cursor = rows.place(found[-1], backwards=False)

    def pick(
        self,
        actor: Actor,
        entity_id: str,
        text: str,
        limit: int,
        where: Expression | None = None,
    ) -> tuple[Choice, ...]:
        """Return records that a link may point at: active ones that are seen or peeked at."""
        if not self._sources.access.may(actor, entity_id, "peek"):
            return ()
        with self._sources.database.read() as connection:
            return self._lookup.choices(connection, actor, entity_id, text, limit, where)

    def search(self, actor: Actor, text: str, limit: int) -> tuple[Hit, ...]:
        """Return records of all entities that hold the words."""
        with self._sources.database.read() as connection:
            return self._lookup.hits(connection, actor, text, limit)

    def titles(self, actor: Actor, references: Iterable[RecordRef]) -> dict[RecordRef, str]:
        """Return the titles of those records that the actor may see or peek at."""
        with self._sources.database.read() as connection:
            return self._lookup.titles(connection, actor, references)

    def name(self, actor: Actor, record: RecordRef, title: str) -> str:
        """Return the stored title of a record as the actor may know it."""
        return self._sources.names.shown(actor, record.entity, record.id, title)

    def subtitles(self, actor: Actor, references: Iterable[RecordRef]) -> dict[RecordRef, str]:
        """Return the second lines of those records that the actor sees."""
        with self._sources.database.read() as connection:
            return self._lookup.notes(connection, actor, references)

    def chips(self, actor: Actor, request: ListRequest) -> tuple[Chip, ...]:
        """Return the filters of a list in words."""
        filters = [
            (one, self.paths.require(actor, request.entity, one.path, one.parameter))
            for one in request.filters
        ]
        wanted = {named for one, path in filters for named in linked_records(one, path)}
        titles = self.titles(actor, wanted) if wanted else {}
        return tuple(describe(one, path, request, titles) for one, path in filters)

    def columns(self, actor: Actor, request: ListRequest) -> tuple[ListColumn, ...]:
        """Return the columns of a list with their names."""
        return tuple(self._column(actor, request.entity, one) for one in request.columns)

    def _column(self, actor: Actor, entity_id: str, name: str) -> ListColumn:
        sortable = self._parser.sorts(actor, entity_id, name) is not None
        path = self._path(actor, entity_id, name)
        return ListColumn(name, path.label, path.field, sortable)

    def _path(self, actor: Actor, entity_id: str, name: str) -> FieldPath:
        if name != "title":
            return self.paths.require(actor, entity_id, name, "columns")
        entity = self._sources.application.entity(entity_id)
        return FieldPath(name, (), entity, self.paths.fields(entity_id)[name])

    def _rows(
        self, actor: Actor, request: ListRequest, verb: str = "see"
    ) -> tuple[ListRows, dict[str, Any]]:
        """Return the rows of a list, and the values of its filters."""
        shape = Shape(request)
        rows = self._kept(
            shape, ("rows", actor, verb), lambda one: ListRows(self._sources, actor, one, verb)
        )
        return rows, shape.values

    def _kept(self, shape: Shape, use: Hashable, make: Callable[[ListRequest], T]) -> T:
        """Return what serves all lists of a shape, or what is made for this one."""
        if shape.key is None:
            return make(shape.request())
        return self._sources.kept.get((use, shape.key), lambda: make(shape.request()))

    def _one(
        self,
        connection: Connection,
        actor: Actor,
        entity_id: str,
        record_id: int,
        way: str,
        beside: Sequence[ColumnElement[Any]],
    ) -> tuple[Record, Sequence[Any]] | None:
        query, selection = self._sources.kept.get(
            ("one", actor, entity_id, way, len(beside)),
            lambda: whole(self._sources, actor, entity_id, way, beside),
        )
        rows = connection.execute(query, {NUMBERS: [record_id]}).all()
        found = self._records(connection, actor, selection, rows)
        return (found[0], rows[0][len(selection.columns) :]) if found else None

    def _records(
        self, connection: Connection, actor: Actor, selection: Selection, rows: Sequence[Row]
    ) -> tuple[Record, ...]:
        titles = self._titles(connection, actor, selection.references(rows))
        return tuple(selection.record(row, titles) for row in rows)

    def _titles(
        self, connection: Connection, actor: Actor, references: Iterable[RecordRef]
    ) -> Titles:
        wanted = set(references)
        return self._lookup.titles(connection, actor, wanted) if wanted else {}


def _as_page(found: Found, titles: Titles) -> Page:
    rows, shown, (before, after) = found
    return Page(
        tuple(rows.selection.record(row, titles) for row in shown),
        next=rows.write(rows.place(shown[-1], backwards=False)) if shown and after else None,
        previous=rows.write(rows.place(shown[0], backwards=True)) if shown and before else None,
    )


def _neighbours(cursor: Cursor | None, *, more: bool) -> tuple[bool, bool]:
    """Return whether there are pages before and after this one."""
    if cursor is None:
        return False, more
    return (more, True) if cursor.backwards else (True, more)
