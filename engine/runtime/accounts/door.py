"""The door: signing in and out, and from a cookie to the person who acts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select, update

from engine.clock import Clock
from engine.errors import ValidationFailed, say
from engine.log import logger
from engine.runtime.accounts import throttle as attempts
from engine.runtime.accounts.faults import differs, refuse
from engine.runtime.accounts.ledger import Ledger
from engine.runtime.accounts.links import Links
from engine.runtime.accounts.passwords import Passwords, password_faults
from engine.runtime.accounts.secrets import could_be_secret, digest_of
from engine.runtime.accounts.sessions import OpenSession, Session, Sessions, Started, stays
from engine.runtime.accounts.throttle import Throttle
from engine.runtime.accounts.users import User, Users
from engine.runtime.actor import Actor
from engine.runtime.database import Database
from engine.runtime.one_version import NEWEST, require_newest
from engine.runtime.tables.system import ACCOUNTS, SESSIONS

SESSION = "session_id"

THEMES = ("", "light", "dark")
DENSITIES = ("", "compact")

log = logger("accounts")


@dataclass(frozen=True, slots=True)
class Visit:
    """Where somebody comes from, and whether the session outlives the browser."""

    address: str = ""
    agent: str = ""
    stay: bool = False


class Door:
    """Lets people in and out."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        users: Users,
        passwords: Passwords,
        sessions: Sessions,
        throttle: Throttle,
        ledger: Ledger,
    ) -> None:
        self._database = database
        self._clock = clock
        self._users = users
        self._passwords = passwords
        self._sessions = sessions
        self._throttle = throttle
        self._ledger = ledger

    def sign_in(self, login: str, password: str, visit: Visit) -> Started:
        """Start a session; a wrong login and a wrong password get the same answer in equal time."""
        user = self._recognise(login, password, visit)
        if user is None:
            raise ValidationFailed({"": (say("The login or the password is not right."),)})
        with self._database.write() as connection:
            return self.start(connection, user.id, visit)

    def start(self, connection: Connection, user_id: int, visit: Visit) -> Started:
        """Start a session for somebody who has shown who they are."""
        now = self._clock.now()
        connection.execute(
            update(ACCOUNTS).where(ACCOUNTS.c.user_id == user_id).values(signed_in_at=now)
        )
        log.info("signed_in", user=user_id, address=visit.address)
        return self._sessions.start(
            connection, user_id, stay=visit.stay, address=visit.address, agent=visit.agent
        )

    def _recognise(self, login: str, password: str, visit: Visit) -> User | None:
        """Compare the password, counted before it is looked at."""
        number = self._throttle.begin(login, visit.address)
        with self._database.read() as connection:
            user = self._users.by_login(connection, login)
            stored = self._users.password_hash(connection, user.id) if user else None
        matches = self._passwords.matches(stored, password)
        is_right = matches and user is not None and not user.is_disabled
        outcome = attempts.GOOD if is_right else attempts.WRONG
        self._throttle.finish(number, outcome, user.id if user else None)
        if user is None or stored is None or not is_right:
            log.warning("sign_in_failed", address=visit.address, user=user.id if user else None)
            return None
        if self._passwords.is_outdated(stored):
            self._ledger.store_password(user.id, password)
        return user

    def session(self, cookie: str) -> Session | None:
        """Return the living session of a cookie with its actor, as roles and teams are now.

        With it comes which version is the newest: nobody is served by an older one.
        """
        if not could_be_secret(cookie):
            return None
        with self._database.read() as connection:
            session = {SESSION: digest_of(cookie)}
            found = connection.execute(self._living, session).mappings().first()
            if found is None or not self._is_alive(found):
                return None
            require_newest(self._database, found["newest"], self._users.digest)
            actor = self._users.actor(found)
        self._sessions.touch(found["session"], found["seen_at"])
        look = found["look"] or {}
        return Session(
            id=found["session"],
            actor=actor,
            theme=look.get("theme", ""),
            density=look.get("density", ""),
            stay=stays(found["data"]),
        )

    @cached_property
    def _living(self) -> Select[Any]:
        """Return the query for a session with whoever it belongs to."""
        return (
            select(
                SESSIONS.c.id.label("session"),
                SESSIONS.c.seen_at,
                SESSIONS.c.expires_at,
                SESSIONS.c.data,
                ACCOUNTS.c.look,
                NEWEST.scalar_subquery().label("newest"),
                *self._users.columns,
            )
            .join(ACCOUNTS, ACCOUNTS.c.user_id == SESSIONS.c.user_id)
            .join(self._users.table, self._users.may_come_in(SESSIONS.c.user_id))
            .where(
                SESSIONS.c.id == bindparam(SESSION),
                SESSIONS.c.ended_at.is_(None),
                ACCOUNTS.c.disabled_at.is_(None),
            )
        )

    def _is_alive(self, found: Mapping[Any, Any]) -> bool:
        stay = stays(found["data"])
        return self._sessions.is_alive(found["seen_at"], found["expires_at"], stay=stay)

    def sign_out(self, session: Session) -> None:
        """End a session."""
        log.info("signed_out", user=session.actor.user_id)
        with self._database.write() as connection:
            self._sessions.end(connection, session.id)

    def open_sessions(self, actor: Actor) -> tuple[OpenSession, ...]:
        """Return where a person is signed in."""
        return self._sessions.open_sessions(id_of(actor))

    def end_others(self, session: Session) -> None:
        """End all sessions of a person but the one at hand."""
        with self._database.write() as connection:
            self._sessions.end_all(connection, id_of(session.actor), but=session.id)

    def change_password(
        self, session: Session, old: str, new: str, repeated: str, visit: Visit
    ) -> Started:
        """Change one's own password; every session ends and this browser gets a new one."""
        actor = session.actor
        faults = {"new": password_faults(new, actor.login), "repeated": differs(new, repeated)}
        refuse(faults)
        if self._recognise(actor.login, old, visit) is None:
            raise ValidationFailed({"old": (say("This is not your present password."),)})
        return self.renew(id_of(actor), new, visit, actor)

    def renew(self, user_id: int, password: str, visit: Visit, actor: Actor) -> Started:
        """Set a password, end what was opened with the one before, and start a session."""
        self._ledger.store_password(user_id, password)
        with self._database.write() as connection:
            self.shut(connection, user_id)
            self._ledger.note(connection, "password_set", actor, user_id)
            return self.start(connection, user_id, visit)

    def shut(self, connection: Connection, user_id: int) -> None:
        """End all sessions and links of a user."""
        self._sessions.end_all(connection, user_id)
        Links(self._clock).void(connection, user_id)

    def set_look(self, actor: Actor, theme: str, density: str) -> None:
        """Keep how a person wants pages to look."""
        check_look(theme, density)
        with self._database.write() as connection:
            look = {"theme": theme, "density": density}
            self._ledger.put(connection, id_of(actor), look=look)


def check_look(theme: str, density: str) -> None:
    """Refuse a look that there is not."""
    unknown = (say("Choose one of the list."),)
    refuse(
        {
            "theme": () if theme in THEMES else unknown,
            "density": () if density in DENSITIES else unknown,
        }
    )


def id_of(actor: Actor) -> int:
    """Return the id of a person's record."""
    if actor.user_id is None:
        raise ValueError("only a person has sessions")
    return actor.user_id
