"""People of the demo: each data folder has passwords of its own, kept beside the data.

They are for looking around on one's own machine; `run --demo` refuses to serve them to others.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.metadata.model.application import Application
from engine.runtime.accounts.people import People
from engine.runtime.accounts.users import USER, User
from engine.runtime.actor import ENGINE

FILE = "demo-users.txt"
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # none that looks like another
GROUPS, LENGTH = 3, 4


@dataclass(frozen=True, slots=True)
class DemoUser:
    """Somebody who can sign in, with the password in plain words."""

    user: User
    password: str


def demo_logins(application: Application) -> tuple[str, ...]:
    """Return the logins of the people of the demo: a row's login, else its key."""
    rows = (one for one in application.rows if one.demo and one.entity == USER)
    cells = ((one.cells.get("login"), one.key) for one in rows)
    return tuple(str(cell.text) if cell else key for cell, key in cells)


def demo_users(people: People, logins: Iterable[str], folder: Path) -> tuple[DemoUser, ...]:
    """Return the people of the demo; whoever has no password in the folder gets a new one."""
    path = folder / FILE
    known = dict(read_passwords(path))
    made = tuple(_demo_user(people, login, known) for login in logins)
    write_passwords(path, known)
    return made


def _demo_user(people: People, login: str, known: dict[str, str]) -> DemoUser:
    user = people.by_login(login)
    if user.login not in known or not user.has_password:
        known[user.login] = new_password()
        people.set_password(ENGINE, user.id, known[user.login])
    return DemoUser(user, known[user.login])


def new_password() -> str:
    """Return a password that can be typed from a screen: 60 random bits in three groups."""
    groups = ("".join(secrets.choice(LETTERS) for _ in range(LENGTH)) for _ in range(GROUPS))
    return "-".join(groups)


def read_passwords(path: Path) -> Mapping[str, str]:
    """Read `login password` lines."""
    if not path.is_file():
        return {}
    lines = (line.split() for line in path.read_text(encoding="utf-8").splitlines())
    return {words[0]: words[1] for words in lines if len(words) == 2}  # noqa: PLR2004 - a pair


def write_passwords(path: Path, passwords: Mapping[str, str]) -> None:
    """Write the lines where nobody but the owner of the folder can read them."""
    text = "".join(f"{login} {password}\n" for login, password in passwords.items())
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    part.replace(path)
