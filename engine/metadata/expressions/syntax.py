"""The tree as it is written: what the grammar says, before any name or type is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from engine.metadata.expressions.mistakes import Span


@dataclass(frozen=True, slots=True)
class Number:
    """A number, kept as its digits."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """A text in quotation marks."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Truth:
    """`true` or `false`."""

    span: Span
    value: bool


@dataclass(frozen=True, slots=True)
class Nothing:
    """`none`."""

    span: Span


@dataclass(frozen=True, slots=True)
class Name:
    """A name or a dotted path; `places` are the spans of its parts."""

    span: Span
    parts: tuple[str, ...]
    places: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a function by name."""

    span: Span
    name: str
    place: Span
    args: tuple[Syntax, ...]


@dataclass(frozen=True, slots=True)
class Sign:
    """Minus (or plus) before a value."""

    span: Span
    minus: bool
    item: Syntax


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Two values and + - * or /."""

    span: Span
    operator: str
    place: Span
    left: Syntax
    right: Syntax


@dataclass(frozen=True, slots=True)
class Comparison:
    """A chain of comparisons: `a < b <= c` is one, with two links."""

    span: Span
    first: Syntax
    rest: tuple[tuple[str, Span, Syntax], ...]


@dataclass(frozen=True, slots=True)
class Logic:
    """Conditions joined by `and` or by `or`."""

    span: Span
    operator: str
    items: tuple[Syntax, ...]


@dataclass(frozen=True, slots=True)
class Negation:
    """`not` before a condition."""

    span: Span
    item: Syntax


@dataclass(frozen=True, slots=True)
class Choice:
    """`then if condition else otherwise`; without `else` the other case is empty."""

    span: Span
    condition: Syntax
    then: Syntax
    otherwise: Syntax | None


@dataclass(frozen=True, slots=True)
class Items:
    """A list in square brackets."""

    span: Span
    items: tuple[Syntax, ...]


@dataclass(frozen=True, slots=True)
class Emptiness:
    """`x is none`; `x is not none` stands inside a Negation."""

    span: Span
    item: Syntax


Syntax: TypeAlias = (
    Number
    | Text
    | Truth
    | Nothing
    | Name
    | Call
    | Sign
    | Arithmetic
    | Comparison
    | Logic
    | Negation
    | Choice
    | Items
    | Emptiness
)
