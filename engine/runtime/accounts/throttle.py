"""Attempts to sign in: counted in the database before any hash, by login and by address.

Ten failures for a login, or thirty from an address, within half an hour ban it for half an hour.
An attempt counts as failed from its beginning until it has succeeded, so that a burst of parallel
ones gets no more guesses than a patient one. Ended sessions, restarts and other processes change
nothing; success clears a login's count, never an address's, and an administrator may lift a ban.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from sqlalchemy import Column, Connection, delete, func, insert, select, update

from engine.clock import Clock
from engine.errors import TooManyAttempts, say
from engine.log import logger
from engine.runtime.database import Database
from engine.runtime.tables.system import ATTEMPTS, BANS

WINDOW = timedelta(minutes=30)
BAN = timedelta(minutes=30)
MOST = {"login": 10, "address": 30}
LONGEST_LOGIN = 100

# Outcomes of an attempt. Only the first two count as failures.
BEGUN = "begun"
WRONG = "wrong"
GOOD = "good"
BANNED = "banned"
LIFTED = "lifted"  # by an administrator: the count begins anew
FAILURES = (BEGUN, WRONG)

log = logger("accounts")


@dataclass(frozen=True, slots=True)
class Ban:
    """A login or an address that must wait."""

    kind: str
    subject: str
    until: datetime


class Throttle:
    """Counts attempts and bans."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def begin(self, login: str, address: str) -> int:
        """Count an attempt and return its number; a banned one is written down and refused."""
        subjects = {"login": login_key(login), "address": address_key(address)}
        with self._database.write() as connection:
            self._in_turn(connection, subjects)
            until = self._banned_until(connection, subjects)
            number = self._write(connection, subjects, BANNED if until else BEGUN)
            if until is None:
                until = self._ban_if_too_many(connection, subjects)
                if until is not None:
                    self._settle(connection, number, BANNED, None)
        if until is not None:
            log.warning("sign_in_banned", address=address)
            wait = until - self._clock.now()
            raise too_many(max(1, int(wait.total_seconds())))
        return number

    def finish(self, number: int, outcome: str, user_id: int | None) -> None:
        """Write down how an attempt has ended."""
        with self._database.write() as connection:
            self._settle(connection, number, outcome, user_id)

    def bans(self) -> tuple[Ban, ...]:
        """Return the bans that hold now, the newest first."""
        wanted = (
            select(BANS.c.kind, BANS.c.subject, BANS.c.until)
            .where(BANS.c.until > self._clock.now())
            .order_by(BANS.c.until.desc(), BANS.c.kind, BANS.c.subject)
        )
        with self._database.read() as connection:
            return tuple(Ban(*one) for one in connection.execute(wanted))

    def lift(self, kind: str, subject: str) -> bool:
        """End a ban and forget the failures that led to it; say whether there was one."""
        with self._database.write() as connection:
            found = connection.execute(
                delete(BANS).where(BANS.c.kind == kind, BANS.c.subject == subject)
            )
            names = {"login": "", "address": ""} | {kind: subject}
            self._write(connection, names, LIFTED)
        return found.rowcount > 0

    def _in_turn(self, connection: Connection, subjects: dict[str, str]) -> None:
        """Let parallel attempts count each other; SQLite has one writer anyway."""
        if self._database.dialect == "postgresql":
            for key in sorted({hash_of(f"{kind} {one}") for kind, one in subjects.items()}):
                connection.execute(select(func.pg_advisory_xact_lock(key)))

    def _banned_until(self, connection: Connection, subjects: dict[str, str]) -> datetime | None:
        found = [
            connection.scalar(
                select(BANS.c.until).where(
                    BANS.c.kind == kind, BANS.c.subject == subject, BANS.c.until > self._clock.now()
                )
            )
            for kind, subject in subjects.items()
        ]
        return max((one for one in found if one), default=None)

    def _ban_if_too_many(self, connection: Connection, subjects: dict[str, str]) -> datetime | None:
        now = self._clock.now()
        banned = [
            (kind, subject)
            for kind, subject in subjects.items()
            if self._failures(connection, kind, subject) > MOST[kind]
        ]
        for kind, subject in banned:
            connection.execute(delete(BANS).where(BANS.c.kind == kind, BANS.c.subject == subject))
            connection.execute(
                insert(BANS).values(kind=kind, subject=subject, created_at=now, until=now + BAN)
            )
        return now + BAN if banned else None

    def _failures(self, connection: Connection, kind: str, subject: str) -> int:
        column: Column[Any] = ATTEMPTS.c[kind]
        forgiving = (GOOD, LIFTED) if kind == "login" else (LIFTED,)
        since = connection.scalar(
            select(func.max(ATTEMPTS.c.id)).where(
                column == subject, ATTEMPTS.c.outcome.in_(forgiving)
            )
        )
        wanted = select(func.count()).where(
            column == subject,
            ATTEMPTS.c.outcome.in_(FAILURES),
            ATTEMPTS.c.at > self._clock.now() - WINDOW,
            ATTEMPTS.c.id > (since or 0),
        )
        return connection.scalar(wanted) or 0

    def _write(self, connection: Connection, subjects: dict[str, str], outcome: str) -> int:
        made = connection.execute(
            insert(ATTEMPTS)
            .values(at=self._clock.now(), outcome=outcome, **subjects)
            .returning(ATTEMPTS.c.id)
        )
        return int(made.scalar_one())

    def _settle(
        self, connection: Connection, number: int, outcome: str, user_id: int | None
    ) -> None:
        connection.execute(
            update(ATTEMPTS).where(ATTEMPTS.c.id == number).values(outcome=outcome, user_id=user_id)
        )


def too_many(seconds: int) -> TooManyAttempts:
    """Return the refusal; it says the same of a login that does not exist."""
    minutes = -(-seconds // 60)
    return TooManyAttempts(
        say("Too many failed attempts. Try again in {minutes} minutes.", minutes=minutes), seconds
    )


def hash_of(text: str) -> int:
    """Return a number for a text, as locks of PostgreSQL are named."""
    return int.from_bytes(sha256(text.encode()).digest()[:8], "big", signed=True)


def login_key(login: str) -> str:
    """Return the login as attempts are counted by, whoever types it."""
    return _storable(login.strip().casefold())


def address_key(address: str) -> str:
    """Return the address as attempts are counted by: of IPv6 the network that one home has."""
    try:
        found = ip_address(address)
    except ValueError:
        return _storable(address)
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ip_network(f"{found}/64", strict=False)) if not found.is_loopback else str(found)
    return str(found)


def _storable(text: str) -> str:
    return "".join(one for one in text[:LONGEST_LOGIN] if one.isprintable())
