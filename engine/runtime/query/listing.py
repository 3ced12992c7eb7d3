"""One list as SQL: under which conditions, in which order, and what it shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Integer, Select, and_, bindparam, false, func, select, true

from engine.metadata.fieldtypes.base import Storage
from engine.metadata.fieldtypes.scale import scale_of
from engine.metadata.model.entity import SortKey
from engine.runtime.actor import Actor
from engine.runtime.query.cursor import Cursor, read_cursor, write_cursor
from engine.runtime.query.joins import Joins
from engine.runtime.query.operators import OPERATORS
from engine.runtime.query.ordering import Order, OrderKey, order_key, parameter
from engine.runtime.query.parts import Condition
from engine.runtime.query.request import Filter, ListRequest
from engine.runtime.query.search import read_words
from engine.runtime.query.selection import Row, Selection
from engine.runtime.query.sources import Sources
from engine.runtime.sql_expression import fold


class Listing:
    """The conditions of a list for an actor; `verb` is what must hold for each of its records."""

    def __init__(
        self, sources: Sources, actor: Actor, request: ListRequest, verb: str = "see"
    ) -> None:
        self.joins = Joins(sources.tables, sources.access, actor, request.entity)
        self._sources = sources
        self._actor = actor
        self._request = request
        self.conditions = and_(*self._conditions(verb))

    def count(self, cap: int) -> Select[int]:
        """Return the query that counts the records, at most `cap` of them and one more."""
        found = select(self.joins.record.c.id).select_from(self.joins.source)
        found = found.where(self.conditions).limit(cap + 1)
        return select(func.count()).select_from(found.subquery())

    def _conditions(self, verb: str) -> Iterator[Condition]:
        request, access, record = self._request, self._sources.access, self.joins.record
        trashed = request.state == "trashed"
        yield access.row_condition(self._actor, request.entity, verb, record, trashed=trashed)
        if not trashed:
            yield record.c.archived == (true() if request.state == "archived" else false())
        if request.view is not None:
            yield from self._of_view(request.view)
        for one in request.filters:
            yield self._of_filter(one)
        if request.search:
            words = request.words or read_words(request.search)
            yield self._sources.search.seen(self._actor, request.entity, words, record)

    def _of_view(self, view_id: str) -> Iterator[Condition]:
        where = self._sources.application.views[view_id].where
        if where is not None:
            expressions, record = self._sources.access.expressions, self.joins.record
            yield expressions.condition(where, self._request.entity, record, self._actor)

    def _of_filter(self, one: Filter) -> Condition:
        path = self._sources.paths.require(
            self._actor, self._request.entity, one.path, one.parameter
        )
        columns = self.joins.columns(path)
        if one.operator in ("has", "starts") and path.type.storage is Storage.TEXT:
            columns = tuple(fold(column, self._sources.dialect) for column in columns)
        return OPERATORS[one.operator].condition(one.operand, columns)


class ListRows:
    """The rows of a list: their columns, their order, and the cursors of their places.

    Made for a list, it serves all of its shape: the values of the filters, the place and the limit
    are parameters of its queries.
    """

    def __init__(
        self, sources: Sources, actor: Actor, request: ListRequest, verb: str = "see"
    ) -> None:
        self._sources = sources
        self._actor = actor
        self._request = request
        self._queries: dict[tuple[bool, ...], Select[Any]] = {}
        self._list = Listing(sources, actor, request, verb)
        joins = self._list.joins
        self.selection = Selection(sources.access, sources.names, joins, actor)
        self.selection.add(
            sources.paths.require(actor, request.entity, name, "columns")
            for name in request.columns
            if name != "title"
        )
        self._order = Order(tuple(map(self._key, request.sort)), joins.record.c.id)
        self._places = [
            self.selection.place(one) for one in (*self._order.expressions, joins.record.c.id)
        ]

    def cursor(self, request: ListRequest) -> Cursor | None:
        """Return the place that a list of this shape begins at, None at the beginning."""
        written = request.before or request.after
        if written is None:
            return None
        return read_cursor(written, self._request.sort, self._order.keys)

    def query(self, cursor: Cursor | None) -> Select[Any]:
        """Return the query for the next rows, nearest to the place first."""
        backwards = cursor is not None and cursor.backwards
        empty = tuple(one is None for one in cursor.place) if cursor else ()
        found = self._queries.get((backwards, *empty))
        if found is None:
            found = self._queries[backwards, *empty] = self._query(empty, backwards=backwards)
        return found

    def _query(self, empty: Sequence[bool], *, backwards: bool) -> Select[Any]:
        query = select(*self.selection.columns).select_from(self._list.joins.source)
        query = query.where(self._list.conditions)
        if empty:
            query = query.where(self._order.beyond(empty, backwards=backwards))
        query = query.order_by(*self._order.clauses(backwards=backwards))
        return query.limit(bindparam("limit", type_=Integer))

    def values(self, cursor: Cursor | None, limit: int) -> dict[str, Any]:
        """Return the values of the query's own parameters: the place and how many rows."""
        place = cursor.place if cursor else ()
        return {"limit": limit} | {parameter(at): one for at, one in enumerate(place)}

    def place(self, row: Row, *, backwards: bool) -> Cursor:
        """Return the place of a row."""
        return Cursor(tuple(row[at] for at in self._places), backwards)

    def write(self, cursor: Cursor) -> str:
        """Write a place as a cursor."""
        return write_cursor(cursor.place, self._request.sort, backwards=cursor.backwards)

    def _key(self, key: SortKey) -> OrderKey:
        path = self._sources.paths.require(self._actor, self._request.entity, key.path, "sort")
        if path.type.storage is Storage.LINK:  # sorted by titles, which must be readable
            self._sources.paths.require(
                self._actor, self._request.entity, f"{key.path}.title", "sort"
            )
        return order_key(
            path,
            self._list.joins,
            self._sources.dialect,
            scale_of(path.field, self._sources.application),
            descending=key.descending,
        )
