"""`kartoteka run DIR`: a folder becomes a CRM in the browser."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from ipaddress import ip_address
from pathlib import Path

import click

from engine.app import Services, applied_application
from engine.automation.nightly import backing_up
from engine.automation.worker import working
from engine.cli import output
from engine.cli.folder_words import MEANWHILE, command_for, tell_waiting, teller
from engine.cli.place import DATA, Place, place_of, place_options
from engine.cli.table import table
from engine.errors import Refused, say
from engine.live import LiveFolder
from engine.log import start_logging
from engine.metadata.load import LoadResult, ReadFiles, load
from engine.metadata.model.application import Application
from engine.runtime.accounts.demo import FILE as DEMO_FILE
from engine.runtime.accounts.demo import DemoUser, demo_logins, demo_users
from engine.runtime.database import FILE as DATABASE
from engine.runtime.database import Database
from engine.runtime.plan.folder import FolderState, Standing
from engine.runtime.readiness import ready
from engine.runtime.run_lock import run_lock
from engine.runtime.tables.layout import stored_layout
from engine.scenarios.story import Played
from engine.serving import Current, listen, serve, stop_on_signal
from engine.settings import Settings, read_settings, settings_help
from engine.start import bring_up_to_date
from engine.watching import fingerprint, watching
from engine.web.urls import welcome_url

EPILOG = f"""Example: kartoteka run configs/examples/vet-practice --demo --data /tmp/vet

