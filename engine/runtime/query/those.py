"""Records by their numbers, as an actor may know them: one statement for whichever they are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Select, any_, bindparam, select

from engine.runtime.actor import Actor
from engine.runtime.query.joins import Joins
from engine.runtime.query.paths import FieldPath
from engine.runtime.query.selection import Selection
from engine.runtime.query.sources import Sources

NUMBERS = "numbers"


def those(
    sources: Sources,
    actor: Actor,
    entity_id: str,
    paths: Iterable[FieldPath],
    verb: str = "see",
    *,
    trashed: bool = False,
) -> tuple[Select[Any], Selection]:
    """Return the statement for the records of some numbers, and what its rows mean."""
    joins = Joins(sources.tables, sources.access, actor, entity_id)
    selection = Selection(sources.access, sources.names, joins, actor, verb)
    selection.add(paths)
    may = sources.access.row_condition(actor, entity_id, verb, joins.record, trashed=trashed)
    query = select(*selection.columns).select_from(joins.source)
    return query.where(among(joins.record.c.id, sources.dialect), may), selection


def among(column: ColumnElement[Any], dialect: str) -> ColumnElement[bool]:
    """Return the condition that a number is one of `NUMBERS`.

    PostgreSQL is given all of them as one value: however many they are, the statement stays the
    same, and prepared.
    """
    if dialect == "postgresql":
        return column == any_(bindparam(NUMBERS, type_=ARRAY(BigInteger)))
    return column.in_(bindparam(NUMBERS, type_=BigInteger, expanding=True))
