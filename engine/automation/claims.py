"""Timers that are due: claimed by one worker at a time, and marked when they are done."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, or_, select, update

from engine.automation.leases import (
    DEAD,
    MOST_BEGUN,
    Lease,
    claimed,
    new_lease,
    next_try,
    released,
    words_of,
)
from engine.runtime.tables.system import TIMERS
from engine.runtime.timers import FIRED, WAITING

GAVE_UP = "It was begun again and again, and never came to an end."


@dataclass(frozen=True, slots=True)
class DueTimer:
    """A timer that one worker has claimed."""

    id: int
    kind: str
    entity: str
    record_id: int
    name: str
    due_at: datetime
    attempts: int
    lease: Lease


def claim_timers(
    connection: Connection, kinds: Collection[str], now: datetime, limit: int
) -> tuple[DueTimer, ...]:
    """Claim timers that are due, the longest waiting first; other workers pass them by.

    One that was claimed before is claimed alone: if it ends its worker, no other one is to blame.
    """
    lease = new_lease(now)
    found = connection.execute(_due(kinds, now).limit(limit)).all()
    lost = [one.id for one in found if one.attempts >= MOST_BEGUN]
    taken = _together([one for one in found if one.attempts < MOST_BEGUN])
    _change(connection, lost, {"state": DEAD, "last_error": GAVE_UP, **released()})
    attempts = {"attempts": TIMERS.c.attempts + 1}
    _change(connection, [one.id for one in taken], {**claimed(lease), **attempts})
    return tuple(_timer(one, lease) for one in taken)


def fire(connection: Connection, timer: DueTimer, now: datetime) -> bool:
    """Mark a timer as fired, if the claim still holds and nobody has set or cancelled it since."""
    mine = (
        TIMERS.c.id == timer.id,
        TIMERS.c.state == WAITING,
        TIMERS.c.lease_token == timer.lease.token,
        TIMERS.c.lease_until > now,
    )
    marked = update(TIMERS).where(*mine).values(state=FIRED, fired_at=now, last_error=None)
    return connection.execute(marked.returning(TIMERS.c.id)).first() is not None


def fail(connection: Connection, timer: DueTimer, error: Exception, now: datetime) -> None:
    """Let a timer wait for its next try, or rest where it has had all of them."""
    mine = and_(TIMERS.c.id == timer.id, TIMERS.c.lease_token == timer.lease.token)
    again = next_try(timer.attempts, now)
    changes = {
        "state": WAITING if again else DEAD,
        "last_error": words_of(error),
        "lease_token": None,
        "lease_until": again,  # until then nobody takes it
    }
    connection.execute(update(TIMERS).where(mine, TIMERS.c.state == WAITING).values(**changes))


def let_go(connection: Connection, timers: Collection[DueTimer]) -> None:
    """Give claimed timers back as they were."""
    mine = and_(
        TIMERS.c.id.in_([one.id for one in timers]),
        TIMERS.c.lease_token.in_({one.lease.token for one in timers}),
        TIMERS.c.state == WAITING,
    )
    before = {"attempts": TIMERS.c.attempts - 1, **released()}
    connection.execute(update(TIMERS).where(mine).values(**before))


def next_due(connection: Connection, kinds: Collection[str], now: datetime) -> datetime | None:
    """Return when the next timer is due, or can be tried again."""
    leased = TIMERS.c.lease_until
    fresh = select(TIMERS.c.due_at).where(_waiting(kinds), leased.is_(None))
    tried = select(leased).where(_waiting(kinds), TIMERS.c.due_at <= now, leased.is_not(None))
    found = (
        connection.scalar(fresh.order_by(TIMERS.c.due_at).limit(1)),
        connection.scalar(tried.order_by(leased).limit(1)),
    )
    return min((one for one in found if one is not None), default=None)


def _due(kinds: Collection[str], now: datetime) -> Select[Any]:
    is_free = or_(TIMERS.c.lease_until.is_(None), TIMERS.c.lease_until <= now)
    return (
        select(TIMERS)
        .where(_waiting(kinds), TIMERS.c.due_at <= now, is_free)
        .order_by(TIMERS.c.due_at, TIMERS.c.id)
        .with_for_update(skip_locked=True)
    )


def _together(found: Sequence[Row[Any]]) -> Sequence[Row[Any]]:
    """Return the first ones that one worker may take at once."""
    fresh = tuple(takewhile(lambda one: one.attempts == 0, found))
    return fresh or found[:1]


def _waiting(kinds: Collection[str]) -> ColumnElement[bool]:
    return and_(TIMERS.c.state == WAITING, TIMERS.c.kind.in_(sorted(kinds)))


def _change(connection: Connection, ids: Collection[int], changes: Mapping[str, Any]) -> None:
    if ids:
        connection.execute(update(TIMERS).where(TIMERS.c.id.in_(ids)).values(**changes))


def _timer(row: Row[Any], lease: Lease) -> DueTimer:
    return DueTimer(
        id=row.id,
        kind=row.kind,
        entity=row.entity,
        record_id=row.record_id,
        name=row.name,
        due_at=row.due_at,
        attempts=row.attempts + 1,
        lease=lease,
    )
