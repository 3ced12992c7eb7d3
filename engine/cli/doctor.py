"""`kartoteka doctor`: one page of what is well and what is not, and what to do about it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from engine.app import applied_application, open_services
from engine.cli import output
from engine.cli.place import Place, place_of, place_options
from engine.errors import EngineError
from engine.runtime.accounts.demo import FILE as DEMO_FILE
from engine.runtime.accounts.demo import read_passwords
from engine.runtime.checkup.crm import check_crm, check_layout
from engine.runtime.checkup.database import check_database
from engine.runtime.checkup.finding import Finding, Standing, wrong
from engine.runtime.checkup.machine import check_machine
from engine.runtime.checkup.people import check_people
from engine.runtime.checkup.work import check_work
from engine.runtime.database import Database
from engine.settings import Settings, read_settings


@click.command("doctor", epilog="Example: kartoteka doctor --data /srv/crm")
@click.option("--json", "as_json", is_flag=True, help="Print a list for programs.")
@place_options
def command(as_json: bool, data: Path | None, database: str | None) -> int:
    """Look at everything and change nothing.

    Ends with 0 where nothing is wrong, with 1 where something is. Run it with the environment of
    the server: its settings are looked at, too.
    """
    settings, place = read_settings(os.environ), place_of(None, data, database)
    opened = place.open_existing()
    try:
        found = tuple(findings(settings, place, opened))
    finally:
        opened.dispose()
    if as_json:
        output.show_json([asdict(one) for one in found])
    else:
        for one in found:
            show(one)
        output.show(f"\n{summary(found)}")
    is_wrong = any(one.standing is Standing.WRONG for one in found)
    return output.Exit.PROBLEMS if is_wrong else output.Exit.FINE


def findings(settings: Settings, place: Place, database: Database) -> Iterator[Finding]:
    """Yield all that is found; what can't be asked any more is left out."""
    yield from check_machine(settings, place.data if place.is_embedded else None)
    try:
        yield from check_database(database)
        layout = check_layout(database)
        yield layout
        if layout.standing is not Standing.WELL:
            return
        yield from check_crm(database)
        yield from check_work(database, settings)
        yield from of_people(settings, place, database)
    except EngineError as error:
        yield wrong("database", str(error.message), str(error.hint or "Mend that first."))


def of_people(settings: Settings, place: Place, database: Database) -> Iterator[Finding]:
    """Yield what is found about people, where the applied version can be read."""
    try:
        application = applied_application(database)
    except EngineError:
        return  # it was said already
    services = open_services(application, database, settings=settings)
    yield from check_people(services, read_passwords(place.data / DEMO_FILE))


def show(one: Finding) -> None:
    """Print a line, and the cure below it."""
    output.show(f"{one.standing:<6} {one.sentence}")
    if one.cure:
        output.show(f"       {one.cure}")


def summary(found: tuple[Finding, ...]) -> str:
    """Return the last line."""
    looks, wrongs = (
        sum(one.standing is standing for one in found)
        for standing in (Standing.LOOK, Standing.WRONG)
    )
    if not looks and not wrongs:
        return "All is well."
    return f"{wrongs} wrong, {looks} to look at, {len(found) - looks - wrongs} well."
