"""Types of values in expressions, and the words for them in messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.metadata.fieldtypes.base import Kind
from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.metadata.fieldtypes.scale import scale_of
from engine.metadata.model.application import Application
from engine.metadata.model.field import EMPTY, Field, Option

MAX_DIGITS = 18
MAX_SCALE = 6  # of products, quotients and numbers written in an expression


@dataclass(frozen=True, slots=True)
class Type:
    """A kind of value with what belongs to it; kind None is the empty value of no kind."""

    kind: Kind | None
    scale: int = 0
    options: Mapping[str, Option] = field(default_factory=lambda: EMPTY)
    to: str | None = None

    @property
    def is_numeric(self) -> bool:
        """Say whether one can calculate with it."""
        return self.kind in NUMERIC

    @property
    def words(self) -> str:
        """Say what it is, for a message."""
        if self.kind is Kind.LINK and self.to:
            return f"a link to {self.to}"
        return WORDS[self.kind] if self.kind else "empty"


NUMERIC = frozenset({Kind.INTEGER, Kind.NUMBER, Kind.MONEY})
ORDERED = NUMERIC | {Kind.TEXT, Kind.DATE, Kind.INSTANT, Kind.DURATION}

WORDS: Mapping[Kind, str] = {
    Kind.TEXT: "a text",
    Kind.INTEGER: "a whole number",
    Kind.NUMBER: "a number",
    Kind.MONEY: "money",
    Kind.BOOL: "yes or no",
    Kind.DATE: "a date",
    Kind.INSTANT: "a date and time",
    Kind.DURATION: "a length of time",
    Kind.CHOICE: "a choice",
    Kind.CHOICES: "a list of choices",
    Kind.LINK: "a link",
    Kind.ANY_LINK: "a link to any record",
}

EMPTY_TYPE = Type(None)
TEXT = Type(Kind.TEXT)
INTEGER = Type(Kind.INTEGER)
BOOL = Type(Kind.BOOL)
DATE = Type(Kind.DATE)
INSTANT = Type(Kind.INSTANT)
DURATION = Type(Kind.DURATION)


def number(scale: int) -> Type:
    """Return the type of numbers with so many decimals."""
    return Type(Kind.NUMBER, scale)


def money(application: Application) -> Type:
    """Return the type of amounts in the company's currency."""
    return Type(Kind.MONEY, application.currency_decimals)


def field_type(one: Field, application: Application) -> Type | None:
    """Return the type of a field's values; None for a field type that does not run yet."""
    known = FIELD_TYPES.get(one.type)
    if known is None:
        return None
    options = one.options if known.kind in {Kind.CHOICE, Kind.CHOICES} else EMPTY
    to = one.to if known.kind is Kind.LINK else None
    return Type(known.kind, scale_of(one, application), options, to)
