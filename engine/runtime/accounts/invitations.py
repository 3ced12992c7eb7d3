"""One-time links in use: the first administrator, a new user, a forgotten password."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection

from engine.clock import Clock
from engine.errors import NotFound, ValidationFailed, say
from engine.runtime.accounts.door import Door, Visit
from engine.runtime.accounts.faults import differs, refuse
from engine.runtime.accounts.ledger import Ledger
from engine.runtime.accounts.links import FIRST_ADMIN, SET_PASSWORD, Link, Links
from engine.runtime.accounts.passwords import password_faults
from engine.runtime.accounts.people import People, Profile
from engine.runtime.accounts.sessions import Started
from engine.runtime.accounts.throttle import login_key
from engine.runtime.accounts.users import User, Users
from engine.runtime.actor import ADMIN, ENGINE, Actor
from engine.runtime.database import Database


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link as its page reads it: for the first administrator, or for a known login."""

    is_first: bool
    login: str
    name: str


class Invitations:
    """Makes one-time links and welcomes those who come with one."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        users: Users,
        people: People,
        door: Door,
        ledger: Ledger,
    ) -> None:
        self._database = database
        self._links = Links(clock)
        self._users = users
        self._people = people
        self._door = door
        self._ledger = ledger

    def for_first_admin(self) -> str | None:
        """Make the link for the first administrator; None where there is one already."""
        with self._database.write() as connection:
            if self._users.administrators(connection):
                return None
            return self._links.make(connection, FIRST_ADMIN, None)

    def for_user(self, actor: Actor, user_id: int) -> str:
        """Make a link with which a user sets a password, once, within a day."""
        if self._people.get(user_id).is_disabled:
            raise ValidationFailed({"": (say("This user is disabled. Enable them first."),)})
        with self._database.write() as connection:
            self._ledger.note(connection, "link_made", actor, user_id)
            return self._links.make(connection, SET_PASSWORD, user_id)

    def read(self, secret: str) -> Invitation:
        """Read a link without using it."""
        with self._database.read() as connection:
            user = self._invited(connection, self._links.read(connection, secret))
        return Invitation(user is None, user.login if user else "", user.name if user else "")

    def accept_first(
        self, secret: str, login: str, name: str, password: str, repeated: str, visit: Visit
    ) -> Started:
        """Make the first administrator and sign them in."""
        if not self.read(secret).is_first:
            raise _wrong_link()
        key, profile = login_key(login), Profile(name, (ADMIN,))
        faults = self._people.faults(key, profile, password)
        refuse(faults | {"repeated": differs(password, repeated)})
        with self._used(secret):
            user_id = self._people.add(ENGINE, key, profile, password)
        with self._database.write() as connection:
            return self._door.start(connection, user_id, visit)

    def accept(self, secret: str, password: str, repeated: str, visit: Visit) -> Started:
        """Set the password of the user whom a link was made for, and sign them in."""
        with self._database.read() as connection:
            user = self._invited(connection, self._links.read(connection, secret))
        if user is None:
            raise _wrong_link()
        faults = {
            "password": password_faults(password, user.login),
            "repeated": differs(password, repeated),
        }
        refuse(faults)
        with self._used(secret):
            return self._door.renew(user.id, password, visit, ENGINE)

    @contextmanager
    def _used(self, secret: str) -> Iterator[None]:
        """Use a link up first, so that it serves once; what is refused gives it back."""
        with self._database.write() as connection:
            self._links.use(connection, secret)
        try:
            yield
        except ValidationFailed:
            with self._database.write() as connection:
                self._links.give_back(connection, secret)
            raise

    def _invited(self, connection: Connection, link: Link) -> User | None:
        """Return the user whom a link is for; None stands for the first administrator."""
        if link.purpose == FIRST_ADMIN and not self._users.administrators(connection):
            return None
        user = self._users.by_id(connection, link.user_id) if link.user_id is not None else None
        if user is None or user.is_disabled:
            raise _wrong_link()
        return user


def _wrong_link() -> NotFound:
    return NotFound(say("This link is used up, too old or mistyped."))
