"""What a filter compares with: each part knows its comparisons in SQL.

A part is a point (a text, an option, a record), a number, or a span of time. `equals` and the four
orders are asked by the operators; a part for which an order means nothing has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol, TypeAlias

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Text,
    and_,
    column,
    false,
    literal,
    or_,
    select,
    table,
    true,
    type_coerce,
)

from engine.metadata.model.text import Value
from engine.runtime.tables.names import column_name, table_name

Columns: TypeAlias = Sequence[ColumnElement[Any]]
Condition: TypeAlias = ColumnElement[bool]
Sought: TypeAlias = str | BindParameter[Any]

ESCAPE = "\\"
_TEAM = column_name("team")
_USERS = table(table_name("user"), column("id", BigInteger), column(_TEAM, BigInteger))


class Part(Protocol):
    """One thing to compare with; `columns` are the field's, two for a link to any record."""

    def equals(self, columns: Columns) -> Condition:
        """Return the condition that the field is, or lies in, this."""
        ...


class Ordered(Part, Protocol):
    """A part that has a before and an after."""

    def above(self, column: ColumnElement[Any]) -> Condition:
        """Return the condition that the field lies after all of this."""
        ...

    def from_(self, column: ColumnElement[Any]) -> Condition:
        """Return the condition that the field lies in this or after."""
        ...

    def below(self, column: ColumnElement[Any]) -> Condition:
        """Return the condition that the field lies before all of this."""
        ...

    def to(self, column: ColumnElement[Any]) -> Condition:
        """Return the condition that the field lies in this or before."""
        ...


@dataclass(frozen=True, slots=True)
class Point:
    """One value: a text, an option, yes or no, a record's id."""

    value: Value

    def equals(self, columns: Columns) -> Condition:
        """Return the condition that the field is, or lies in, this."""
        return false() if self.value is None else columns[0] == self.value


@dataclass(frozen=True, slots=True)
class Option:
    """An option that a field of several options may hold."""

    id: str

    def equals(self, columns: Columns) -> Condition:
        """Return the condition that the field is, or lies in, this."""
        return like(type_coerce(columns[0], Text), f"|{self.id}|")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Letters that a folded text holds, or begins with; a parameter is given as a `pattern`."""

    folded: Sought
    at_start: bool = False

    def equals(self, columns: Columns) -> Condition:
        """Return the condition that the field is, or lies in, this."""
        return like(columns[0], self.folded, at_start=self.at_start)


@dataclass(frozen=True, slots=True)
class Members:
    """Anyone of some teams."""

    team_ids: tuple[int, ...]

    def equals(self, columns: Columns) -> Condition:
        """Return the condition that the field is, or lies in, this."""
        teams = [literal(one) for one in self.team_ids]  # as they are: not put in late
        members = select(_USERS.c.id).where(_USERS.c[_TEAM].in_(teams))
        return columns[0].in_(members)


@dataclass(frozen=True, slots=True)
class Reference:
    """A record of any entity, or (id None) each record of one."""

    entity: str
    id: int | None

    def equals(self, columns: Columns) -> Condition:
        """Return the condition that the field is, or lies in, this."""
        kind, record_id = columns
        return (
            kind == self.entity
            if self.id is None
            else and_(kind == self.entity, record_id == self.id)
        )


@dataclass(frozen=True, slots=True)
class Number:
    """A number between its neighbours at the scale of the field; an exact one is both."""

    floor: Decimal | int
    ceiling: Decimal | int

    def equals(self, columns: Columns) -> Condition:
        """Return the condition that the field is, or lies in, this."""
        return columns[0] == self.floor if self.floor == self.ceiling else false()

    def above(self, column: ColumnElement[Any]) -> Condition:
        """Return the condition that the field lies after all of this."""
        return column > self.floor

    def from_(self, column: ColumnElement[Any]) -> Condition:
        """Return the condition that the field lies in this or after."""
        return column >= self.ceiling

    def below(self, column: ColumnElement[Any]) -> Condition:
        """Return the condition that the field lies before all of this."""
        return column < self.ceiling

    def to(self, column: ColumnElement[Any]) -> Condition:
        """Return the condition that the field lies in this or before."""
        return column <= self.floor


@dataclass(frozen=True, slots=True)
class Span:
    """A time from `start` until before `end`: a day, a week, a minute."""

    start: date | datetime
    end: date | datetime

    def equals(self, columns: Columns) -> Condition:
        """Return the condition that the field is, or lies in, this."""
        return and_(columns[0] >= self.start, columns[0] < self.end)

    def above(self, column: ColumnElement[Any]) -> Condition:
        """Return the condition that the field lies after all of this."""
        return column >= self.end

    def from_(self, column: ColumnElement[Any]) -> Condition:
        """Return the condition that the field lies in this or after."""
        return column >= self.start

    def below(self, column: ColumnElement[Any]) -> Condition:
        """Return the condition that the field lies before all of this."""
        return column < self.start

    def to(self, column: ColumnElement[Any]) -> Condition:
        """Return the condition that the field lies in this or before."""
        return column < self.end


@dataclass(frozen=True, slots=True)
class Operand:
    """All that an operator compares with: parts, the empty value (`-`), any value at all (`*`)."""

    parts: tuple[Part, ...] = ()
    empty: bool = False
    given: bool = False

    def any_of(self, columns: Columns) -> Condition:
        """Return the condition that one of it holds."""
        column = columns[-1]
        if self.given:
            return column.is_not(None)
        empty = [column.is_(None)] if self.empty else []
        return or_(false(), *empty, *(one.equals(columns) for one in self.parts))

    def none_of(self, columns: Columns) -> Condition:
        """Return the condition that nothing of it holds; empty is a value like another."""
        column = columns[-1]
        if self.given:
            return column.is_(None)
        others = and_(true(), *(~one.equals(columns) for one in self.parts))
        return and_(column.is_not(None), others) if self.empty else or_(column.is_(None), others)

    def all_of(self, columns: Columns) -> Condition:
        """Return the condition that every part of it holds."""
        if self.given or self.empty:
            return self.any_of(columns)
        return and_(true(), *(one.equals(columns) for one in self.parts))


def like(column: ColumnElement[Any], text: Sought, *, at_start: bool = False) -> Condition:
    """Return the condition that a column holds a text; a parameter is given as a `pattern`."""
    sought = pattern(text, at_start=at_start) if isinstance(text, str) else text
    return column.like(sought, escape=ESCAPE)


def pattern(text: str, *, at_start: bool = False) -> str:
    """Return what LIKE finds a text with; its wildcards are letters in it."""
    escaped = text
    for letter in (ESCAPE, "%", "_"):
        escaped = escaped.replace(letter, ESCAPE + letter)
    return f"{'' if at_start else '%'}{escaped}%"
