"""What is kept of an account beside the user's record, and the log of what was done to it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, insert, update

from engine.clock import Clock
from engine.runtime.accounts.passwords import Passwords
from engine.runtime.accounts.users import USER
from engine.runtime.actor import Actor
from engine.runtime.database import Database
from engine.runtime.tables.system import ACCOUNTS, LOG


class Ledger:
    """Writes account rows and log rows."""

    def __init__(self, database: Database, clock: Clock, passwords: Passwords) -> None:
        self._database = database
        self._clock = clock
        self._passwords = passwords

    def put(self, connection: Connection, user_id: int, **values: object) -> None:
        """Write values of a user's account; the first ones make it."""
        same = ACCOUNTS.c.user_id == user_id
        changed = connection.execute(update(ACCOUNTS).where(same).values(**values))
        if changed.rowcount == 0:
            now = self._clock.now()
            connection.execute(insert(ACCOUNTS).values(user_id=user_id, created_at=now, **values))

    def shut(self, connection: Connection, user_id: int) -> None:
        """Write down since when an account is shut."""
        self.put(connection, user_id, disabled_at=self._clock.now())

    def open(self, connection: Connection, user_id: int) -> None:
        """Write down that an account is open."""
        self.put(connection, user_id, disabled_at=None)

    def hash(self, password: str) -> str:
        """Return what is stored of a password; made while no transaction is open."""
        return self._passwords.hash(password)

    def store_password(self, user_id: int, password: str) -> None:
        """Give an account a password."""
        stored = self._passwords.hash(password)
        with self._database.write() as connection:
            self.put(connection, user_id, password_hash=stored, changed_at=self._clock.now())

    def note(
        self,
        connection: Connection,
        kind: str,
        actor: Actor,
        user_id: int | None,
        what: Mapping[str, str] | None = None,
    ) -> None:
        """Write down who did what to whose account."""
        connection.execute(
            insert(LOG).values(
                at=self._clock.now(),
                kind=kind,
                actor_kind=actor.kind,
                user_id=actor.user_id,
                actor_name=actor.name,
                entity=USER if user_id else None,
                record_id=user_id,
                what=None if what is None else dict(what),
            )
        )
