"""Where rules plug in: they see each change inside its transaction and may ask for further writes.

Automation implements `Reactions`, `engine.app` joins it to the record service. What a reaction asks
for is written by the same writer, in the same transaction, and is shown to the reactions again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Literal, Protocol

from engine.runtime.actor import Actor
from engine.runtime.records.changes import Change, Saved, Values
from engine.runtime.records.context import Scene

Deed = Literal["create", "update", "move", "archive", "unarchive", "delete", "restore"]
NOTHING: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Write:
    """A write that a reaction asks for; `stage` and `stage_field` are for a move.

    `is_judged` is false for housekeeping of the engine, which no condition may stop.
    """

    deed: Deed
    actor: Actor
    entity: str
    record_id: int | None = None
    payload: Mapping[str, object] = field(default_factory=lambda: NOTHING)
    stage: str = ""
    stage_field: str | None = None
    is_judged: bool = True


class Inside(Protocol):
    """What a reaction works with while the transaction is open."""

    @property
    def scene(self) -> Scene:
        """Return the transaction as expressions see it: connection, other records, who acts."""
        ...

    @property
    def now(self) -> datetime:
        """Return the instant of the transaction."""
        ...

    @property
    def memory(self) -> dict[str, object]:
        """Return what reactions keep until the transaction ends, each under a name of its own."""
        ...

    def values(self, entity_id: str, record_id: int) -> Values | None:
        """Return a record's values as the transaction sees them."""
        ...

    def perform(self, write: Write) -> Saved:
        """Write what follows, at once; the change is shown to the reactions when it is its turn."""
        ...


@dataclass(frozen=True, slots=True)
class Overdue:
    """Something waited for too long: a record in its stage, or a task about it."""

    kind: Literal["stage", "task"]
    entity: str
    record_id: int
    name: str = ""  # the stage field
    task_id: int | None = None


class Reactions(Protocol):
    """Decides what follows from what happens, and does it."""

    def listens(self, entity_id: str) -> bool:
        """Say whether changes of this entity matter at all."""
        ...

    def react(self, change: Change, inside: Inside) -> None:
        """Do what follows from a change."""
        ...

    def react_overdue(self, overdue: Overdue, inside: Inside) -> None:
        """Do what follows when something waits for too long."""
        ...


class NoReactions:
    """Nothing follows from anything."""

    def listens(self, entity_id: str) -> bool:
        """Say that no entity matters."""
        del entity_id
        return False

    def react(self, change: Change, inside: Inside) -> None:
        """Do nothing."""

    def react_overdue(self, overdue: Overdue, inside: Inside) -> None:
        """Do nothing."""
