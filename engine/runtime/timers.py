"""Timers are rows, written in the transaction of the change that sets them.

Who fires them comes with automation; a timer that is waiting and due is never lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, update

from engine.runtime.tables.system import TIMERS
from engine.runtime.upsert import upsert

WAITING, CANCELLED = "waiting", "cancelled"
KEY = ("kind", "entity", "record_id", "name")


@dataclass(frozen=True, slots=True)
class TimerKey:
    """What a timer is about; a record has one timer of each kind and name."""

    kind: str
    entity: str
    record_id: int
    name: str = ""


def set_timer(
    connection: Connection,
    key: TimerKey,
    due_at: datetime,
    now: datetime,
    body: Mapping[str, Any] | None = None,
) -> None:
    """Let a timer wait for `due_at`, whatever it did before."""
    state = {"due_at": due_at, "state": WAITING, "body": body and dict(body), "fired_at": None}
    values = {
        "kind": key.kind,
        "entity": key.entity,
        "record_id": key.record_id,
        "name": key.name,
        "created_at": now,
        **state,
    }
    connection.execute(upsert(connection, TIMERS, values, state, KEY))


def cancel_timers(
    connection: Connection, entity: str, record_id: int, kind: str | None = None
) -> None:
    """Cancel the waiting timers of a record, of one kind or all."""
    waiting = update(TIMERS).where(
        TIMERS.c.entity == entity, TIMERS.c.record_id == record_id, TIMERS.c.state == WAITING
    )
    if kind is not None:
        waiting = waiting.where(TIMERS.c.kind == kind)
    connection.execute(waiting.values(state=CANCELLED))
