"""The outbox: what is to be looked at after the commit, written before it.

Every change leaves one row of kind `change`, which names its history row; whoever dispatches works
through the rows in their order, at least once, each with a key of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection, insert

from engine.runtime.tables.system import OUTBOX

CHANGE = "change"
WAITING = "waiting"
HELD = "held"  # after a restore, until somebody lets it go on
ADDING = insert(OUTBOX)


@dataclass(frozen=True, slots=True)
class Entry:
    """A change that others may want to know of."""

    history_id: int
    entity: str
    record_id: int


def add_changes(connection: Connection, entries: Sequence[Entry], now: datetime) -> None:
    """Add the rows of changes in the caller's transaction."""
    rows = [
        {
            "history_id": one.history_id,
            "entity": one.entity,
            "record_id": one.record_id,
            "kind": CHANGE,
            "key": effect_key(one.history_id),
            "state": WAITING,
            "available_at": now,
            "created_at": now,
        }
        for one in entries
    ]
    if rows:
        connection.execute(ADDING, rows)


def effect_key(history_id: int, rule_id: str = "", action_no: int = 0) -> str:
    """Return the idempotency key of what follows from a change: the same at every try."""
    return sha256(f"{history_id}:{rule_id}:{action_no}".encode()).hexdigest()
