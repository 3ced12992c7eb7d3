"""Timers are rows, written in the transaction of the change that sets them.

The worker fires them; a timer that is waiting and due is never lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Update, bindparam, update

from engine.runtime.tables.system import TIMERS
from engine.runtime.upsert import upsert_many

WAITING, FIRED, CANCELLED = "waiting", "fired", "cancelled"
HELD = "held"  # after a restore, until somebody lets it go on
KEY = ("kind", "entity", "record_id", "name")
AFRESH: Mapping[str, Any] = {
    "state": WAITING,
    "fired_at": None,
    "attempts": 0,
    "last_error": None,
    "lease_token": None,
    "lease_until": None,
}


@dataclass(frozen=True, slots=True)
class TimerKey:
    """What a timer is about; a record has one timer of each kind and name."""

    kind: str
    entity: str
    record_id: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class Timer:
    """A timer, when it is due, and what belongs to it."""

    key: TimerKey
    due_at: datetime
    body: Mapping[str, Any] | None = None


def set_timer(
    connection: Connection,
    key: TimerKey,
    due_at: datetime,
    now: datetime,
    body: Mapping[str, Any] | None = None,
) -> None:
    """Let a timer wait for `due_at`, whatever it did before."""
    set_timers(connection, [Timer(key, due_at, body)], now)


def set_timers(connection: Connection, timers: Sequence[Timer], now: datetime) -> None:
    """Let timers wait, whatever they did before: who works on one of them finds it another one."""
    rows = [
        {
            "kind": one.key.kind,
            "entity": one.key.entity,
            "record_id": one.key.record_id,
            "name": one.key.name,
            "created_at": now,
            "due_at": one.due_at,
            "body": one.body and dict(one.body),
            **AFRESH,
        }
        for one in timers
    ]
    upsert_many(connection, TIMERS, rows, ("due_at", "body", *AFRESH), KEY)


def cancel_timers(
    connection: Connection,
    entity: str,
    record_id: int,
    kind: str | None = None,
    name: str | None = None,
) -> None:
    """Cancel the waiting timers of a record: of one kind, of one name, or all."""
    given = {"_entity": entity, "_record_id": record_id, "_kind": kind, "_name": name}
    known = {one: value for one, value in given.items() if value is not None}
    connection.execute(_cancelling(frozenset(known)), known)


@cache
def _cancelling(given: frozenset[str]) -> Update:
    """Return the statement that cancels the waiting timers of which so much is given."""
    places = (TIMERS.c[one.removeprefix("_")] == bindparam(one) for one in sorted(given))
    waiting = TIMERS.c.state.in_((WAITING, HELD))
    return update(TIMERS).where(*places, waiting).values(state=CANCELLED)
