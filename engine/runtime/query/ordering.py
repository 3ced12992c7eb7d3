"""The order of a list: sort keys in SQL, and the place of a record in that order.

An order is total: the record's number decides where all keys agree. Empty values come last in both
directions and in both databases. Texts sort folded, options and stages as they are declared, links
by the title of the record that they lead to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Integer,
    Text,
    and_,
    bindparam,
    case,
    false,
    func,
    or_,
    type_coerce,
)

from engine.metadata.fieldtypes.base import Storage
from engine.metadata.model.field import Field
from engine.metadata.model.text import Value
from engine.runtime.query.joins import Joins
from engine.runtime.query.parts import Condition
from engine.runtime.query.paths import FieldPath
from engine.runtime.sql_expression import fold
from engine.runtime.tables.columns import SORT_LETTERS

Place: TypeAlias = tuple[Value, ...]  # the values of the keys, then the record's number

ALWAYS_FILLED = frozenset({"id", "title", "created_at", "updated_at", "archived"})


@dataclass(frozen=True, slots=True)
class OrderKey:
    """One expression to sort by; `storage` says how its values are written in a cursor."""

    expression: ColumnElement[Any]
    descending: bool
    may_be_empty: bool
    storage: Storage
    scale: int = 0


@dataclass(frozen=True, slots=True)
class Order:
    """A total order: keys, then the record's number in the direction of the last key."""

    keys: tuple[OrderKey, ...]
    number: ColumnElement[int]

    @property
    def expressions(self) -> tuple[ColumnElement[Any], ...]:
        """Return the keys' expressions: what tells a record's place, beside its number."""
        return tuple(one.expression for one in self.keys)

    def clauses(self, *, backwards: bool) -> Iterator[ColumnElement[Any]]:
        """Yield what to order by."""
        for one in self._all():
            falling = one.descending != backwards
            clause = one.expression.desc() if falling else one.expression.asc()
            if not one.may_be_empty:
                yield clause
            else:
                yield clause.nulls_first() if backwards else clause.nulls_last()

    def beyond(self, empty: Sequence[bool], *, backwards: bool) -> Condition:
        """Return the condition that a record lies after a place, or (backwards) before it.

        The place is a parameter; `empty` says which of its values are none.
        """
        steps = [
            _Step(one, parameter(at), is_empty, backwards)
            for at, (one, is_empty) in enumerate(zip(self._all(), empty, strict=True))
        ]
        condition: Condition = false()
        for one in reversed(steps):
            condition = or_(one.beyond(), and_(one.same(), condition))
        first = steps[0]
        # Said once more in a form that an index can begin with.
        return condition if first.key.may_be_empty else and_(first.not_before(), condition)

    def _all(self) -> Sequence[OrderKey]:
        falling = not self.keys or self.keys[-1].descending  # of its own: newest first
        return (
            *self.keys,
            OrderKey(self.number, falling, may_be_empty=False, storage=Storage.INTEGER),
        )


@dataclass(frozen=True, slots=True)
class _Step:
    """One key beside the parameter for the value that it has at a place."""

    key: OrderKey
    name: str
    is_empty: bool
    backwards: bool

    def beyond(self) -> Condition:
        """The key lies strictly beyond the value; empty lies beyond every value."""
        column = self.key.expression
        if self.is_empty:
            return column.is_not(None) if self.backwards else false()
        further = column < self._bound() if self._falling else column > self._bound()
        if self.key.may_be_empty and not self.backwards:
            return or_(further, column.is_(None))
        return further

    def same(self) -> Condition:
        """The key has the value."""
        column = self.key.expression
        return column.is_(None) if self.is_empty else column == self._bound()

    def not_before(self) -> Condition:
        """The key has the value or lies beyond it."""
        column = self.key.expression
        return column <= self._bound() if self._falling else column >= self._bound()

    @property
    def _falling(self) -> bool:
        return self.key.descending != self.backwards

    def _bound(self) -> ColumnElement[Any]:
        return bindparam(self.name, type_=self.key.expression.type)


def parameter(at: int) -> str:
    """Return the name of the parameter for a place's value."""
    return f"place_{at}"


def order_key(
    path: FieldPath, joins: Joins, dialect: str, scale: int, *, descending: bool
) -> OrderKey:
    """Return the key that sorts by a field."""
    may_be_empty = bool(path.steps) or path.field.id not in ALWAYS_FILLED or not path.is_system
    storage = path.type.storage
    expression, storage = _expression(path, joins, dialect, storage)
    return OrderKey(expression, descending, may_be_empty, storage, scale)


def _expression(
    path: FieldPath, joins: Joins, dialect: str, storage: Storage
) -> tuple[ColumnElement[Any], Storage]:
    field = path.field
    if storage is Storage.LINK:
        target = field.to or ""
        return joins.linked(path, target).c.title_key, Storage.TEXT
    (column,) = joins.columns(path)
    if path.is_system and field.id == "title":
        return column.table.c.title_key, storage
    if field.type in ("choice", "stage"):
        return _position(column, field), Storage.INTEGER
    if storage is Storage.TEXT:
        return _folded(column, dialect), storage
    if storage is Storage.BOOL:
        return type_coerce(case((column, 1), (~column, 0)), Integer), Storage.INTEGER
    return column, storage


def _folded(column: ColumnElement[Any], dialect: str) -> ColumnElement[Any]:
    """Return the first letters of the folded text: a cursor carries them."""
    return func.substr(fold(column, dialect), 1, SORT_LETTERS, type_=Text)


def _position(column: ColumnElement[Any], field: Field) -> ColumnElement[Any]:
    """Return the place of an option among its like; one that has left comes after all."""
    options = list(field.options)
    places = ((column == option, number) for number, option in enumerate(options))
    left = (column.is_not(None), len(options))
    return type_coerce(case(*places, left), Integer)
