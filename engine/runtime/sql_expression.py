"""Typed nodes -> SQL with the same meaning as the Python closures, on SQLite and PostgreSQL.

Values are in the form in which they are stored: numbers as units of their scale, lengths of time
as microseconds, on SQLite instants and dates as texts. A condition has two forms: bare, which may
be unknown where something is empty and lets indexes serve (at the top of a WHERE, below `and` and
`or`), and whole, which is true or false and stands everywhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Boolean,
    ColumnElement,
    Date,
    Text,
    literal,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.types import TypeEngine

from engine.metadata.expressions import calendar, nodes
from engine.metadata.expressions.compile import Typed
from engine.metadata.expressions.nodes import Node
from engine.metadata.expressions.types import Type
from engine.metadata.fieldtypes.base import Kind
from engine.metadata.model.application import Workdays
from engine.runtime.postgres_patterns import PostgresPatterns
from engine.runtime.sql_patterns import Patterns
from engine.runtime.sql_piece import LEVEL, Piece, weight
from engine.runtime.sqlite_functions import instant_text
from engine.runtime.sqlite_patterns import SqlitePatterns

Columns: TypeAlias = Callable[[tuple[str, ...]], ColumnElement[Any]]
Element: TypeAlias = ColumnElement[Any]
Compile: TypeAlias = Callable[["_Compiler", Any], Element]

PATTERNS: Mapping[str, Patterns] = {"sqlite": SqlitePatterns(), "postgresql": PostgresPatterns()}
_FALSE = "false"
DEEPEST = 7 * LEVEL  # of the hundred entries of SQLite's parser; the rest is for what stands around
_UNITS = frozenset({Kind.INTEGER, Kind.NUMBER, Kind.MONEY, Kind.DURATION, Kind.LINK, Kind.ANY_LINK})


def sql(
    typed: Typed,
    columns: Columns,
    dialect: str,
    now: datetime,
    zone: ZoneInfo,
    workdays: Workdays,
) -> Element:
    """Return the value of an expression as SQL; a condition is true or false, never unknown."""
    return _Compiler(columns, dialect, now, zone, workdays).whole(typed.node)


def condition(
    typed: Typed,
    columns: Columns,
    dialect: str,
    now: datetime,
    zone: ZoneInfo,
    workdays: Workdays,
) -> Element:
    """Return a condition for the top of a WHERE, where unknown counts as false."""
    return _Compiler(columns, dialect, now, zone, workdays).for_where(typed.node)


def fold(column: Element, dialect: str) -> Element:
    """Return a text as it is compared, sorted and searched, in small letters."""
    return Piece(PATTERNS[dialect].fold(), (column,), Text())


@dataclass(frozen=True, slots=True)
class _Compiler:
    """Compiles one expression; `named` are its parts that stand before it, in a WITH."""

    columns: Columns
    dialect: str
    now: datetime
    zone: ZoneInfo
    workdays: Workdays
    named: list[Element] = field(default_factory=list)

    @property
    def patterns(self) -> Patterns:
        """Return the database's way to say things."""
        return PATTERNS[self.dialect]

    def whole(self, node: Node) -> Element:
        """Compile an expression into a value that stands by itself."""
        return self.complete(self.value(node), node)

    def for_where(self, node: Node) -> Element:
        """Compile a condition; each part of a chain by itself, so that indexes serve it."""
        if isinstance(node, (nodes.All, nodes.Any)):
            parts = tuple(replace(self, named=[]).for_where(one) for one in node.items)
            joined = Piece(_joining(node), parts, Boolean())
            if self.dialect != "sqlite" or weight(joined) <= DEEPEST:
                return joined
        return self.complete(self.bare(node), node)

    def complete(self, element: Element, node: Node) -> Element:
        """Put the named parts before an element."""
        if not self.named:
            return element
        count = len(self.named)
        names = ", ".join(f"kt_{at}(v) AS (SELECT {{{at}}})" for at in range(count))
        whole = f"(WITH {names} SELECT {{{count}}})"
        return Piece(whole, (*self.named, element), self.raw_type(node.type))

    def shallow(self, part: Element) -> Element:
        """Name a part that is nested too deeply for a parser to read in one go."""
        if self.dialect != "sqlite" or weight(part) <= DEEPEST:
            return part
        self.named.append(part)
        name = f"kt_{len(self.named) - 1}"
        return Piece(f"(SELECT v FROM {name})", (), part.type)  # noqa: S608 - a name of our own

    def value(self, node: Node) -> Element:
        """Compile a node into a value; a condition is never unknown."""
        bare = _CONDITIONS.get(type(node))
        if bare is not None:
            return self.piece(f"coalesce({{0}}, {_FALSE})", node, bare(self, node))
        return _VALUES[type(node)](self, node)

    def bare(self, node: Node) -> Element:
        """Compile a condition that may be unknown where something is empty."""
        if isinstance(node, (nodes.All, nodes.Any)):
            return self.joined(node, tuple(map(self.bare, node.items)))
        if isinstance(node, nodes.Read):
            return self.column(node)
        bare = _CONDITIONS.get(type(node))
        return self.value(node) if bare is None else bare(self, node)

    def joined(self, node: nodes.All | nodes.Any, items: tuple[Element, ...]) -> Element:
        """Join conditions by AND or OR."""
        return self.piece(_joining(node), node, *items)

    def piece(self, pattern: str, node: Node, *parts: Element) -> Element:
        """Fill a pattern with elements; the whole has the type of the node."""
        return Piece(pattern, tuple(map(self.shallow, parts)), self.raw_type(node.type))

    def filled(self, pattern: str, node: Node, *items: Node) -> Element:
        """Fill a pattern with the values of nodes."""
        return self.piece(pattern, node, *map(self.value, items))

    def raw_type(self, type_: Type) -> TypeEngine[Any]:
        """Return the type in which values of an expression lie in the database."""
        if type_.kind in _UNITS:
            return BigInteger()
        if type_.kind is Kind.BOOL:
            return Boolean()
        if self.dialect == "postgresql":
            if type_.kind is Kind.INSTANT:
                return TIMESTAMP(timezone=True)
            if type_.kind is Kind.DATE:
                return Date()
        return Text()

    def column(self, node: nodes.Read) -> Element:
        """Return the column of a path, raw; a bound value knows its own form."""
        column = self.columns(node.path)
        if isinstance(column, BindParameter):
            return column
        return type_coerce(column, self.raw_type(node.type))

    def const(self, node: nodes.Const) -> Element:
        """Return a value of the text in the form in which it is stored."""
        if node.value is None:
            return self.piece(self.patterns.null(node.type.kind or ""), node)
        if node.type.kind is Kind.BOOL:
            return self.piece("true" if node.value else "false", node)
        return self.bound(node.value, node.type)

    def bound(self, value: Any, type_: Type) -> Element:
        """Return a Python value as one that the database compares with its own."""
        if isinstance(value, Decimal):
            value = int(value.scaleb(type_.scale))
        elif isinstance(value, timedelta):
            value = calendar.microseconds_of(value)
        elif isinstance(value, datetime):
            value = value if self.dialect == "postgresql" else instant_text(value)
        elif isinstance(value, date):
            value = value if self.dialect == "postgresql" else value.isoformat()
        return literal(value, self.raw_type(type_))

    def today(self) -> Element:
        """Return the company's day."""
        return self.bound(calendar.today(self.now, self.zone), nodes.Today().type)


