"""A list spread over stretches of time: the first few records of each, and how many there are.

One query, however many stretches. Each stretch is looked into up to a cap, so that a day with a
million records costs as much as one with a hundred.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    Subquery,
    bindparam,
    func,
    literal,
    select,
    union_all,
)

from engine.runtime.actor import Actor
from engine.runtime.query.joins import Joins
from engine.runtime.query.listing import Listing
from engine.runtime.query.parts import Span
from engine.runtime.query.paths import FieldPath
from engine.runtime.query.records import Record
from engine.runtime.query.request import ListRequest
from engine.runtime.query.selection import Row, Selection
from engine.runtime.query.sources import Sources

CAP = 100  # records of a stretch that are counted
MOST = "most"


@dataclass(frozen=True, slots=True)
class Stretch:
    """The first records of a stretch in the order of time, and how many there are, up to a cap."""

    records: tuple[Record, ...] = ()
    count: int = 0
    is_capped: bool = False


class Spread:
    """The rows of a list, each in the stretch that a moment of its record lies in.

    It serves as many stretches, wherever they lie: their ends are parameters.
    """

    def __init__(
        self,
        sources: Sources,
        actor: Actor,
        request: ListRequest,
        moment: FieldPath,
        count: int,
    ) -> None:
        self._sources = sources
        self._actor = actor
        self._request = request
        self._moment = moment
        self._count = count
        self._joins = Joins(sources.tables, sources.access, actor, request.entity)
        self.selection = Selection(sources.access, sources.names, self._joins, actor)
        self.selection.add(self._paths())
        self._numbered = self._number()
        self._at = self.selection.place(self._numbered.c.stretch, self._numbered.c.count)
        self.query = self._query()

    def _query(self) -> Select[Any]:
        """Return the query for the first `MOST` records of each stretch."""
        numbered = self._numbered
        source = self._joins.source.join(numbered, numbered.c.id == self._joins.record.c.id)
        query = select(*self.selection.columns).select_from(source)
        return query.where(numbered.c.number <= bindparam(MOST)).order_by(
            numbered.c.stretch, numbered.c.number
        )

    def values(self, spans: Sequence[Span], most: int) -> dict[str, Any]:
        """Return the values of the query's parameters."""
        found: dict[str, Any] = {MOST: most}
        for number, one in enumerate(spans):
            found |= zip(_names(number), (one.start, one.end), strict=True)
        return found

    def stretches(self, rows: Sequence[Row], records: Sequence[Record]) -> tuple[Stretch, ...]:
        """Return the records of the rows by stretch; an empty one is there as well."""
        found: list[list[Record]] = [[] for _ in range(self._count)]
        counts = [0] * self._count
        for row, record in zip(rows, records, strict=True):
            found[row[self._at]].append(record)
            counts[row[self._at]] = row[self._at + 1]
        return tuple(
            Stretch(tuple(some), min(count, CAP), is_capped=count > CAP)
            for some, count in zip(found, counts, strict=True)
        )

    def _paths(self) -> Iterator[FieldPath]:
        for name in dict.fromkeys((*self._request.columns, self._moment.text)):
            if name != "title":
                yield self._sources.paths.require(
                    self._actor, self._request.entity, name, "columns"
                )

    def _number(self) -> Subquery:
        """Return the query that says where each record stands, and how many stand there."""
        placed = union_all(*self._looks()).subquery("placed")
        stretch = placed.c.stretch
        number = func.row_number().over(partition_by=stretch, order_by=(placed.c.at, placed.c.id))
        count = func.count().over(partition_by=stretch)
        return select(placed.c.id, stretch, number.label("number"), count.label("count")).subquery(
            "numbered"
        )

    def _looks(self) -> Iterator[Select[Any]]:
        """Yield a look into each stretch, at no more records than the cap and one."""
        found = Listing(self._sources, self._actor, self._request)
        moment: ColumnElement[Any] = found.joins.columns(self._moment)[0]
        record = found.joins.record.c.id
        for number in range(self._count):
            start, end = (_at(one, moment) for one in _names(number))
            look = (
                select(record.label("id"), moment.label("at"), literal(number).label("stretch"))
                .select_from(found.joins.source)
                .where(found.conditions, moment >= start, moment < end)
                .order_by(moment, record)
                .limit(CAP + 1)
                .subquery()
            )
            yield select(look.c.id, look.c.at, look.c.stretch)


def _at(name: str, moment: ColumnElement[Any]) -> BindParameter[Any]:
    return bindparam(name, type_=moment.type)


def _names(number: int) -> tuple[str, str]:
    return f"from_{number}", f"until_{number}"
