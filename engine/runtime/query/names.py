"""What a record is called: its title, or its kind and number where the title is hidden."""

from __future__ import annotations

from collections.abc import Callable

from engine.metadata.model.application import Application
from engine.runtime.access import Access
from engine.runtime.actor import Actor


class RecordNames:
    """Names records for an actor."""

    def __init__(self, application: Application, access: Access) -> None:
        self._application = application
        self._access = access

    def shown(self, actor: Actor, entity_id: str, record_id: int, title: str) -> str:
        """Return the title, unless it is made of what the actor may not read."""
        return self.showing(actor, entity_id)(record_id, title)

    def showing(self, actor: Actor, entity_id: str) -> Callable[[int, str], str]:
        """Return what names the records of an entity for the actor."""
        label = self._application.entity(entity_id).label
        if "title" in self._access.peekable(actor, entity_id):
            return lambda record_id, title: title or f"{label} {record_id}"
        return lambda record_id, _: f"{label} {record_id}"