def _joining(node: nodes.All | nodes.Any) -> str:
    word = " AND " if isinstance(node, nodes.All) else " OR "
    return f"({word.join(f'{{{at}}}' for at in range(len(node.items)))})"


def _read(compiler: _Compiler, node: nodes.Read) -> Element:
    column = compiler.column(node)
    if node.type.kind is Kind.BOOL:
        return compiler.piece(f"coalesce({{0}}, {_FALSE})", node, column)
    if node.path[-1] == "title":  # the one text that is never null
        return compiler.piece("nullif({0}, '')", node, column)
    return column


def _rescale(compiler: _Compiler, node: nodes.Rescale) -> Element:
    shift = node.type.scale - node.item.type.scale
    if shift == 0:
        return compiler.value(node.item)
    return compiler.filled(compiler.patterns.rescale(shift), node, node.item)


def _sum(compiler: _Compiler, node: nodes.Sum | nodes.DurationSum) -> Element:
    return compiler.filled(compiler.patterns.total(minus=node.minus), node, node.left, node.right)


def _product(compiler: _Compiler, node: nodes.Product) -> Element:
    drop = node.left.type.scale + node.right.type.scale - node.type.scale
    return compiler.filled(compiler.patterns.product(drop), node, node.left, node.right)


def _quotient(compiler: _Compiler, node: nodes.Quotient) -> Element:
    shift = node.type.scale + node.right.type.scale - node.left.type.scale
    return compiler.filled(compiler.patterns.quotient(shift), node, node.left, node.right)


