"""Records by their numbers, as an actor may know them: one statement for whichever they are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import BigInteger, BindParameter, Select, bindparam, select

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
    return query.where(joins.record.c.id.in_(numbers()), may), selection


def numbers() -> BindParameter[Any]:
    """Return the parameter for the numbers of records."""
    return bindparam(NUMBERS, type_=BigInteger, expanding=True)
