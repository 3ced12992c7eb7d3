"""`kartoteka plan DIR`: what applying the folder would change, with counts from the live data."""

from __future__ import annotations

import shlex
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from engine.cli import output
from engine.cli.loading import load_sound, same_place
from engine.cli.place import Place, place_of, place_options
from engine.cli.renamed import renamed_option
from engine.runtime.database import FILE, Database
from engine.runtime.plan.agreement import missing_words
from engine.runtime.plan.compare import make_plan
from engine.runtime.plan.renames import read_renames
from engine.runtime.plan.steps import Plan
from engine.runtime.plan.text import plan_text


@click.command("plan", epilog="Example: kartoteka plan my-crm --data /srv/crm")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@renamed_option
@click.option("--json", "as_json", is_flag=True, help="Print the plan for programs.")
@place_options
def command(
    folder: Path,
    renamed: tuple[str, ...],
    as_json: bool,
    data: Path | None,
    database: str | None,
) -> int:
    """Show what applying the folder DIR would change, and change nothing.

    What vanished beside something new is asked about: a rename is written as `was:`, or said with
    --renamed. Ends with 0 where there is nothing to change, with 2 where there is, with 1 where the
    folder has mistakes, with 3 where the data does not allow the change.
    """
    renames = read_renames(renamed)
    application = load_sound(folder, as_json=as_json)
    with looked_at(place_of(folder, data, database)) as opened:
        plan = make_plan(opened, application, renames=renames)
    if as_json:
        output.show_json(plan.as_json())
    else:
        said = plan_text(plan) or "No changes: the database serves this folder already."
        after = next_words(plan, same_place(folder, data, database))
        output.show("\n\n".join(filter(None, (said, after))))
    return ending(plan)


def ending(plan: Plan) -> output.Exit:
    """Return the exit code that a plan stands for."""
    if plan.refused:
        return output.Exit.REFUSED
    return output.Exit.FINE if plan.is_empty else output.Exit.CHANGES


def next_words(plan: Plan, place: str) -> str:
    """Say what to type next."""
    count = len(plan.steps)
    changes = "1 change" if count == 1 else f"{count} changes"
    if plan.refused:
        return f"{changes}. Change the data or the folder first, then plan again."
    if plan.is_empty:
        return ""
    said = shlex.join(f"--renamed={new}={old}" for new, old in plan.renames.by_address().items())
    words = " ".join(filter(None, ("kartoteka apply", place, said, missing_words(plan))))
    return f"{changes}. To apply: {words}"


@contextmanager
def looked_at(place: Place) -> Iterator[Database]:
    """Open the database to look at; where there is none yet, an empty one that leaves no trace."""
    if not place.is_embedded or (place.data / FILE).is_file():
        database = place.open()
        try:
            yield database
        finally:
            database.dispose()
        return
    with tempfile.TemporaryDirectory() as folder:
        database = Place(Path(folder)).open()
        try:
            yield database
        finally:
            database.dispose()
