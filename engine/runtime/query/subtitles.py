"""The second line of a choice or a hit: the entity's subtitle, or a way to reach the person.

A subtitle is made for the one who reads it: what they may not read in it stays empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection

from engine.metadata.expressions.compile import Typed
from engine.metadata.expressions.evaluate import MappingContext, Result
from engine.metadata.expressions.names import Scope
from engine.metadata.expressions.templates import TextTemplate, render, typed_template
from engine.metadata.fieldtypes.base import Kind
from engine.metadata.model.entity import Entity
from engine.runtime.actor import Actor
from engine.runtime.query.asking import zone_of
from engine.runtime.query.paths import FieldPath
from engine.runtime.query.records import Record
from engine.runtime.query.sources import Sources
from engine.runtime.query.those import NUMBERS, those
from engine.runtime.translate import Translator

CONTACTS = ("phone", "email")
MARKS = " ,;·-–/"  # what stands between values is nothing without them


class Subtitles:
    """Makes the second lines of records."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._templates: dict[str, TextTemplate | None] = {}
        self._translator = Translator(sources.clock)

    def of(
        self, connection: Connection, actor: Actor, entity_id: str, numbers: Sequence[int]
    ) -> Mapping[int, str]:
        """Return the subtitles of those records that the actor sees."""
        if not numbers or not self._sources.access.may(actor, entity_id, "see"):
            return {}
        paths = self.paths(actor, entity_id)
        return self.lines(
            actor, entity_id, self._records(connection, actor, entity_id, numbers, paths)
        )

    def paths(self, actor: Actor, entity_id: str) -> list[FieldPath]:
        """Return the fields that the actor may read of a second line."""
        entity = self._sources.application.entity(entity_id)
        template = self._template(entity)
        names = {".".join(path) for path in template.paths} if template else set(_contacts(entity))
        found = (self._sources.paths.find(actor, entity_id, name) for name in sorted(names))
        return [one for one in found if one is not None]

    def lines(self, actor: Actor, entity_id: str, records: Iterable[Record]) -> Mapping[int, str]:
        """Return the second lines of records that the actor sees, read with these fields."""
        entity = self._sources.application.entity(entity_id)
        template = self._template(entity)
        if template is None:
            return {one.id: _first_contact(one, entity) for one in records}
        return {one.id: self._filled(template, one, actor) for one in records}

    def _template(self, entity: Entity) -> TextTemplate | None:
        if entity.id not in self._templates:
            scope = Scope(self._sources.application, entity)
            self._templates[entity.id] = (
                typed_template(entity.subtitle, scope) if entity.subtitle else None
            )
        return self._templates[entity.id]

    def _records(
        self,
        connection: Connection,
        actor: Actor,
        entity_id: str,
        numbers: Sequence[int],
        paths: Sequence[FieldPath],
    ) -> tuple[Record, ...]:
        if not paths:
            return ()
        query, selection = self._sources.kept.get(
            ("subtitles", actor, entity_id),
            lambda: those(self._sources, actor, entity_id, paths),
        )
        rows = connection.execute(query, {NUMBERS: numbers})
        return tuple(selection.record(row, {}) for row in rows)

    def _filled(self, template: TextTemplate, record: Record, actor: Actor) -> str:
        application = self._sources.application
        zone = zone_of(actor, application)
        values = {tuple(path.split(".")): value for path, value in record.values.items()}
        now = self._sources.clock.now()
        context = MappingContext(values, now, zone, application.workdays)
        language = actor.language or application.language

        def show(value: Result, typed: Typed) -> str:
            if isinstance(value, int) and typed.kind is Kind.LINK:
                return _title(record, typed.to, value)
            return self._translator.show_typed(value, typed, language, zone, application)

        return " ".join(render(template, context, show).split()).strip(MARKS)


def _contacts(entity: Entity) -> tuple[str, ...]:
    return tuple(one.id for one in entity.fields.values() if one.type in CONTACTS)


def _first_contact(record: Record, entity: Entity) -> str:
    return next(
        (str(record.values[one]) for one in _contacts(entity) if record.values.get(one)), ""
    )


def _title(record: Record, target: str | None, record_id: int) -> str:
    """Return the title of a linked record, nothing where the reader may not know it."""
    known = (one for one in record.links.values() if one is not None)
    return next((one.title for one in known if (one.entity, one.id) == (target, record_id)), "")
