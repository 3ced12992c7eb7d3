"""`kartoteka apply DIR`: apply the plan of a folder, all of it or nothing."""

from __future__ import annotations

from getpass import getuser
from pathlib import Path

import click

from engine.app import apply_plan
from engine.cli import output
from engine.cli.agreeing import agreement_options
from engine.cli.loading import load_sound
from engine.cli.place import place_of, place_options
from engine.cli.renamed import renamed_option
from engine.runtime.plan.agreement import Agreement, require_agreement
from engine.runtime.plan.compare import make_plan
from engine.runtime.plan.renames import read_renames
from engine.runtime.plan.steps import Plan
from engine.runtime.plan.text import done_text, to_write_text


@click.command("apply", epilog="Example: kartoteka apply my-crm --yes")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@renamed_option
@agreement_options
@click.option("--json", "as_json", is_flag=True, help="Print what was applied for programs.")
@place_options
def command(
    folder: Path,
    renamed: tuple[str, ...],
    yes: bool,
    consent: str,
    as_json: bool,
    data: Path | None,
    database: str | None,
) -> int:
    """Apply the folder DIR to its database, in one transaction.

    Additions and looks need no answer. `kartoteka plan` shows what does, and prints the HASH.
    """
    renames = read_renames(renamed)
    application = load_sound(folder, as_json=as_json)
    opened = place_of(folder, data, database).open()
    try:
        plan = make_plan(opened, application, renames=renames)
        require_agreement(plan, Agreement(yes=yes, consent=consent))
        apply_plan(opened, plan, application, author())
    finally:
        opened.dispose()
    show(plan, as_json=as_json)
    return output.Exit.FINE


def author() -> str:
    """Return who runs the command, as the machine knows them."""
    try:
        return getuser()
    except (KeyError, OSError):
        return "unknown"


def show(plan: Plan, *, as_json: bool) -> None:
    """Print what was done."""
    if as_json:
        output.show_json(plan.as_json())
    elif plan.is_empty:
        output.show("No changes.")
    else:
        said = f"{done_text(plan)}\n\nApplied.\n{to_write_text(plan)}"
        output.show(said.rstrip())
