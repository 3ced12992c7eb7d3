"""What every page of a record works with: who looks, and the services, found by address."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import TypeVar

from engine.errors import NotAllowed, NotFound, ValidationFailed, say
from engine.metadata.model.entity import Entity
from engine.metadata.model.text import RecordRef
from engine.runtime.access.access import Access
from engine.runtime.actor import Actor
from engine.runtime.database import Database
from engine.runtime.query.records import Record
from engine.runtime.query.select import Reader
from engine.runtime.query.stays import Stay, stays_of
from engine.runtime.records.opened import Opened
from engine.runtime.records.service import RecordService
from engine.runtime.records.timeline import Timeline
from engine.web import request as asked
from engine.web.parts.choices import Choices
from engine.web.parts.layout import Section, facts_layout, form_layout
from engine.web.parts.look import Look, current_look
from engine.web.security import note_denial

T = TypeVar("T")

LARGEST = 2**63 - 1
ONE = f"/<entity_id>/<int(max={LARGEST}):record_id>"
# Who may sign in, and with which rights, is the matter of the user administration alone.
ELSEWHERE: Mapping[str, frozenset[str]] = MappingProxyType({"user": frozenset({"login", "roles"})})
NOTHING_HERE = say("There is nothing at this address, or nothing that you may see.")
IN_ADMINISTRATION = say("This is changed in the administration of users.")


@dataclass(frozen=True, slots=True)
class Desk:
    """The services of a request and the person who works with them."""

    look: Look
    access: Access
    reader: Reader
    records: RecordService
    timeline: Timeline
    database: Database

    @property
    def actor(self) -> Actor:
        """Return who works here."""
        return self.look.actor

    @property
    def choices(self) -> Choices:
        """Return who finds records for links."""
        return Choices(self.look.application, self.reader, self.access, self.actor)

    def entity(self, entity_id: str) -> Entity:
        """Return an entity of which this person may see records; else there is none."""
        known = self.look.application.entities.get(entity_id)
        if known is None or not self.access.may(self.actor, entity_id, "see"):
            raise NotFound(NOTHING_HERE)
        return known

    def writable(self, entity_id: str) -> frozenset[str]:
        """Return the fields that this person may write on the pages of a record."""
        fields = self.access.writable(self.actor, entity_id)
        return fields - ELSEWHERE.get(entity_id, frozenset())

    def refuse_elsewhere(self, entity_id: str, names: Iterable[str]) -> None:
        """Refuse what is written on pages of its own."""
        names = ELSEWHERE.get(entity_id, frozenset()).intersection(names)
        if names:
            note_denial("edit elsewhere", entity=entity_id, fields=sorted(names))
            raise ValidationFailed(dict.fromkeys(names, (IN_ADMINISTRATION,)))

    def keeps_records(self, entity_id: str) -> None:
        """Refuse to make or put away records that have pages of their own for it."""
        if entity_id in ELSEWHERE:
            raise NotAllowed(IN_ADMINISTRATION)

    def record(self, entity_id: str, record_id: int) -> Record:
        """Return a record that this person may see, be it in the trash for those who delete."""
        return self._found(self.reader.get, entity_id, record_id)

    def opened(self, entity_id: str, record_id: int) -> Opened:
        """Return such a record with what its form and its buttons are judged on."""
        return self._found(partial(self.records.opened, self.reader), entity_id, record_id)

    def _found(self, get: Callable[..., T], entity_id: str, record_id: int) -> T:
        self.entity(entity_id)
        try:
            return get(self.actor, entity_id, record_id)
        except NotFound:
            if not self.access.may(self.actor, entity_id, "delete"):
                raise
            return get(self.actor, entity_id, record_id, trashed=True)

    def facts_of(self, record: Record) -> tuple[Section, ...]:
        """Return the sections of a record's page with the fields that this person may read."""
        entity, names = self.look.application.entity(record.entity), frozenset(record.values)
        key = ("facts", entity.id, names)
        return self.access.kept.get(key, lambda: facts_layout(entity, names))

    def inputs_of(self, entity: Entity, names: Collection[str]) -> tuple[Section, ...]:
        """Return the sections of a form with these fields."""
        key = ("inputs", entity.id, frozenset(names))
        return self.access.kept.get(key, lambda: form_layout(entity, names))

    def still(self, record: Record | RecordRef) -> Record | None:
        """Return a record as it is now, None where a change has taken it out of sight."""
        try:
            return self.record(record.entity, record.id)
        except NotFound:
            return None

    def stays(self, record: Record) -> Mapping[str, Stay]:
        """Return since when a record stands in the stage of each of its stage fields."""
        found = stays_of(self.database, [record]).get(record.id, ())
        return {one.field: one for one in found}

    def require(self, record: Record, verb: str) -> None:
        """Refuse what this person may see but not do."""
        if verb not in record.may:
            raise NotAllowed(say("You may see this record, but not do this with it."))


def current_desk() -> Desk:
    """Return the desk of whoever sent the request at hand."""
    parts = asked.services()
    timeline = Timeline(parts.database, parts.access, parts.records.tools.entities)
    return Desk(current_look(), parts.access, parts.reader, parts.records, timeline, parts.database)