def _extreme(compiler: _Compiler, node: nodes.Extreme) -> Element:
    pattern = compiler.patterns.extreme(len(node.items), greatest=node.greatest)
    return compiler.filled(pattern, node, *node.items)


def _elapsed(compiler: _Compiler, node: nodes.Elapsed) -> Element:
    unit = literal(node.microseconds // 10**node.amount.type.scale, BigInteger)
    return compiler.piece(compiler.patterns.product(0), node, compiler.value(node.amount), unit)


def _later(compiler: _Compiler, node: nodes.Later) -> Element:
    length = compiler.value(node.duration)
    if node.minus:
        length = Piece("(-{0})", (length,), BigInteger())
    return compiler.piece(compiler.patterns.later(), node, compiler.value(node.instant), length)


def _shift(compiler: _Compiler, node: nodes.Shift) -> Element:
    patterns, workdays = compiler.patterns, compiler.workdays
    if node.type.kind is Kind.DATE:
        pattern = patterns.shift_date(node.factor, node.step, workdays)
    else:
        pattern = patterns.shift_instant(node.factor, node.step, workdays, compiler.zone)
    return compiler.filled(pattern, node, node.item, node.amount)


def _edge(compiler: _Compiler, node: nodes.Edge) -> Element:
    patterns = compiler.patterns
    if node.type.kind is Kind.DATE:
        pattern = patterns.edge_date(node.unit, end=node.end)
    else:
        pattern = patterns.edge_instant(node.unit, compiler.zone, end=node.end)
    return compiler.filled(pattern, node, node.item)


def _age(compiler: _Compiler, node: nodes.Age) -> Element:
    return compiler.piece(
        compiler.patterns.age(), node, compiler.value(node.item), compiler.today()
    )


def _anniversary(compiler: _Compiler, node: nodes.Anniversary) -> Element:
    pattern = compiler.patterns.anniversary()
    return compiler.piece(pattern, node, compiler.value(node.item), compiler.today())


def _choose(compiler: _Compiler, node: nodes.Choose) -> Element:
    when = compiler.bare(node.condition)
    then, otherwise = compiler.value(node.then), compiler.value(node.otherwise)
    return compiler.piece("CASE WHEN {0} THEN {1} ELSE {2} END", node, when, then, otherwise)


def _coalesce(compiler: _Compiler, node: nodes.Coalesce) -> Element:
    operands = ", ".join(f"{{{at}}}" for at in range(len(node.items)))
    return compiler.filled(f"coalesce({operands})", node, *node.items)


def _logic(compiler: _Compiler, node: nodes.All | nodes.Any) -> Element:
    return compiler.joined(node, tuple(map(compiler.value, node.items)))


def _same(compiler: _Compiler, node: nodes.Same) -> Element:
    """Compare, empty being a value; a plain = where one side can't be empty, so that it is fast."""
    left, right = node.left, node.right
    if left.type.is_numeric and left.type.scale != right.type.scale:
        shift = right.type.scale - left.type.scale
        return compiler.filled(compiler.patterns.same_number(shift), node, left, right)
    first, second = compiler.value(left), compiler.value(right)
    for one, other in ((first, second), (second, first)):
        if isinstance(one, BindParameter):
            if one.value is None:
                return compiler.piece("({0} IS NULL)", node, other)
            return compiler.piece("({0} = {1})", node, first, second)
    if left.type.kind is Kind.BOOL:
        return compiler.piece("({0} = {1})", node, first, second)
    word = "IS" if compiler.dialect == "sqlite" else "IS NOT DISTINCT FROM"
    return compiler.piece(f"({{0}} {word} {{1}})", node, first, second)


def _before(compiler: _Compiler, node: nodes.Before) -> Element:
    operator = "<=" if node.or_same else "<"
    left, right = compiler.value(node.left), compiler.value(node.right)
    if node.left.type.kind is Kind.TEXT:
        left, right = fold(left, compiler.dialect), fold(right, compiler.dialect)
    shift = 0
    if node.left.type.is_numeric:
        shift = node.right.type.scale - node.left.type.scale
    return compiler.piece(compiler.patterns.compare(operator, shift), node, left, right)


def _has(compiler: _Compiler, node: nodes.Has) -> Element:
    text = fold(compiler.value(node.item), compiler.dialect)
    part = fold(compiler.value(node.part), compiler.dialect)
    found = f"({compiler.patterns.position()} {'= 1' if node.at_start else '> 0'})"
    return compiler.piece(found, node, text, part)


def _contains(compiler: _Compiler, node: nodes.Contains) -> Element:
    """Search the id between its bars: |a|b| has |a|."""
    wanted = compiler.filled("('|' || {0} || '|')", node.option, node.option)
    options = compiler.value(node.options)
    return compiler.piece(f"({compiler.patterns.position()} > 0)", node, options, wanted)


def _one_of(compiler: _Compiler, node: nodes.OneOf) -> Element:
    item, items = compiler.value(node.item), tuple(map(compiler.value, node.items))
    plain = all(isinstance(one, BindParameter) and one.value is not None for one in items)
    if plain:
        listed = ", ".join(f"{{{at}}}" for at in range(1, len(items) + 1))
        return compiler.piece(f"({{0}} IN ({listed}))", node, item, *items)
    return compiler.piece(compiler.patterns.one_of(len(items)), node, item, *items)


def _filling(
    pattern: Callable[[Patterns], str], *names: str
) -> Callable[[_Compiler, Any], Element]:
    def compile_(compiler: _Compiler, node: Node) -> Element:
        items = (getattr(node, name) for name in names)
        return compiler.filled(pattern(compiler.patterns), node, *items)

    return compile_


def _concat(compiler: _Compiler, node: nodes.Concat) -> Element:
    return compiler.filled(compiler.patterns.concat(len(node.items)), node, *node.items)


_VALUES: Mapping[type[Any], Compile] = {
    nodes.Const: _Compiler.const,
    nodes.Read: _read,
    nodes.Rescale: _rescale,
    nodes.Sum: _sum,
    nodes.DurationSum: _sum,
    nodes.Product: _product,
    nodes.Quotient: _quotient,
    nodes.Negative: _filling(lambda _: "(-{0})", "item"),
    nodes.Absolute: _filling(lambda _: "abs({0})", "item"),
    nodes.Extreme: _extreme,
    nodes.Elapsed: _elapsed,
    nodes.Later: _later,
    nodes.Shift: _shift,
    nodes.DaysBetween: _filling(lambda patterns: patterns.days_between(), "left", "right"),
    nodes.TimeBetween: _filling(lambda patterns: patterns.time_between(), "left", "right"),
    nodes.Today: lambda compiler, _: compiler.today(),
    nodes.Now: lambda compiler, node: compiler.bound(compiler.now, node.type),
    nodes.Edge: _edge,
    nodes.Age: _age,
    nodes.Anniversary: _anniversary,
    nodes.Lower: _filling(lambda patterns: patterns.lower(), "item"),
    nodes.Digits: _filling(lambda patterns: patterns.digits(), "item"),
    nodes.Concat: _concat,
    nodes.IsEmpty: _filling(lambda _: "({0} IS NULL)", "item"),
    nodes.All: _logic,
    nodes.Any: _logic,
    nodes.Not: _filling(lambda _: "(NOT {0})", "item"),
    nodes.Choose: _choose,
    nodes.Coalesce: _coalesce,
}
_CONDITIONS: Mapping[type[Any], Compile] = {
    nodes.Same: _same,
    nodes.Before: _before,
    nodes.Has: _has,
    nodes.Contains: _contains,
    nodes.OneOf: _one_of,
}
