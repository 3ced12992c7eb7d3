"""One-time links: for the first administrator, for a new user, for a forgotten password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from engine.clock import Clock
from engine.errors import NotFound, say
from engine.runtime.accounts.secrets import could_be_secret, digest_of, new_secret
from engine.runtime.tables.system import TOKENS

VALID = timedelta(hours=24)
FIRST_ADMIN = "first_admin"
SET_PASSWORD = "set_password"  # noqa: S105 - a purpose


@dataclass(frozen=True, slots=True)
class Link:
    """A link that has not been used: for what, and for whom."""

    purpose: str
    user_id: int | None
    expires_at: datetime


class Links:
    """Makes links, reads them, and lets each be used once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def make(self, connection: Connection, purpose: str, user_id: int | None) -> str:
        """Make a link's secret; links for the same purpose and person lose their force."""
        now = self._clock.now()
        same = (TOKENS.c.purpose == purpose, TOKENS.c.user_id.is_not_distinct_from(user_id))
        connection.execute(delete(TOKENS).where(*same))
        secret = new_secret()
        connection.execute(
            insert(TOKENS).values(
                id=digest_of(secret),
                purpose=purpose,
                user_id=user_id,
                created_at=now,
                expires_at=now + VALID,
            )
        )
        return secret

    def read(self, connection: Connection, secret: str) -> Link:
        """Return what a link is for; a used, late or unknown one is not found."""
        wanted = select(TOKENS.c.purpose, TOKENS.c.user_id, TOKENS.c.expires_at).where(
            TOKENS.c.id == digest_of(secret),
            TOKENS.c.used_at.is_(None),
            TOKENS.c.expires_at > self._clock.now(),
        )
        found = connection.execute(wanted).first() if could_be_secret(secret) else None
        if found is None:
            raise _gone()
        return Link(*found)

    def use(self, connection: Connection, secret: str) -> None:
        """Use a link up; of two people who press at once, one is told that it is gone."""
        used = connection.execute(
            update(TOKENS)
            .where(TOKENS.c.id == digest_of(secret), TOKENS.c.used_at.is_(None))
            .values(used_at=self._clock.now())
        )
        if used.rowcount != 1:
            raise _gone()

    def give_back(self, connection: Connection, secret: str) -> None:
        """Make a link good again whose use came to nothing."""
        connection.execute(
            update(TOKENS).where(TOKENS.c.id == digest_of(secret)).values(used_at=None)
        )

    def void(self, connection: Connection, user_id: int) -> None:
        """Take the force from all links of a person."""
        connection.execute(delete(TOKENS).where(TOKENS.c.user_id == user_id))


def _gone() -> NotFound:
    return NotFound(
        say("This link is used up, too old or mistyped."),
        say("Ask your administrator for a new one."),
    )
