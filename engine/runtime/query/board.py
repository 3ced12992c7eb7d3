"""A board: the records of a list stage by stage. Each stage is a lane with pages of its own.

What stands at the head of a lane, how many records and what they come to, costs one query for all
lanes: a count that stops at a cap, or, where sums are wanted, a count and sums of everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Select,
    func,
    literal,
    select,
    type_coerce,
    union_all,
)

from engine.metadata.fieldtypes.base import Storage
from engine.metadata.fieldtypes.scale import scale_of
from engine.metadata.model.entity import SortKey
from engine.runtime.actor import Actor
from engine.runtime.query.listing import Listing
from engine.runtime.query.parts import Operand, Point
from engine.runtime.query.paths import FieldPath
from engine.runtime.query.request import Filter, ListRequest
from engine.runtime.query.selection import Row
from engine.runtime.query.sources import Sources
from engine.runtime.tables.columns import from_units

LANE_SIZE = 20
NEWEST = (SortKey("updated_at", descending=True),)
SUMMED = frozenset({Storage.SCALED, Storage.INTEGER})
HALF = 10**9  # sums of 18 digits fit no column: the halves of the numbers are summed apart


@dataclass(frozen=True, slots=True)
class LaneHead:
    """What a lane holds: how many records, beyond a cap no more than that, and their sums."""

    count: int
    is_capped: bool = False
    sums: tuple[Decimal | int, ...] = ()


def lane(request: ListRequest, stage_field: str, stage: str) -> ListRequest:
    """Return the list of one lane of a board, its first page."""
    return replace(_narrowed(request, stage_field, stage), after=None, before=None, size=LANE_SIZE)


def just(request: ListRequest, record_id: int) -> ListRequest:
    """Return the list with one of its records alone."""
    return replace(_narrowed(request, "id", record_id), after=None, before=None, size=1)


def _narrowed(request: ListRequest, path: str, value: str | int) -> ListRequest:
    one = Filter(path, "eq", Operand((Point(value),)), path, str(value))
    return replace(request, filters=(*request.filters, one))


class LaneHeads:
    """Counts the records of some lanes and sums fields over them, for an actor.

    Without sums the query stops at the cap.
    """

    def __init__(
        self,
        sources: Sources,
        actor: Actor,
        request: ListRequest,
        stage: FieldPath,
        stages: Sequence[str],
        sums: Sequence[FieldPath],
        cap: int,
    ) -> None:
        self._sources = sources
        self._actor = actor
        self._request = request
        self._stage = stage
        self._stages = stages
        self._cap = cap
        self._sums = [one for one in sums if one.type.storage in SUMMED]
        self.query = self._summing(stages) if self._sums else self._counting()

    def heads(self, rows: Iterable[Row]) -> dict[str, LaneHead]:
        """Return the heads that the rows tell, those of empty lanes as well."""
        found = {stage: (count, halves) for stage, count, *halves in rows}
        nothing = (0, [0] * 2 * len(self._sums))
        heads, cap = {}, self._cap
        for stage in self._stages:
            count, halves = found.get(stage, nothing)
            is_capped = not self._sums and count > cap
            sums = tuple(self._whole(halves))
            heads[stage] = LaneHead(min(count, cap) if is_capped else count, is_capped, sums)
        return heads

    def _counting(self) -> CompoundSelect[Any]:
        return union_all(*(self._count(one, self._cap) for one in self._stages))

    def _count(self, stage: str, cap: int) -> Select[Any]:
        request = lane(self._request, self._stage.text, stage)
        found = Listing(self._sources, self._actor, request).count(cap)
        return select(literal(stage), found.scalar_subquery())

    def _summing(self, stages: Sequence[str]) -> Select[Any]:
        listing = Listing(self._sources, self._actor, self._request)
        (stage,) = listing.joins.columns(self._stage)
        halves = [half for path in self._sums for half in _halves(listing.joins.columns(path)[0])]
        query = select(stage, func.count(), *map(func.sum, halves))
        query = query.select_from(listing.joins.source).where(listing.conditions)
        named = [literal(one) for one in stages]  # as they are: not put in late
        return query.where(stage.in_(named)).group_by(stage)

    def _whole(self, halves: Sequence[int | None]) -> Iterator[Decimal | int]:
        for path, high, low in zip(self._sums, halves[::2], halves[1::2], strict=True):
            units = int(high or 0) * HALF + int(low or 0)
            scale = scale_of(path.field, self._sources.application)
            yield from_units(units, scale) if path.type.storage is Storage.SCALED else units


def _halves(column: ColumnElement[Any]) -> tuple[ColumnElement[int], ColumnElement[int]]:
    units = type_coerce(column, BigInteger)
    return units // HALF, units % HALF
