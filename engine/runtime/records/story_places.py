"""Places in the story of a record: how the pages of it follow each other, newest first."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import BigInteger, ColumnElement, Integer, Select, and_, bindparam, or_

from engine.errors import BadQuery, say
from engine.runtime.records.entries import Entry
from engine.runtime.records.reading.options import HIGHEST_ID
from engine.runtime.tables.columns import instant_text
from engine.runtime.tables.system import HISTORY

Moment: TypeAlias = tuple[datetime, int]
# The parameters of the queries.
AT, NUMBER, LIMIT = "at", "number", "limit"


def newest_of(source: Select[Any], *, is_first: bool) -> Select[Any]:
    """Return the newest rows of a source, or the newest of those older than a place."""
    query = source.order_by(HISTORY.c.at.desc(), HISTORY.c.id.desc())
    query = query.limit(bindparam(LIMIT, type_=Integer))
    return query if is_first else query.where(_older_than())


def _older_than() -> ColumnElement[bool]:
    at, number = bindparam(AT, type_=HISTORY.c.at.type), bindparam(NUMBER, type_=BigInteger)
    return or_(HISTORY.c.at < at, and_(HISTORY.c.at == at, HISTORY.c.id < number))


def place_values(place: Moment | None) -> dict[str, Any]:
    """Return the values of a place for a query, none for the beginning."""
    return dict(zip((AT, NUMBER), place or (), strict=False))


def cursor(entry: Entry) -> str:
    """Write the place of an entry."""
    return f"{instant_text(entry.at)}~{entry.id}"


def read_cursor(text: str) -> Moment:
    """Read the place that an address names."""
    at, _, number = text.partition("~")
    try:
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is not None and 0 < int(number) <= HIGHEST_ID:
            return moment, int(number)
    except (ValueError, OverflowError):
        pass
    raise BadQuery("before", say("This address leads to no page of the timeline."))
