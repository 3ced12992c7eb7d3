"""What a restored CRM must not do by itself: fire timers, send what was not sent, know visitors.

What was waiting rests as `held` until somebody says that it may go on, or that it may not: the
place that the backup came from has perhaps done all of it already.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Update, case, func, select, update

from engine.runtime.outbox import HELD as HELD_ROW
from engine.runtime.outbox import WAITING as WAITING_ROW
from engine.runtime.tables.system import OUTBOX, SESSIONS, TIMERS, TOKENS
from engine.runtime.timers import CANCELLED, HELD, WAITING

LEASED, DEAD = "leased", "dead"
DISCARDED = "It was on hold after a restore, and was not wanted any more."
FREE = {"lease_token": None, "lease_until": None}


@dataclass(frozen=True, slots=True)
class Held:
    """How many timers and outbox rows are on hold."""

    timers: int
    rows: int

    @property
    def is_nothing(self) -> bool:
        """Say whether nothing is on hold."""
        return not (self.timers or self.rows)


@dataclass(frozen=True, slots=True)
class Ended:
    """How many sessions and one-time links were ended."""

    sessions: int
    links: int


def hold(connection: Connection) -> Held:
    """Put on hold what waits or is at work; count all that is on hold, from before as well."""
    rows = update(OUTBOX).where(OUTBOX.c.state.in_((WAITING_ROW, LEASED)))
    timers = update(TIMERS).where(TIMERS.c.state == WAITING)
    connection.execute(timers.values(state=HELD, **FREE))
    connection.execute(rows.values(state=HELD_ROW, **FREE))
    return held_now(connection)


def end_visits(connection: Connection, now: datetime) -> Ended:
    """End all sessions and one-time links: whoever has a copy of them gets in nowhere."""
    sessions = update(SESSIONS).where(SESSIONS.c.ended_at.is_(None), SESSIONS.c.expires_at > now)
    links = update(TOKENS).where(TOKENS.c.used_at.is_(None), TOKENS.c.expires_at > now)
    return Ended(
        sessions=_count(connection, sessions.values(ended_at=now)),
        links=_count(connection, links.values(used_at=now)),
    )


def held_now(connection: Connection) -> Held:
    """Count what is on hold."""
    timers = select(func.count()).select_from(TIMERS).where(TIMERS.c.state == HELD)
    rows = select(func.count()).select_from(OUTBOX).where(OUTBOX.c.state == HELD_ROW)
    return Held(connection.scalar(timers) or 0, connection.scalar(rows) or 0)


def release(connection: Connection, now: datetime) -> Held:
    """Let everything on hold go on; what is due by now is done at once."""
    late = case((OUTBOX.c.available_at < now, now), else_=OUTBOX.c.available_at)
    rows = update(OUTBOX).where(OUTBOX.c.state == HELD_ROW)
    timers = update(TIMERS).where(TIMERS.c.state == HELD)
    return Held(
        timers=_count(connection, timers.values(state=WAITING)),
        rows=_count(connection, rows.values(state=WAITING_ROW, available_at=late)),
    )


def discard(connection: Connection) -> Held:
    """Give up everything on hold; the rows stay, and say why nothing came of them."""
    rows = update(OUTBOX).where(OUTBOX.c.state == HELD_ROW)
    timers = update(TIMERS).where(TIMERS.c.state == HELD)
    return Held(
        timers=_count(connection, timers.values(state=CANCELLED, last_error=DISCARDED)),
        rows=_count(connection, rows.values(state=DEAD, last_error=DISCARDED)),
    )


def _count(connection: Connection, changing: Update) -> int:
    done: Any = connection.execute(changing)
    return int(done.rowcount)
