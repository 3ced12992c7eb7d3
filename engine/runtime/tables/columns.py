"""Storage kinds as column types: the same values and the same order in SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeAlias, TypeVar, assert_never

from sqlalchemy import BigInteger, Boolean, Date, Dialect, Integer, Text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.types import TypeDecorator, TypeEngine

from engine.metadata.fieldtypes.base import Storage

T = TypeVar("T")
Read: TypeAlias = Callable[[Any], T | None]  # what turns a cell into a value

DIGITS = 18
SORT_LETTERS = 200  # what is sorted by is indexed, and an index entry of PostgreSQL is bounded

RecordId = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up in INTEGER alone


class Scaled(TypeDecorator[Decimal]):
    """A decimal as a whole number of 10**-scale units; what does not fit exactly is refused."""

    impl = BigInteger
    cache_ok = True

    def __init__(self, scale: int) -> None:
        super().__init__()
        self.scale = scale

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> int | None:
        """Turn a decimal into units."""
        del dialect
        return None if value is None else to_units(Decimal(value), self.scale)

    def result_processor(self, dialect: Dialect, coltype: object) -> Read[Decimal]:
        """Turn units into a decimal that carries its scale."""
        del dialect, coltype
        below = -self.scale
        return lambda units: None if units is None else Decimal(units).scaleb(below)


class Instant(TypeDecorator[datetime]):
    """An aware instant in UTC; in SQLite a text of fixed width, so that comparing is honest."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the type of the database."""
        kind = TIMESTAMP(timezone=True) if dialect.name == "postgresql" else Text()
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Turn an aware instant into what the database holds."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"An instant without a zone can't be stored: {value}")
        return value.astimezone(UTC) if dialect.name == "postgresql" else instant_text(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Read[datetime]:
        """Return what reads an aware instant in UTC; a text says by itself that it is in UTC."""
        del coltype
        return _read_instant if dialect.name == "postgresql" else _read_text


class Options(TypeDecorator[tuple[str, ...]]):
    """Several option ids as one text `|a|b|`, in which `%|a|%` finds one; none is empty."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:
        """Join the ids."""
        del dialect
        return f"|{'|'.join(value)}|" if value else None

    def result_processor(self, dialect: Dialect, coltype: object) -> Read[tuple[str, ...]]:
        """Split the text."""
        del dialect, coltype
        return lambda text: tuple(text.strip("|").split("|")) if text else None


class YesNo(TypeDecorator[bool]):
    """Yes or no; a bool is never empty, so nothing is no."""

    impl = Boolean
    cache_ok = True
    coerce_to_is_types = (type(None), bool)  # `is_(False)` is SQL's own word, no parameter

    def process_bind_param(self, value: object, dialect: Dialect) -> bool:
        """Read empty as no."""
        del dialect
        return bool(value)


class SortText(TypeDecorator[str]):
    """A folded text to sort and search by, ordered by code point in both databases."""

    impl = Text
    cache_ok = True

    def __init__(self, letters: int | None = None) -> None:
        super().__init__()
        self.letters = letters

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the type of the database."""
        return dialect.type_descriptor(
            Text(collation="C" if dialect.name == "postgresql" else None)
        )

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Keep the letters that count."""
        del dialect
        return value if value is None or self.letters is None else value[: self.letters]


def _read_instant(value: datetime | None) -> datetime | None:
    return None if value is None else value.astimezone(UTC)


def _read_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


def column_type(storage: Storage, scale: int) -> TypeEngine[Any]:
    """Return the type of a column of this storage kind."""
    match storage:
        case Storage.TEXT:
            return Text()
        case Storage.INTEGER | Storage.LINK | Storage.ANY_LINK:
            return BigInteger()
        case Storage.SCALED:
            return Scaled(scale)
        case Storage.BOOL:
            return YesNo()
        case Storage.DATE:
            return Date()
        case Storage.INSTANT:
            return Instant()
        case Storage.OPTIONS:
            return Options()
        case _:
            assert_never(storage)


def to_units(value: Decimal, scale: int) -> int:
    """Return the whole number of 10**-scale units; refuse what is finer or has over 18 digits."""
    units = value.scaleb(scale)
    if units != units.to_integral_value() or abs(units) >= 10**DIGITS:
        raise ValueError(f"{value} does not fit {DIGITS} digits, {scale} of them decimals")
    return int(units)


def from_units(units: int | Decimal, scale: int) -> Decimal:
    """Return the decimal that so many units of 10**-scale are."""
    return Decimal(units).scaleb(-scale)


def instant_text(value: datetime) -> str:
    """Write an aware instant as SQLite holds it: fixed width, UTC."""
    moment = value.astimezone(UTC).replace(tzinfo=None)
    return moment.isoformat(timespec="microseconds") + "Z"
