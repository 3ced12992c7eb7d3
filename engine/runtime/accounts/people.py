"""The people who may come in: added, changed, shut out and let in again."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import Message, NotFound, ValidationFailed, say
from engine.metadata.model.application import Application
from engine.runtime.accounts.door import Door
from engine.runtime.accounts.faults import Faults, login_faults, name_faults, refuse, role_faults
from engine.runtime.accounts.ledger import Ledger
from engine.runtime.accounts.passwords import password_faults
from engine.runtime.accounts.throttle import Ban, Throttle, login_key
from engine.runtime.accounts.users import USER, TeamChoice, User, UserRecords, Users
from engine.runtime.actor import ADMIN, Actor
from engine.runtime.database import Database


@dataclass(frozen=True, slots=True)
class Profile:
    """What is said of a user by whoever manages users."""

    name: str
    roles: tuple[str, ...]
    team_id: int | None = None


class People:
    """Manages users."""

    def __init__(
        self,
        database: Database,
        application: Application,
        records: UserRecords,
        users: Users,
        throttle: Throttle,
        ledger: Ledger,
        door: Door,
    ) -> None:
        self._database = database
        self._application = application
        self._records = records
        self._users = users
        self._throttle = throttle
        self._ledger = ledger
        self._door = door

    def listed(self, text: str = "", limit: int | None = None) -> tuple[User, ...]:
        """Return users whose login or name holds the words, by name."""
        with self._database.read() as connection:
            return self._users.listed(connection, text, limit)

    def get(self, user_id: int) -> User:
        """Return a user."""
        with self._database.read() as connection:
            found = self._users.by_id(connection, user_id)
        if found is None:
            raise NotFound(say("There is no such user."))
        return found

    def by_login(self, login: str) -> User:
        """Return the user of a login."""
        with self._database.read() as connection:
            found = self._users.by_login(connection, login)
        if found is None:
            raise NotFound(say("There is no user '{login}'.", login=login))
        return found

    def teams(self) -> tuple[TeamChoice, ...]:
        """Return the teams that a user may be in."""
        with self._database.read() as connection:
            return self._users.teams(connection)

    def has_administrator(self) -> bool:
        """Say whether somebody can let others in."""
        with self._database.read() as connection:
            return bool(self._users.administrators(connection))

    def add(self, actor: Actor, login: str, profile: Profile, password: str | None = None) -> int:
        """Add a user and return their id; without a password they need a one-time link."""
        key = login_key(login)
        refuse(self.faults(key, profile, password))
        stored = None if password is None else self._ledger.hash(password)
        payload = {"login": key, **_payload(profile)}
        user_id = self._records.create(actor, USER, payload).id
        with self._database.write() as connection:
            self._ledger.put(connection, user_id, password_hash=stored)
            self._ledger.note(connection, "user_added", actor, user_id)
        return user_id

    def faults(self, login: str, profile: Profile, password: str | None) -> Faults:
        """Return everything that keeps this from becoming a user, by field."""
        return self._profile_faults(profile) | {
            "login": login_faults(login) or self._taken(login),
            "password": () if password is None else password_faults(password, login),
        }

    def change(self, actor: Actor, user_id: int, profile: Profile, version: int | None) -> None:
        """Change name, roles and team of a user; their rights follow with the next request."""
        user = self.get(user_id)
        faults = self._profile_faults(profile)
        refuse(faults | {"roles": faults["roles"] or self._keeps_admin(user, profile.roles)})
        self._records.update(actor, USER, user_id, _payload(profile), version)

    def set_password(self, actor: Actor, user_id: int, password: str) -> None:
        """Give a user a new password; all their sessions and links end."""
        refuse({"password": password_faults(password, self.get(user_id).login)})
        self._ledger.store_password(user_id, password)
        with self._database.write() as connection:
            self._door.shut(connection, user_id)
            self._ledger.note(connection, "password_set", actor, user_id)

    def disable(self, actor: Actor, user_id: int) -> None:
        """Shut a user out at once; their records stay theirs."""
        user = self.get(user_id)
        if user_id == actor.user_id:
            raise ValidationFailed({"": (say("Nobody can disable their own account."),)})
        refuse({"": self._keeps_admin(user, ())})
        with self._database.write() as connection:
            self._ledger.shut(connection, user_id)
            self._door.shut(connection, user_id)
            self._ledger.note(connection, "user_disabled", actor, user_id)

    def enable(self, actor: Actor, user_id: int) -> None:
        """Let a user in again."""
        self.get(user_id)
        with self._database.write() as connection:
            self._ledger.open(connection, user_id)
            self._ledger.note(connection, "user_enabled", actor, user_id)

    def bans(self) -> tuple[Ban, ...]:
        """Return the logins and addresses that must wait, the newest ban first."""
        return self._throttle.bans()

    def lift_ban(self, actor: Actor, kind: str, subject: str) -> bool:
        """End a ban; say whether there was one."""
        if not self._throttle.lift(kind, subject):
            return False
        with self._database.write() as connection:
            self._ledger.note(connection, "ban_lifted", actor, None, {kind: subject})
        return True

    def _profile_faults(self, profile: Profile) -> Faults:
        return {
            "name": name_faults(profile.name),
            "roles": role_faults(profile.roles, self._application),
            "team": self._team_faults(profile.team_id),
        }

    def _taken(self, login: str) -> tuple[Message, ...]:
        with self._database.read() as connection:
            found = self._users.by_login(connection, login)
        return () if found is None else (say("This login is taken."),)

    def _team_faults(self, team_id: int | None) -> tuple[Message, ...]:
        if team_id is None or any(one.id == team_id for one in self.teams()):
            return ()
        return (say("Choose one of the list."),)

    def _keeps_admin(self, user: User, roles: tuple[str, ...]) -> tuple[Message, ...]:
        """Refuse to leave nobody who could let anybody in."""
        if ADMIN in roles or not user.is_admin:
            return ()
        with self._database.read() as connection:
            others = [one for one in self._users.administrators(connection) if one.id != user.id]
        return () if others else (say("This is the last administrator."),)


def _payload(profile: Profile) -> dict[str, object]:
    return {"name": profile.name, "roles": list(profile.roles), "team": profile.team_id}