\b
Settings from the environment:
{settings_help()}
"""
NOTHING_BEFORE = "There is no version to serve before that.\n"


@dataclass(frozen=True, slots=True)
class Run:
    """What was asked for: which folder, on which data, with the demo or without."""

    folder: Path
    place: Place
    demo: bool

    @property
    def has_version(self) -> bool:
        """Say whether a version was applied here before."""
        if self.place.is_embedded and not (self.place.data / DATABASE).is_file():
            return False
        with closing_database(self.place.open()) as opened:
            return stored_layout(opened) is not None and ready(opened)


@dataclass(frozen=True, slots=True)
class Beginning:
    """What is served at first, if there is anything, and how the folder stands to it."""

    application: Application | None
    state: FolderState


@click.command("run", epilog=EPILOG)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="The port to listen at; 0 takes a free one.",
)
@click.option(
    "--demo",
    is_flag=True,
    help="Load the rows of demo/, with people who can sign in, and play its story.",
)
@place_options
def command(
    folder: Path, host: str, port: int, demo: bool, data: Path | None, database: str | None
) -> int:
    """Serve the folder DIR until Ctrl-C, and follow every change of its files.

    What only adds or looks different is applied at once. Anything else is shown and waits for an
    answer, on the page Configuration or by `kartoteka apply`. Until then, and while the folder has
    mistakes, the version applied before is served.
    """
    if demo and not is_loopback(host):
        raise Refused(
            say("--demo is for this machine alone: its people have passwords that are printed."),
            say("Leave out --host, or serve without --demo."),
        )
    stop_on_signal()
    os.umask(0o077)  # what lies in the data folder is nobody else's
    settings = read_settings(os.environ)
    seen, files = fingerprint(folder), ReadFiles()
    loaded = load(folder, files)
    if loaded.problems:
        output.show_problems(loaded.problems, loaded.sources, as_json=False)
    run = Run(folder, place_of(folder, data, database), demo)
    if loaded.application is None and not run.has_version:
        return output.Exit.PROBLEMS
    with held(run), listen(host, port) as listener:
        settings = settings_for(settings, host, listener)
        start_logging(settings.log, settings.log_level)
        with closing_database(run.place.open()) as opened:
            beginning = begin(run, loaded, opened, settings.public_url)
            if beginning.application is None:
                return output.Exit.REFUSED
            current = Current(beginning.application, opened, settings)
            live = follow(run, beginning.state, current, files)
            with (
                suppress(KeyboardInterrupt),
                working(current),
                backing_up(current),
                watching(live, seen),
            ):
                tell_where(run, current())
                serve(current, listener)
            output.show("Stopped.")
            return output.Exit.FINE


def begin(run: Run, loaded: LoadResult, database: Database, url: str) -> Beginning:
    """Return what to serve and how the folder stands to it, after saying what waits."""
    now = database.clock.now()
    state = FolderState(Standing.SERVED, now, loaded.problems, loaded.sources)
    if loaded.application is None:
        output.show(f"{MEANWHILE}\n")
        return Beginning(applied_application(database), replace(state, standing=Standing.WRONG))
    with output.progress(how_far) as tell:
        outcome = bring_up_to_date(loaded.application, database, demo=run.demo, tell=tell)
    if outcome.story is Played.IS_ANOTHER:
        output.show("The story of the demo is another one than was played on these data before.")
        output.show("It is played where nothing was yet: choose an empty folder with --data.\n")
    if outcome.waiting is None:
        return Beginning(outcome.application, state)
    state = replace(
        state,
        standing=Standing.ASKS,
        plan=outcome.waiting,
        wanted=loaded.application,
        taken_back=outcome.taken_back,
    )
    command = command_for(outcome.waiting, run.folder, run.place)
    tell_waiting(state, url if outcome.application else "", command)
    output.show(f"{MEANWHILE}\n" if outcome.application else NOTHING_BEFORE)
    return Beginning(outcome.application, state)


def follow(run: Run, state: FolderState, current: Current, files: ReadFiles) -> LiveFolder:
    """Return the folder that is followed from now on; pages see it."""
    live = LiveFolder(
        run.folder,
        current().database,
        state,
        tell=teller(current().settings.public_url),
        go_over=current.go_over,
        demo=run.demo,
        files=files,
    )
    current.watch(live)
    return live


def tell_where(run: Run, services: Services) -> None:
    """Say where the CRM is and who can sign in."""
    output.show(f"{services.application.label} is served at {services.settings.public_url}")
    tell_who_can_sign_in(run, services)
    output.show("Ctrl-C stops it.")
    sys.stdout.flush()  # a service manager reads this through a pipe


def how_far(played: int, lines: int) -> str:
    """Say how far the story of the demo is."""
    return f"Playing the story of the demo: {played:,} of {lines:,} lines"


def tell_who_can_sign_in(run: Run, services: Services) -> None:
    """Print the people of the demo, a link for the first administrator, or where to look."""
    if run.demo:
        logins = demo_logins(services.application)
        people = demo_users(services.accounts.people, logins, run.place.data) if logins else ()
        if people:
            show_demo_users(people, services, run.place.data / DEMO_FILE)
            return
    link = services.accounts.invitations.for_first_admin()
    if link is None:
        output.show(f"Who can sign in: kartoteka user list {run.place.words}")
        return
    output.show("Nobody manages users yet. Whoever opens this link first, within 24 hours, does:")
    output.show(f"  {services.settings.public_url}{welcome_url(link)}")


def show_demo_users(people: tuple[DemoUser, ...], services: Services, file: Path) -> None:
    """Print who can sign in and how."""
    known = services.application.roles
    lines = [
        (
            one.user.login,
            one.password,
            one.user.name,
            ", ".join(known[role].label for role in one.user.roles if role in known),
        )
        for one in people
    ]
    output.show()
    output.show(table(("login", "password", "name", "roles"), lines))
    output.show()
    output.show(f"The passwords are kept in {file}")


def settings_for(settings: Settings, host: str, listener: socket.socket) -> Settings:
    """Return the settings with the address that people type, where the environment has none."""
    if settings.public_url:
        return settings
    port = listener.getsockname()[1]
    if is_open_network(host):
        address = f"http://{socket.gethostname().lower()}:{port}"
        return replace(settings, public_url=address, any_host=True)
    shown = f"[{host}]" if ":" in host else host
    return replace(settings, public_url=f"http://{shown}:{port}")


def is_loopback(host: str) -> bool:
    """Say whether only this machine reaches a host."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_open_network(host: str) -> bool:
    """Say whether a host means every address of this machine."""
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return host == ""


@contextmanager
def held(run: Run) -> Iterator[None]:
    """Keep a second `run` from the same embedded data; a database server may have many."""
    if run.place.is_embedded or run.demo:
        make_folder(run.place.data)
        if run.place.data == run.folder / DATA:  # records are no part of the configuration
            (run.place.data / ".gitignore").write_text("*\n", encoding="utf-8")
    with run_lock(run.place.data) if run.place.is_embedded else nullcontext():
        yield


def make_folder(data: Path) -> None:
    """Make a data folder that others can't look into."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(
            say(
                "The data folder {folder} can't be made: {reason}.",
                folder=data,
                reason=error.strerror,
            )
        ) from error


@contextmanager
def closing_database(database: Database) -> Iterator[Database]:
    """Close the connections at the end."""
    try:
        yield database
    finally:
        database.dispose()
