"""What an expression of a step sees: the record as it is now, and the names of the run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

from engine.metadata.model.application import Workdays
from engine.metadata.model.field import Field
from engine.metadata.model.text import Value
from engine.runtime.records.changes import Values
from engine.runtime.records.context import Lookup, Path, RecordContext


@dataclass(frozen=True, slots=True)
class Linked:
    """A record that a name stands for: its id, and its fields behind a dot."""

    entity: str
    id: int


Bound: TypeAlias = Value | Linked
Names: TypeAlias = Mapping[str, Bound | Mapping[str, Bound]]


class RunContext:
    """Names of an expression -> values: those of the run first, then the record's own."""

    __slots__ = ("_lookup", "_names", "_record")

    def __init__(self, record: RecordContext, names: Names, lookup: Lookup) -> None:
        self._record = record
        self._names = names
        self._lookup = lookup

    @property
    def now(self) -> datetime:
        """Return the instant of the transaction."""
        return self._record.now

    @property
    def zone(self) -> ZoneInfo:
        """Return the company's zone."""
        return self._record.zone

    @property
    def workdays(self) -> Workdays:
        """Return the company's working time."""
        return self._record.workdays

    def read(self, path: Path) -> Value:
        """Return what a path reads."""
        first, rest = path[0], path[1:]
        if first not in self._names:
            return self._record.read(path)
        bound = self._names[first]
        if isinstance(bound, Mapping):
            return self._follow(bound.get(rest[0]), rest[1:]) if rest else None
        return self._follow(bound, rest)

    def _follow(self, bound: Bound, rest: Path) -> Value:
        if isinstance(bound, Linked):
            return self._lookup.read(bound.entity, bound.id, rest)
        return None if rest else bound


def answers(given: Values, asked: Mapping[str, Field]) -> Mapping[str, Bound]:
    """Return the answers of a dialog as names: links lead to their records."""
    return {name: _answer(given.get(name), field) for name, field in asked.items()}


def _answer(value: Value, field: Field) -> Bound:
    if field.to is not None and isinstance(value, int):
        return Linked(field.to, value)
    return value
