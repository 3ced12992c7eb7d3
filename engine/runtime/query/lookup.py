"""Records by their words: the link picker, the search over everything, and titles by number.

What is peeked at is found by its title alone; what is seen, by all of its search fields.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from functools import partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    bindparam,
    case,
    false,
    literal,
    literal_column,
    select,
    union_all,
)

from engine.metadata.model.text import Expression, RecordRef
from engine.runtime.access.reach import ALL
from engine.runtime.actor import Actor
from engine.runtime.query.joins import Joins
from engine.runtime.query.parts import like
from engine.runtime.query.records import Choice, Hit
from engine.runtime.query.search import FIRST, Word, open_words, read_words
from engine.runtime.query.selection import Selection
from engine.runtime.query.sources import Sources
from engine.runtime.query.subtitles import Subtitles
from engine.runtime.query.those import NUMBERS, among

# Found through the record that they are about, never by themselves.
NOT_SEARCHED = frozenset({"activity", "notification"})

HIT_ORDER: tuple[ColumnElement[Any], ...] = tuple(
    literal_column(one) for one in ("archived", "rank", "place", "key", "id")
)


class Lookup:
    """Finds records by words, within the rights of an actor."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self.subtitles = Subtitles(sources)

    def choices(
        self,
        connection: Connection,
        actor: Actor,
        entity_id: str,
        text: str,
        limit: int,
        where: Expression | None,
    ) -> tuple[Choice, ...]:
        """Return active records that a link may point at, best first."""
        words, values = open_words(read_words(text))
        query, selection, has_notes = self._sources.kept.get(
            ("choices", actor, entity_id, _shape(words), limit, where),
            lambda: self._choices(actor, entity_id, words, limit, where),
        )
        rows = connection.execute(query, values).all()
        found = [selection.record(row, {}) for row in rows]
        notes = (
            self.subtitles.lines(actor, entity_id, found)
            if has_notes
            else self.subtitles.of(connection, actor, entity_id, [one.id for one in found])
        )
        return tuple(Choice(one.id, one.title, notes.get(one.id, "")) for one in found)

    def _choices(
        self,
        actor: Actor,
        entity_id: str,
        words: tuple[Word, ...],
        limit: int,
        where: Expression | None,
    ) -> tuple[Select[Any], Selection, bool]:
        """Return the query for choices, what its rows mean, and whether second lines are in them.

        They are where the actor sees all that it may peek at.
        """
        access = self._sources.access
        joins = Joins(self._sources.tables, access, actor, entity_id)
        seen, peeked = (access.reach(actor, entity_id, one) for one in ("see", "peek"))
        paths = self.subtitles.paths(actor, entity_id) if seen == peeked else []
        selection = Selection(access, self._sources.names, joins, actor, "see" if paths else "peek")
        selection.add(paths)
        record, nearest = joins.record, self._nearest(actor, entity_id, words)
        found = self._known(actor, entity_id, words, record.c.id)
        found = found.where(record.c.archived == false())
        if where is not None:
            found = found.where(access.expressions.condition(where, entity_id, record, actor))
        few = found.order_by(*nearest).limit(limit)  # so that numbers alone have to be sorted
        query = select(*selection.columns).select_from(joins.source)
        query = query.where(record.c.id.in_(select(few.subquery().c.id))).order_by(*nearest)
        return query, selection, bool(paths)

    def hits(self, connection: Connection, actor: Actor, text: str, limit: int) -> tuple[Hit, ...]:
        """Return the records of all entities that hold the words; archived ones last."""
        words, values = open_words(read_words(text))
        entities = [
            one
            for one in self._sources.application.entities
            if one not in NOT_SEARCHED and self._sources.access.may(actor, one, "peek")
        ]
        if not words or not entities:
            return ()
        query = self._sources.kept.get(
            ("hits", actor, _shape(words), limit),
            lambda: self._hits(actor, entities, words).limit(limit),
        )
        rows = connection.execute(query, values).all()
        notes = self.notes(
            connection, actor, [RecordRef(entities[row.place], row.id) for row in rows]
        )
        return tuple(self._hit(actor, entities[row.place], row, notes) for row in rows)

    def titles(
        self, connection: Connection, actor: Actor, references: Iterable[RecordRef]
    ) -> dict[RecordRef, str]:
        """Return the titles of those records that the actor may see or peek at."""
        found: dict[RecordRef, str] = {}
        for entity_id, some in self._by_entity(references).items():
            make = partial(self._titles, actor, entity_id)
            query = self._sources.kept.get(("titles", actor, entity_id), make)
            for number, title in connection.execute(query, {NUMBERS: some}):
                shown = self._sources.names.shown(actor, entity_id, number, title)
                found[RecordRef(entity_id, number)] = shown
        return found

    def _titles(self, actor: Actor, entity_id: str) -> Select[Any]:
        record = self._sources.tables.table(entity_id)
        query = self._known(actor, entity_id, (), record.c.id, record.c.title)
        return query.where(among(record.c.id, self._sources.dialect))

    def _by_entity(self, references: Iterable[RecordRef]) -> dict[str, list[int]]:
        found: dict[str, set[int]] = defaultdict(set)
        for one in references:
            if one.entity in self._sources.application.entities:
                found[one.entity].add(one.id)
        return {entity_id: sorted(found[entity_id]) for entity_id in sorted(found)}

    def notes(
        self, connection: Connection, actor: Actor, references: Iterable[RecordRef]
    ) -> dict[RecordRef, str]:
        """Return the second lines of those records that the actor sees."""
        return {
            RecordRef(entity_id, number): note
            for entity_id, some in self._by_entity(references).items()
            for number, note in self.subtitles.of(connection, actor, entity_id, some).items()
        }

    def _hit(self, actor: Actor, entity_id: str, row: Any, notes: dict[RecordRef, str]) -> Hit:
        return Hit(
            entity=entity_id,
            id=row.id,
            title=self._sources.names.shown(actor, entity_id, row.id, row.title),
            subtitle=notes.get(RecordRef(entity_id, row.id), ""),
            archived=bool(row.archived),
        )

    def _hits(
        self, actor: Actor, entities: Sequence[str], words: tuple[Word, ...]
    ) -> CompoundSelect[Any]:
        each = (self._hits_of(actor, one, place, words) for place, one in enumerate(entities))
        return union_all(*each).order_by(*HIT_ORDER)

    def _hits_of(
        self, actor: Actor, entity_id: str, place: int, words: tuple[Word, ...]
    ) -> Select[Any]:
        record = self._sources.tables.table(entity_id)
        rank, key = self._rank(actor, entity_id), self._key(actor, entity_id)
        columns = (record.c.id, record.c.title, record.c.archived)
        named = (literal(place).label("place"), rank.label("rank"), key.label("key"))
        return self._known(actor, entity_id, words, *columns, *named)

    def _known(
        self, actor: Actor, entity_id: str, words: tuple[Word, ...], *columns: ColumnElement[Any]
    ) -> Select[Any]:
        """Return the query of what is seen or peeked at, and holds the words."""
        record = self._sources.tables.table(entity_id)
        query = select(*columns).where(
            self._sources.access.row_condition(actor, entity_id, "peek", record)
        )
        if not words:
            return query
        return query.where(self._sources.search.peeked(actor, entity_id, words, record))

    def _nearest(
        self, actor: Actor, entity_id: str, words: tuple[Word, ...]
    ) -> tuple[ColumnElement[Any], ...]:
        """Return the order of choices; without words the last changed ones are at hand."""
        record = self._sources.tables.table(entity_id)
        if words:
            return self._rank(actor, entity_id), self._key(actor, entity_id), record.c.id
        if self._sources.access.reach(actor, entity_id, "see") == ALL:
            return record.c.updated_at.desc(), record.c.id.desc()
        return self._key(actor, entity_id), record.c.id

    def _rank(self, actor: Actor, entity_id: str) -> ColumnElement[int]:
        """Titles that begin with the first word come first."""
        key = self._key(actor, entity_id)
        return case((like(key, bindparam(FIRST)), 0), else_=1)

    def _key(self, actor: Actor, entity_id: str) -> ColumnElement[str]:
        """Return what titles sort by; nothing where they are hidden, whose order would tell."""
        if "title" in self._sources.access.peekable(actor, entity_id):
            return self._sources.tables.table(entity_id).c.title_key
        return literal("")


def _shape(words: tuple[Word, ...]) -> Hashable:
    """Return what tells words apart whose values are parameters."""
    return tuple(one.has_digits for one in words)
