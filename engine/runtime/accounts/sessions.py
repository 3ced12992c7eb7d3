"""Sessions: rows in the database, so that ending one ends it everywhere and at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select, update

from engine.clock import Clock
from engine.runtime.accounts.secrets import digest_of, new_secret
from engine.runtime.actor import Actor
from engine.runtime.database import Database
from engine.runtime.tables.system import SESSIONS

SEEN_EVERY = timedelta(minutes=1)  # a session is not written at each request
KEPT = timedelta(days=30)  # ended sessions, for the log
LONGEST_AGENT = 300


@dataclass(frozen=True, slots=True)
class Span:
    """How long a session lives: unused, and at most."""

    idle: timedelta
    whole: timedelta


THIS_VISIT = Span(idle=timedelta(hours=12), whole=timedelta(hours=24))
STAY = Span(idle=timedelta(days=14), whole=timedelta(days=60))


@dataclass(frozen=True, slots=True)
class Started:
    """A new session's cookie; without `max_age` it ends with the browser."""

    cookie: str
    max_age: int | None


@dataclass(frozen=True, slots=True)
class Session:
    """A living session: who acts, and how their pages look."""

    id: str
    actor: Actor
    theme: str = ""
    density: str = ""
    stay: bool = False


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One of a person's sessions, as the account page lists it."""

    id: str
    agent: str
    address: str
    created_at: datetime
    seen_at: datetime


class Sessions:
    """Starts, finds and ends sessions."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def start(
        self, connection: Connection, user_id: int, *, stay: bool, address: str, agent: str
    ) -> Started:
        """Start a session under a secret that nobody has seen before."""
        now = self._clock.now()
        secret = new_secret()
        span = STAY if stay else THIS_VISIT
        connection.execute(
            insert(SESSIONS).values(
                id=digest_of(secret),
                user_id=user_id,
                created_at=now,
                seen_at=now,
                expires_at=now + span.whole,
                address=address,
                agent=agent[:LONGEST_AGENT],
                data={"stay": stay},
            )
        )
        connection.execute(delete(SESSIONS).where(SESSIONS.c.expires_at < now - KEPT))
        return Started(secret, int(span.whole.total_seconds()) if stay else None)

    def is_alive(self, seen_at: datetime, expires_at: datetime, *, stay: bool) -> bool:
        """Say whether a session that has not been ended still holds."""
        now = self._clock.now()
        idle = (STAY if stay else THIS_VISIT).idle
        return now < expires_at and now - seen_at < idle

    def touch(self, session_id: str, seen_at: datetime) -> None:
        """Note that a session is in use, now and then."""
        now = self._clock.now()
        if now - seen_at < SEEN_EVERY:
            return
        with self._database.write() as connection:
            connection.execute(
                update(SESSIONS)
                .where(SESSIONS.c.id == session_id, SESSIONS.c.ended_at.is_(None))
                .values(seen_at=now)
            )

    def end(self, connection: Connection, session_id: str) -> None:
        """End one session."""
        self._end(connection, SESSIONS.c.id == session_id)

    def end_all(self, connection: Connection, user_id: int, but: str = "") -> None:
        """End all sessions of a person, or all but one."""
        self._end(connection, and_(SESSIONS.c.user_id == user_id, SESSIONS.c.id != but))

    def _end(self, connection: Connection, which: ColumnElement[bool]) -> None:
        connection.execute(
            update(SESSIONS)
            .where(which, SESSIONS.c.ended_at.is_(None))
            .values(ended_at=self._clock.now())
        )

    def open_sessions(self, user_id: int) -> tuple[OpenSession, ...]:
        """Return a person's living sessions, the one used last first."""
        wanted = (
            select(SESSIONS)
            .where(SESSIONS.c.user_id == user_id, SESSIONS.c.ended_at.is_(None))
            .order_by(SESSIONS.c.seen_at.desc(), SESSIONS.c.id)
        )
        with self._database.read() as connection:
            found = connection.execute(wanted).all()
        return tuple(
            OpenSession(one.id, one.agent, one.address, one.created_at, one.seen_at)
            for one in found
            if self.is_alive(one.seen_at, one.expires_at, stay=stays(one.data))
        )


def stays(data: object) -> bool:
    """Say whether a session was asked to outlive the browser."""
    return isinstance(data, dict) and data.get("stay") is True
