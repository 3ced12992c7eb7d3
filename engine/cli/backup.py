"""`kartoteka backup [FILE]`: everything into one file, which has proved that it can be restored."""

from __future__ import annotations

from pathlib import Path

import click

from engine.cli import output
from engine.cli.place import place_of, place_options
from engine.runtime.backup.create import Backup, back_up, default_name

FOLDER = "backups"


@click.command("backup", epilog="Example: kartoteka backup --data /srv/crm")
@click.argument("file", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
@click.option("--no-verify", is_flag=True, help="Leave out the restore that proves it.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done for programs.")
@place_options
def command(
    file: Path | None, no_verify: bool, as_json: bool, data: Path | None, database: str | None
) -> int:
    """Write everything into FILE, while people go on working.

    FILE may be a folder; where not said it is backups/ in the data folder. The backup is restored
    into a scratch database and compared before it gets its name. Only its owner can read it, and it
    can be restored into SQLite and PostgreSQL alike.
    """
    place = place_of(None, data, database)
    opened = place.open_existing()
    try:
        path = file or place.data / FOLDER
        if file is None or file.is_dir():
            path /= default_name(opened.clock.now())
        with output.progress(lambda rows, _: counted(rows, "row")) as tell:
            made = back_up(opened, path, verify=not no_verify, tell=lambda rows: tell(rows, 0))
    finally:
        opened.dispose()
    show(made, as_json=as_json)
    return output.Exit.FINE


def show(made: Backup, *, as_json: bool) -> None:
    """Say what the backup holds, how it was proved, and what is not in it."""
    if as_json:
        output.show_json(figures(made))
        return
    manifest = made.manifest
    output.show(f"Backed up to {made.path}")
    output.show(
        f"{counted(manifest.rows, 'row')} in {counted(len(manifest.tables), 'table')}, "
        f"{counted(len(manifest.files), 'attachment')}, {made.size:,} bytes."
    )
    if made.verified is None:
        output.show("Not verified: nobody has tried to restore it.")
    else:
        output.show(
            "Verified: restored into a scratch database, its integrity is sound, rows and digests "
            f"of all {len(manifest.tables)} tables are equal."
        )
        if not made.verified.is_readable:
            output.show("Its configuration can't be read by this version of Kartoteka.")
    for one in made.left_out:
        output.show(f"Not in it: {one}.")


def figures(made: Backup) -> dict[str, object]:
    """Return what a program may want to know of a backup."""
    return {
        "file": str(made.path),
        "size": made.size,
        "rows": made.manifest.rows,
        "tables": len(made.manifest.tables),
        "attachments": len(made.manifest.files),
        "version": made.manifest.version.id,
        "is_verified": made.verified is not None,
        "left_out": list(made.left_out),
    }


def counted(number: int, thing: str) -> str:
    """Return so many things: `1 row`, `2 rows`."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
