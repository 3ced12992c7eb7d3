"""`kartoteka history`: the versions of a configuration, and what each of them changed."""

from __future__ import annotations

from pathlib import Path

import click

from engine.cli import output
from engine.cli.numbered import numbered_argument, read_numbered
from engine.cli.place import place_options
from engine.cli.table import table
from engine.runtime.plan.history import (
    VersionDifference,
    VersionEntry,
    list_versions,
    read_difference,
)
from engine.runtime.plan.text import stored_steps_text

HEAD = ("version", "applied at (UTC)", "by", "changes", "")


@click.command("history", epilog="Example: kartoteka history my-crm 3")
@numbered_argument
@click.option("--json", "as_json", is_flag=True, help="Print the answer for programs.")
@place_options
def command(words: tuple[str, ...], as_json: bool, data: Path | None, database: str | None) -> int:
    """List the versions that were applied, or show what version N changed.

    DIR is the CRM's folder; without it the data are looked for here, or where --data or --database
    say.
    """
    said = read_numbered(words)
    opened = said.place(data, database).open_existing()
    try:
        if said.version is None:
            show_list(list_versions(opened), as_json=as_json)
        else:
            show_one(read_difference(opened, said.version), as_json=as_json)
    finally:
        opened.dispose()
    return output.Exit.FINE


def show_list(entries: tuple[VersionEntry, ...], *, as_json: bool) -> None:
    """Print a line for each version, the newest first."""
    if as_json:
        output.show_json([one.as_json() for one in entries])
    elif not entries:
        output.show("No version has been applied yet.")
    else:
        lines = [
            (str(one.id), moment(one), one.author, str(one.changes), note(one)) for one in entries
        ]
        output.show(table(HEAD, lines))


def show_one(difference: VersionDifference, *, as_json: bool) -> None:
    """Print who applied a version when, its steps, and the difference of its texts."""
    if as_json:
        output.show_json(difference.as_json())
        return
    entry = difference.entry
    output.show(
        f"Version {entry.id}, applied by {entry.author} at {moment(entry)} UTC "
        f"with Kartoteka {entry.engine}"
    )
    if entry.takes_back is not None:
        output.show(f"It {note(entry)}.")
    steps = stored_steps_text(difference.steps)
    if steps:
        output.show(f"\n{steps}")
    for file in difference.files:
        output.show("\n" + "\n".join(file.lines))


def moment(entry: VersionEntry) -> str:
    """Return when a version was applied."""
    return f"{entry.applied_at:%Y-%m-%d %H:%M:%S}"


def note(entry: VersionEntry) -> str:
    """Say of a version that is a way back where it leads."""
    return "" if entry.takes_back is None else f"goes back to {entry.takes_back}"
