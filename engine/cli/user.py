"""`kartoteka user`: people who may sign in, for the applied version of a database."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from engine.app import applied_services
from engine.cli import output
from engine.cli.place import place_of, place_options
from engine.cli.table import table
from engine.errors import Refused, ValidationFailed, say
from engine.runtime.accounts.people import Profile
from engine.runtime.accounts.throttle import login_key
from engine.runtime.accounts.users import User
from engine.runtime.actor import ENGINE
from engine.runtime.services import Services

LONGEST_LINE = 1000


@click.group("user", epilog="Example: kartoteka user add maria --role seller --password-stdin")
def command() -> None:
    """Add, list and disable people; set passwords."""


@command.command(epilog="Example: echo 'a good password' | kartoteka user add maria --role seller")
@click.argument("login")
@click.option("--role", "roles", multiple=True, metavar="ROLE", help="A role; may be repeated.")
@click.option("--team", metavar="TEAM", help="The id of a team.")
@click.option("--name", metavar="NAME", help="First and last name; the login where not said.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@place_options
def add(
    login: str,
    roles: tuple[str, ...],
    team: str | None,
    name: str | None,
    password_stdin: bool,
    data: Path | None,
    database: str | None,
) -> None:
    """Add the person LOGIN.

    Without --password-stdin an administrator gives them a one-time link later.
    """
    password = read_password() if password_stdin else None
    with opened(data, database) as services, in_words():
        profile = Profile(name or login, roles, team_id_of(services, team))
        services.accounts.people.add(ENGINE, login, profile, password)
    output.show(f"Added {login_key(login)}: {', '.join(roles)}.")


@command.command("list", epilog="Example: kartoteka user list --json")
@click.option("--json", "as_json", is_flag=True, help="Print a list for programs.")
@place_options
def list_users(as_json: bool, data: Path | None, database: str | None) -> None:
    """List everybody who has an account."""
    with opened(data, database) as services:
        users = services.accounts.people.listed()
    if as_json:
        output.show_json([as_plain(one) for one in users])
    else:
        output.show(table(HEAD, [line_of(one) for one in users]))


@command.command(epilog="Example: kartoteka user disable maria")
@click.argument("login")
@place_options
def disable(login: str, data: Path | None, database: str | None) -> None:
    """Shut LOGIN out at once; their records stay."""
    with opened(data, database) as services, in_words():
        people = services.accounts.people
        people.disable(ENGINE, people.by_login(login).id)
    output.show(f"{login} can no longer sign in.")


@command.command(epilog="Example: kartoteka user enable maria")
@click.argument("login")
@place_options
def enable(login: str, data: Path | None, database: str | None) -> None:
    """Let LOGIN in again."""
    with opened(data, database) as services:
        people = services.accounts.people
        people.enable(ENGINE, people.by_login(login).id)
    output.show(f"{login} can sign in again.")


@command.command(epilog="Example: kartoteka user password maria --password-stdin < secret.txt")
@click.argument("login")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@place_options
def password(login: str, password_stdin: bool, data: Path | None, database: str | None) -> None:
    """Give LOGIN a new password; all their sessions end."""
    if not password_stdin:
        raise Refused(
            say("A password on the command line would stay in its history."),
            say("Send it by standard input, with --password-stdin."),
        )
    new = read_password()
    with opened(data, database) as services, in_words():
        people = services.accounts.people
        people.set_password(ENGINE, people.by_login(login).id, new)
    output.show(f"{login} has a new password.")


HEAD = ("login", "name", "roles", "team", "state", "last sign-in (UTC)")


def line_of(user: User) -> tuple[str, ...]:
    """Return a user as a line of the table."""
    seen = f"{user.signed_in_at:%Y-%m-%d %H:%M}" if user.signed_in_at else "never"
    return (user.login, user.name, ", ".join(user.roles), user.team, state_of(user), seen)


def state_of(user: User) -> str:
    """Return whether a user can sign in, in a word."""
    if user.is_disabled:
        return "disabled"
    return "open" if user.has_password else "no password"


def as_plain(user: User) -> dict[str, object]:
    """Return a user as a program reads it."""
    return {
        "id": user.id,
        "login": user.login,
        "name": user.name,
        "roles": list(user.roles),
        "team": user.team or None,
        "state": state_of(user),
        "signed_in_at": user.signed_in_at.isoformat() if user.signed_in_at else None,
    }


@contextmanager
def opened(data: Path | None, url: str | None) -> Iterator[Services]:
    """Open the services of the version that is applied to a database."""
    database = place_of(None, data, url).open_existing()
    try:
        yield applied_services(database)
    finally:
        database.dispose()


@contextmanager
def in_words() -> Iterator[None]:
    """Turn refused values into one sentence for the terminal."""
    try:
        yield
    except ValidationFailed as refusal:
        said = [str(one) for many in refusal.messages.values() for one in many]
        raise Refused(" ".join(said)) from refusal


def team_id_of(services: Services, key: str | None) -> int | None:
    """Return the id of a team's record."""
    if key is None:
        return None
    teams = services.accounts.people.teams()
    found = next((one.id for one in teams if one.key == key), None)
    if found is None:
        known = ", ".join(one.key for one in teams) or "none"
        raise Refused(
            say("There is no team '{key}'. The teams are: {known}.", key=key, known=known)
        )
    return found


def read_password() -> str:
    """Read one line; its end is no part of the password."""
    line = sys.stdin.readline(LONGEST_LINE)
    if not line.strip("\r\n"):
        raise Refused(say("There is no password on standard input."))
    return line.rstrip("\r\n")
