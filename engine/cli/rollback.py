"""`kartoteka rollback`: back to an older version, with its tables and values."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from engine.app import apply_plan
from engine.cli import output
from engine.cli.agreeing import agreement_options
from engine.cli.apply import author
from engine.cli.numbered import Numbered, numbered_argument, read_numbered
from engine.cli.place import place_options
from engine.runtime.plan.agreement import Agreement, missing_words, require_agreement
from engine.runtime.plan.rollback import rollback_plan
from engine.runtime.plan.steps import Plan
from engine.runtime.plan.text import plan_text


@click.command("rollback", epilog="Example: kartoteka rollback my-crm 3 --yes")
@numbered_argument
@agreement_options
@click.option("--json", "as_json", is_flag=True, help="Print the plan for programs.")
@place_options
def command(
    words: tuple[str, ...],
    yes: bool,
    consent: str,
    as_json: bool,
    data: Path | None,
    database: str | None,
) -> int:
    """Show the way back to version N, or to the one before, and go it once that is agreed to.

    Renames are inverted, what was retired since comes back with its values, what was added since is
    retired, and another type gives the old values back where nobody has changed them. It makes a
    new version, which can be taken back too. Ends with 2 where it waits for --yes or --consent.
    """
    said, agreement = read_numbered(words), Agreement(yes=yes, consent=consent)
    opened = said.place(data, database).open_existing()
    try:
        plan, wanted = rollback_plan(opened, said.version)
        waits = not plan.refused and bool(missing_words(plan, agreement))
        if not waits or consent:
            require_agreement(plan, agreement)
            apply_plan(opened, plan, wanted, author())
    finally:
        opened.dispose()
    if as_json:
        output.show_json(plan.as_json())
    else:
        place = same_words(said, data, database)
        output.show("\n\n".join(filter(None, (plan_text(plan), ending(plan, place, waits=waits)))))
    return output.Exit.CHANGES if waits else output.Exit.FINE


def ending(plan: Plan, place: str, *, waits: bool) -> str:
    """Say what was done, or what to type."""
    if waits:
        words = ("kartoteka rollback", place, str(plan.takes_back), missing_words(plan))
        return f"To go back: {' '.join(filter(None, words))}"
    if plan.is_empty and plan.base == plan.wanted:
        return f"No changes: what is served is as version {plan.takes_back} was."
    return (
        f"Went back to version {plan.takes_back}. A folder that says what was taken back is not "
        "applied by itself again: change it, or `kartoteka apply` it."
    )


def same_words(said: Numbered, data: Path | None, url: str | None) -> str:
    """Return folder and place as they were typed; an address may hold a password and is not."""
    words = [] if said.folder is None else [str(said.folder)]
    if data is not None:
        words += ["--data", str(data)]
    return shlex.join(words) + (" --database URL" if url is not None else "")
