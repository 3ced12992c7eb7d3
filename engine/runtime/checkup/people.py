"""The people: somebody manages them, and nobody has a password that was printed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import select

from engine.runtime.accounts.passwords import Passwords
from engine.runtime.checkup.finding import Finding, look, well, wrong
from engine.runtime.checkup.machine import is_local
from engine.runtime.services import Services
from engine.runtime.tables.system import ACCOUNTS


def check_people(services: Services, printed: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what is found about people; `printed` are the passwords of the demo."""
    if services.accounts.people.has_administrator():
        yield well("administrators", "Somebody manages users.")
    else:
        yield wrong(
            "administrators",
            "Nobody manages users.",
            "Add one: kartoteka user add LOGIN --role admin --password-stdin",
        )
    known = next((login for login in printed if _still_holds(services, login, printed[login])), "")
    if not known:
        return
    sentence = f"{known} can sign in with the password that the demo has printed."
    host = services.settings.public_host
    if host and not is_local(host):
        yield wrong("demo", sentence, "Give the people of the demo new passwords, or disable them.")
    else:
        yield look("demo", sentence, "It is for looking around on this machine: let others not in.")


def _still_holds(services: Services, login: str, password: str) -> bool:
    found = [one for one in services.accounts.people.listed() if one.login == login]
    if not found:
        return False
    wanted = select(ACCOUNTS.c.password_hash).where(
        ACCOUNTS.c.user_id == found[0].id, ACCOUNTS.c.disabled_at.is_(None)
    )
    with services.database.read() as connection:
        stored = connection.scalar(wanted)
    return stored is not None and Passwords().matches(stored, password)
