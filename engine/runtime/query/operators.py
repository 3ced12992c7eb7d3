"""The operators of an address: what each one asks in SQL, and how it is said to a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import and_

from engine.errors import Message, say
from engine.runtime.query.parts import Columns, Condition, Operand, Ordered

Ask = Callable[[Operand, Columns], Condition]


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator: `several` values may stand between commas, `ends` are needed (1, or 2 of a..b).

    `words` follow the name of the field; `times` where moments are said otherwise.
    """

    id: str
    condition: Ask
    words: Callable[[object], Message]
    times: Callable[[object], Message]
    several: bool = False
    ends: int = 1


def _ordered(operand: Operand) -> tuple[Ordered, ...]:
    """Return the parts, which the reading of the address has made ordered ones."""
    return operand.parts  # type: ignore[return-value]  # orders are given numbers and spans


_OPERATORS = (
    Operator(
        "eq",
        lambda operand, columns: operand.any_of(columns),
        lambda value: say("is {value}", value=value),
        lambda value: say("is {value}", value=value),
        several=True,
    ),
    Operator(
        "ne",
        lambda operand, columns: operand.none_of(columns),
        lambda value: say("is not {value}", value=value),
        lambda value: say("is not {value}", value=value),
        several=True,
    ),
    Operator(
        "gt",
        lambda operand, columns: _ordered(operand)[0].above(columns[0]),
        lambda value: say("more than {value}", value=value),
        lambda value: say("after {value}", value=value),
    ),
    Operator(
        "ge",
        lambda operand, columns: _ordered(operand)[0].from_(columns[0]),
        lambda value: say("at least {value}", value=value),
        lambda value: say("from {value}", value=value),
    ),
    Operator(
        "lt",
        lambda operand, columns: _ordered(operand)[0].below(columns[0]),
        lambda value: say("less than {value}", value=value),
        lambda value: say("before {value}", value=value),
    ),
    Operator(
        "le",
        lambda operand, columns: _ordered(operand)[0].to(columns[0]),
        lambda value: say("at most {value}", value=value),
        lambda value: say("until {value}", value=value),
    ),
    Operator(
        "has",
        lambda operand, columns: operand.all_of(columns),
        lambda value: say("contains {value}", value=value),
        lambda value: say("contains {value}", value=value),
        several=True,
    ),
    Operator(
        "starts",
        lambda operand, columns: operand.all_of(columns),
        lambda value: say("starts with {value}", value=value),
        lambda value: say("starts with {value}", value=value),
    ),
    Operator(
        "between",
        lambda operand, columns: and_(
            _ordered(operand)[0].from_(columns[0]), _ordered(operand)[1].to(columns[0])
        ),
        lambda value: say("between {value}", value=value),
        lambda value: say("between {value}", value=value),
        ends=2,
    ),
)

OPERATORS: Mapping[str, Operator] = MappingProxyType({one.id: one for one in _OPERATORS})
