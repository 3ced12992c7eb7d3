"""Refusals that the log keeps: who tried what with which record."""

from __future__ import annotations

from typing import TypeAlias

from engine.errors import Message, NotAllowed, NotFound, ValidationFailed, say
from engine.runtime.actor import Actor
from engine.runtime.audit import Denial
from engine.runtime.records.changes import Messages


class Denied(NotAllowed):
    """The actor knows of the record, and may not do this with it."""

    def __init__(
        self, verb: str, entity: str, record_id: int | None = None, message: Message | None = None
    ) -> None:
        """Keep what was tried."""
        super().__init__(message or say("You may not do this with this record."))
        self.verb, self.entity, self.record_id = verb, entity, record_id


class Missing(NotFound):
    """There is no such record, or none that this actor may know of."""

    def __init__(self, verb: str, entity: str, record_id: int | None = None) -> None:
        """Keep what was tried."""
        super().__init__(say("There is no such record."))
        self.verb, self.entity, self.record_id = verb, entity, record_id


class FieldsDenied(ValidationFailed):
    """Fields were sent that the actor may not write."""

    def __init__(
        self,
        messages: Messages,
        verb: str,
        entity: str,
        record_id: int | None,
        fields: frozenset[str],
    ) -> None:
        """Keep what was tried."""
        super().__init__(messages)
        self.verb, self.entity, self.record_id, self.fields = verb, entity, record_id, fields


Refusal: TypeAlias = Denied | Missing | FieldsDenied
REFUSALS = (Denied, Missing, FieldsDenied)


def denial(actor: Actor, refusal: Refusal) -> Denial:
    """Return what the log keeps of a refusal."""
    what: dict[str, object] = {"code": refusal.code}
    if isinstance(refusal, FieldsDenied):
        what["fields"] = sorted(refusal.fields)
    entity = None if isinstance(refusal, Missing) and not refusal.record_id else refusal.entity
    return Denial(actor, refusal.verb, entity, refusal.record_id, what)
