"""Definitions that vanished beside new ones that may be the same under another id.

Nothing is guessed: a pair is only a question, since dropping and adding is no rename.
"""

from __future__ import annotations

import re
from collections import Counter as Tally
from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from typing import TypeVar

from engine.metadata.model.application import Application
from engine.metadata.model.entity import Entity
from engine.metadata.model.field import Field
from engine.runtime.plan.count import Counter
from engine.runtime.plan.match import How, Match, TableMatch, fits
from engine.runtime.plan.renames import LookAlike
from engine.runtime.plan.state import LiveColumn, LiveTable

SIMILAR = 0.6
COMMON_FIELDS = 0.5
ONLY_PAIR = 0.1  # of what is alike in nothing but being the only one that went and came
PAIR = 2
WORD = re.compile(r"[^\W_]+")

New = TypeVar("New")
Gone = TypeVar("Gone")


def look_alikes(matched: Match, was: Application | None, counter: Counter) -> tuple[LookAlike, ...]:
    """Return the pairs to ask about: entities, then fields; each definition once."""
    found = [*_entities(matched, was, counter)]
    for table in matched.tables:
        if table.how is not How.NEW:
            found += _fields(table, was, counter)
    return tuple(found)


def _entities(matched: Match, was: Application | None, counter: Counter) -> Iterator[LookAlike]:
    new = [one.entity for one in matched.tables if one.how is How.NEW]
    is_only = len(new) == len(matched.gone) == 1
    scores = [
        (_like_entity(one, live, _entity(was, live), is_only=is_only), one.id, live)
        for one in new
        for live in matched.gone
    ]
    for entity, live in _best(scores):
        yield LookAlike(None, live.entity, entity, counter.records(live.name))


def _fields(table: TableMatch, was: Application | None, counter: Counter) -> Iterator[LookAlike]:
    new = [one for one in table.fields if one.how is How.NEW and one.field.formula is None]
    gone = {
        one: columns
        for one, columns in table.gone.items()
        if one not in table.entity.fields and not columns[0].computed
    }
    before = _entity(was, table.live)
    types = Tally((*(one.field.type for one in new), *(one[0].type for one in gone.values())))
    scores = [
        (_like_field(one.field, columns, _field(before, old), types), one.field.id, old)
        for one in new
        for old, columns in gone.items()
        if fits(columns, one.wanted)
    ]
    for field, old in _best(scores):
        count = counter.filled(table.live.name, gone[old])
        yield LookAlike(table.entity.id, old, field, count)


def _best(scores: Iterable[tuple[float, New, Gone]]) -> Iterator[tuple[New, Gone]]:
    """Yield pairs, the most alike first, so that nobody is in two of them."""
    taken: list[object] = []
    for score, new, gone in sorted(scores, key=lambda one: -one[0]):
        if score and new not in taken and gone not in taken:
            taken += [new, gone]
            yield new, gone


def _like_field(
    new: Field, columns: tuple[LiveColumn, ...], before: Field | None, types: Mapping[str, int]
) -> float:
    """Say how alike two fields are, 0 for those that nobody is asked about.

    `types` counts the types of all that went and came: a pair of one type may be one field.
    """
    labels = (before.label, new.label) if before else ("", "")
    helps = (before.help, new.help) if before else ("", "")
    alike = max(_similar(columns[0].field, new.id), _similar(*labels), float(_same(*helps)))
    is_pair = columns[0].type == new.type and types[new.type] == PAIR
    return alike or (ONLY_PAIR if is_pair else 0)


def _like_entity(new: Entity, live: LiveTable, before: Entity | None, *, is_only: bool) -> float:
    old, now = set(live.active_fields()), set(new.fields)
    common = len(old & now) / len(old | now) if old | now else 0
    alike = max(
        _similar(live.entity, new.id),
        _similar(before.label if before else "", new.label),
        common if common >= COMMON_FIELDS else 0,
    )
    return alike or (ONLY_PAIR if is_only and common else 0)


def _similar(one: str, other: str) -> float:
    """Return how alike two names are, 0 for those that are hardly."""
    one, other = one.casefold().strip(), other.casefold().strip()
    if not one or not other:
        return 0
    words, others = set(WORD.findall(one)), set(WORD.findall(other))
    if words and others and (words <= others or others <= words):
        return 1
    ratio = SequenceMatcher(None, one, other).ratio()
    return ratio if ratio >= SIMILAR else 0


def _same(one: str, other: str) -> bool:
    return bool(one.strip()) and one.strip() == other.strip()


def _entity(was: Application | None, live: LiveTable) -> Entity | None:
    return was.entities.get(live.entity) if was else None


def _field(entity: Entity | None, field: str) -> Field | None:
    return entity.fields.get(field) if entity else None
