"""What every page of a record works with: who looks, and the services, found by address."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import NotAllowed, NotFound, say
from engine.metadata.model.entity import Entity
from engine.runtime.access.access import Access
from engine.runtime.actor import Actor
from engine.runtime.query.records import Record
from engine.runtime.query.select import Reader
from engine.runtime.records.service import RecordService
from engine.runtime.records.timeline import Timeline
from engine.web import request as asked
from engine.web.parts.choices import Choices
from engine.web.parts.look import Look, current_look

LARGEST = 2**63 - 1
ONE = f"/<entity_id>/<int(max={LARGEST}):record_id>"
NOTHING_HERE = say("There is nothing at this address, or nothing that you may see.")


@dataclass(frozen=True, slots=True)
class Desk:
    """The services of a request and the person who works with them."""

    look: Look
    access: Access
    reader: Reader
    records: RecordService
    timeline: Timeline

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

    def record(self, entity_id: str, record_id: int) -> Record:
        """Return a record that this person may see, be it in the trash for those who delete."""
        self.entity(entity_id)
        try:
            return self.reader.get(self.actor, entity_id, record_id)
        except NotFound:
            if not self.access.may(self.actor, entity_id, "delete"):
                raise
            return self.reader.get(self.actor, entity_id, record_id, trashed=True)

    def require(self, record: Record, verb: str) -> None:
        """Refuse what this person may see but not do."""
        if verb not in record.may:
            raise NotAllowed(say("You may see this record, but not do this with it."))


def current_desk() -> Desk:
    """Return the desk of whoever sent the request at hand."""
    parts = asked.services()
    timeline = Timeline(parts.database, parts.access, parts.records.tools.entities)
    return Desk(current_look(), parts.access, parts.reader, parts.records, timeline)
