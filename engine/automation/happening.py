"""Something that rules listen to: on which record it happened, because of whom, how deep."""

from __future__ import annotations

from dataclasses import dataclass

from engine.automation.context import Linked, Names, RunContext
from engine.automation.memory import Chain
from engine.automation.names import RECORD
from engine.automation.running import stored
from engine.metadata.model.text import RecordRef
from engine.runtime.actor import Actor
from engine.runtime.records.changes import Change, Values
from engine.runtime.records.reactions import Inside, Overdue


@dataclass(frozen=True, slots=True)
class Happening:
    """`old` is the record as it was before; `chain` are the labels of the runs that led here."""

    subject: RecordRef
    old: Values | None
    actor: Actor
    chain: Chain = ()
    depth: int = 0
    history_id: int | None = None

    @property
    def names(self) -> Names:
        """Return the names that every rule and button knows."""
        return {RECORD: Linked(self.subject.entity, self.subject.id)}


def of_change(change: Change, chain: Chain) -> Happening:
    """Return what a change is for rules."""
    return Happening(
        subject=RecordRef(change.entity, change.record_id),
        old=change.before,
        actor=change.actor,
        chain=chain,
        depth=change.depth,
        history_id=change.history_id,
    )


def of_overdue(overdue: Overdue, inside: Inside) -> Happening:
    """Return what it is for rules that something waits for too long; nothing has changed."""
    subject = RecordRef(overdue.entity, overdue.record_id)
    return Happening(subject, stored(inside, subject), inside.scene.setting.actor)


def context_of(happening: Happening, inside: Inside) -> RunContext:
    """Return what conditions see: the record as it is now."""
    scene, subject = inside.scene, happening.subject
    compiled = scene.entities[subject.entity]
    record = scene.context(compiled, stored(inside, subject), happening.old)
    return RunContext(record, happening.names, scene.lookup)
