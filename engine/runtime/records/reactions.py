"""Where rules plug in: they see each change inside its transaction and may ask for further writes.

Automation implements `Reactions`, `engine.app` joins it to the record service. What a reaction asks
for is written by the same writer, in the same transaction, and is shown to the reactions again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Literal, Protocol

from sqlalchemy import Connection

from engine.runtime.actor import Actor
from engine.runtime.records.changes import Change, Values

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
    """What a reaction may look at while the transaction is open."""

    @property
    def connection(self) -> Connection:
        """Return the connection of the transaction."""
        ...

    @property
    def now(self) -> datetime:
        """Return the instant of the transaction."""
        ...

    def values(self, entity_id: str, record_id: int) -> Values | None:
        """Return a record's values as the transaction sees them."""
        ...


class Reactions(Protocol):
    """Decides what follows from a change."""

    def listens(self, entity_id: str) -> bool:
        """Say whether changes of this entity matter at all."""
        ...

    def react(self, change: Change, inside: Inside) -> Sequence[Write]:
        """Return the writes that follow from a change."""
        ...


class NoReactions:
    """Nothing follows from anything."""

    def listens(self, entity_id: str) -> bool:
        """Say that no entity matters."""
        del entity_id
        return False

    def react(self, change: Change, inside: Inside) -> Sequence[Write]:
        """Return nothing."""
        del change, inside
        return ()
