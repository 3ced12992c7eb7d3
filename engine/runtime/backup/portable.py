"""Values as an archive holds them: one line of JSON for a row, the same from either database.

Instants are texts of fixed width in UTC, decimals the whole numbers that the database keeps, and
the keys of objects stand in their order of letters: equal rows give equal lines.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import partial
from hashlib import sha256
from typing import Any, TypeAlias

from sqlalchemy import JSON, Column, Date

from engine.runtime.tables.columns import Instant, YesNo, instant_text

Convert: TypeAlias = Callable[[Any], Any]
SPACE = 1 << 256

_line = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode
_to_json = partial(json.dumps, ensure_ascii=False)


class Digest:
    """A digest of lines in any order: the sum of their own digests."""

    def __init__(self) -> None:
        self.rows = 0
        self._sum = 0

    def add(self, line: bytes) -> None:
        """Count a line, without its end."""
        self.rows += 1
        self._sum += int.from_bytes(sha256(line).digest())

    def __str__(self) -> str:
        """Return the digest of all lines so far."""
        return f"{self._sum % SPACE:064x}"


def line_of(row: Iterable[Any], reads: Sequence[Convert | None]) -> bytes:
    """Return the line of a row as a driver gives it."""
    cells = [
        cell if convert is None or cell is None else convert(cell)
        for cell, convert in zip(row, reads, strict=True)
    ]
    return _line(cells).encode()


def cells_of(line: bytes, writes: Sequence[Convert | None]) -> tuple[Any, ...]:
    """Return the cells of a line as a driver takes them."""
    row = json.loads(line)
    return tuple(
        cell if convert is None or cell is None else convert(cell)
        for cell, convert in zip(row, writes, strict=True)
    )


def reading(columns: Iterable[Column[Any]], dialect: str) -> tuple[Convert | None, ...]:
    """Return what makes cells of a database portable, None where they are so already."""
    return tuple(_reads(one, dialect) for one in columns)


def writing(columns: Iterable[Column[Any]]) -> tuple[Convert | None, ...]:
    """Return what makes portable cells such as both drivers take."""
    return tuple(_to_json if isinstance(one.type, JSON) else None for one in columns)


def _reads(column: Column[Any], dialect: str) -> Convert | None:
    is_sqlite = dialect == "sqlite"
    match column.type:
        case JSON():
            return json.loads if is_sqlite else None
        case YesNo():
            return bool if is_sqlite else None
        case Instant():
            return None if is_sqlite else _instant
        case Date():
            return None if is_sqlite else date.isoformat
        case _:
            return None


def _instant(value: datetime) -> str:
    return instant_text(value)
