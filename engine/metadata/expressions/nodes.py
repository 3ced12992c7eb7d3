"""The closed tree of an expression as it is meant: every node knows the type of its value.

The evaluator and the SQL compiler have one line for each of these classes and nothing else.
Numbers meet at one scale, for which the checker puts a `Rescale` around; only comparisons take
any two scales, since they are exact.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Literal, TypeAlias

from engine.metadata.expressions.types import BOOL, DATE, DURATION, INSTANT, INTEGER, TEXT, Type
from engine.metadata.model.text import Value

Unit: TypeAlias = Literal["hour", "day", "week", "month", "quarter", "year"]
Step: TypeAlias = Literal["day", "month", "workday"]


@dataclass(frozen=True, slots=True)
class Const:
    """A value that stands in the text."""

    type: Type
    value: Value | timedelta


@dataclass(frozen=True, slots=True)
class Read:
    """The value of a field, found over links; the path begins at the record, user or old."""

    type: Type
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rescale:
    """A number with other decimals: more are exact, fewer are rounded half-up."""

    type: Type
    item: Node


@dataclass(frozen=True, slots=True)
class Sum:
    """Two numbers of one scale, added (or the second one taken away)."""

    type: Type
    left: Node
    right: Node
    minus: bool


@dataclass(frozen=True, slots=True)
class Product:
    """Two numbers multiplied, rounded half-up to the scale of the type."""

    type: Type
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Quotient:
    """A number by a number, rounded half-up to the scale of the type; by zero it is empty."""

    type: Type
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Negative:
    """The number or length of time with the other sign."""

    type: Type
    item: Node


@dataclass(frozen=True, slots=True)
class Absolute:
    """The number without its sign."""

    type: Type
    item: Node


@dataclass(frozen=True, slots=True)
class Extreme:
    """The least or greatest of values of one type and scale; empty when one of them is."""

    type: Type
    greatest: bool
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Elapsed:
    """A length of time: `amount` units of so many microseconds."""

    amount: Node
    microseconds: int
    type: Type = DURATION


@dataclass(frozen=True, slots=True)
class DurationSum:
    """Two lengths of time, added (or the second one taken away)."""

    left: Node
    right: Node
    minus: bool
    type: Type = DURATION


@dataclass(frozen=True, slots=True)
class Later:
    """An instant, and a length of time later (or earlier)."""

    instant: Node
    duration: Node
    minus: bool
    type: Type = INSTANT


@dataclass(frozen=True, slots=True)
class Shift:
    """A date or instant moved by the calendar: an instant keeps its clock time in the zone."""

    type: Type
    item: Node
    amount: Node
    factor: int
    step: Step


@dataclass(frozen=True, slots=True)
class DaysBetween:
    """The days from the right date to the left one."""

    left: Node
    right: Node
    type: Type = INTEGER


@dataclass(frozen=True, slots=True)
class TimeBetween:
    """The time from the right instant to the left one."""

    left: Node
    right: Node
    type: Type = DURATION


@dataclass(frozen=True, slots=True)
class Today:
    """The day in the company's zone."""

    type: Type = DATE


@dataclass(frozen=True, slots=True)
class Now:
    """The present instant."""

    type: Type = INSTANT


@dataclass(frozen=True, slots=True)
class Edge:
    """The first or last moment (or day) of the unit in which a value lies."""

    type: Type
    item: Node
    unit: Unit
    end: bool


@dataclass(frozen=True, slots=True)
class Age:
    """Full years from a date to today; empty for a date to come."""

    item: Node
    type: Type = INTEGER


@dataclass(frozen=True, slots=True)
class Anniversary:
    """The next day, today included, with the date's month and day."""

    item: Node
    type: Type = DATE


@dataclass(frozen=True, slots=True)
class Lower:
    """The text in small letters."""

    item: Node
    type: Type = TEXT


@dataclass(frozen=True, slots=True)
class Digits:
    """The digits of the text, nothing else."""

    item: Node
    type: Type = TEXT


@dataclass(frozen=True, slots=True)
class Concat:
    """Texts joined; an empty one adds nothing."""

    items: tuple[Node, ...]
    type: Type = TEXT


@dataclass(frozen=True, slots=True)
class Has:
    """Whether a text has another in it (or begins with it), in whatever letters."""

    item: Node
    part: Node
    at_start: bool
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Contains:
    """Whether an option is among the chosen ones."""

    options: Node
    option: Node
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class OneOf:
    """Whether the value is among others; empty is a value."""

    item: Node
    items: tuple[Node, ...]
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Same:
    """Whether two values are equal; empty is a value."""

    left: Node
    right: Node
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Before:
    """Whether the left value is less (or equal, where `or_same`); never with an empty one."""

    left: Node
    right: Node
    or_same: bool
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class IsEmpty:
    """Whether there is no value."""

    item: Node
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class All:
    """Whether all conditions hold."""

    items: tuple[Node, ...]
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Any:
    """Whether one of the conditions holds."""

    items: tuple[Node, ...]
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Not:
    """Whether the condition does not hold."""

    item: Node
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Choose:
    """One value where the condition holds, the other one where not."""

    type: Type
    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Coalesce:
    """The first of the values that is not empty."""

    type: Type
    items: tuple[Node, ...]


Node: TypeAlias = (
    Const
    | Read
    | Rescale
    | Sum
    | Product
    | Quotient
    | Negative
    | Absolute
    | Extreme
    | Elapsed
    | DurationSum
    | Later
    | Shift
    | DaysBetween
    | TimeBetween
    | Today
    | Now
    | Edge
    | Age
    | Anniversary
    | Lower
    | Digits
    | Concat
    | Has
    | Contains
    | OneOf
    | Same
    | Before
    | IsEmpty
    | All
    | Any
    | Not
    | Choose
    | Coalesce
)


def parts(node: Node) -> Iterator[Node]:
    """Yield the nodes right below one."""
    for one in fields(node):
        value = getattr(node, one.name)
        if isinstance(value, Node):
            yield value
        elif one.name == "items":
            yield from value


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all below it."""
    waiting: list[Node] = [node]
    while waiting:
        one = waiting.pop()
        yield one
        waiting.extend(parts(one))
