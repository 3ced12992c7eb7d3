"""`kartoteka restore FILE`: a backup into an empty place, where nothing acts by itself at first."""

from __future__ import annotations

from pathlib import Path

import click

from engine.cli import output
from engine.cli.backup import counted
from engine.cli.place import Place, place_of, place_options
from engine.errors import Refused, say
from engine.runtime.backup.archive import open_archive
from engine.runtime.backup.hold import Held
from engine.runtime.backup.restore import Restored, restore
from engine.runtime.backup.settle import settle


@click.command("restore", epilog="Example: kartoteka restore crm.zip --data /srv/restored")
@click.argument("file", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
@click.option("--release", is_flag=True, help="Let go on what is on hold after a restore.")
@click.option("--discard", is_flag=True, help="Give up what is on hold after a restore.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done for programs.")
@place_options
def command(
    file: Path | None,
    release: bool,
    discard: bool,
    as_json: bool,
    data: Path | None,
    database: str | None,
) -> int:
    """Restore the backup FILE into an empty place, all of it or nothing.

    Timers that were waiting and effects that were not sent rest on hold, so that nothing is done
    twice. When it is clear what the old place has done, --release lets them go on and --discard
    gives them up. All sessions and one-time links are ended.
    """
    if [file is not None, release, discard].count(True) != 1:
        raise Refused(say("Give a FILE to restore, or --release, or --discard."))
    place = place_of(None, data, database)
    if file is None:
        return settle_held(place, wanted=release, as_json=as_json)
    opened = place.open()
    try:
        with (
            open_archive(file) as archive,
            output.progress(lambda rows, all_: f"{rows:,} of {all_:,} rows") as tell,
        ):
            rows = archive.manifest.rows
            restored = restore(archive, opened, lambda done: tell(done, rows))
    finally:
        opened.dispose()
    if as_json:
        output.show_json(figures(restored))
    else:
        show(restored, file, place)
    return output.Exit.FINE


def show(restored: Restored, file: Path, place: Place) -> None:
    """Say what was restored, what is on hold, and what to do next."""
    manifest, held, ended = restored.manifest, restored.held, restored.ended
    output.show(f"Restored {file}, made at {manifest.created_at} from {manifest.dialect}.")
    output.show(
        f"{counted(manifest.rows, 'row')} in {counted(len(manifest.tables), 'table')}, "
        f"{counted(len(manifest.files), 'attachment')}; rows and digests are equal."
    )
    output.show(
        f"Ended: {counted(ended.sessions, 'session')}, {counted(ended.links, 'one-time link')}."
    )
    if not restored.is_readable:
        output.show("Its configuration can't be read by this version: apply a folder.")
    if held.is_nothing:
        output.show("Nothing was waiting to be done: nothing is on hold.")
        return
    output.show(f"On hold: {words(held)}. To let them go on, or to give them up:")
    output.show(f"  kartoteka restore --release {place.words}")
    output.show(f"  kartoteka restore --discard {place.words}")


def settle_held(place: Place, *, wanted: bool, as_json: bool) -> int:
    """Let go on, or give up, what is on hold."""
    opened = place.open_existing()
    try:
        held = settle(opened, wanted=wanted)
    finally:
        opened.dispose()
    if as_json:
        output.show_json({"timers": held.timers, "rows": held.rows, "released": wanted})
    elif held.is_nothing:
        output.show("Nothing is on hold.")
    else:
        output.show(f"{'Goes on' if wanted else 'Given up'}: {words(held)}.")
    return output.Exit.FINE


def words(held: Held) -> str:
    """Return how much is on hold."""
    return f"{counted(held.timers, 'timer')}, {counted(held.rows, 'outbox row')}"


def figures(restored: Restored) -> dict[str, object]:
    """Return what a program may want to know of a restore."""
    return {
        "rows": restored.manifest.rows,
        "tables": len(restored.manifest.tables),
        "attachments": len(restored.manifest.files),
        "made_at": restored.manifest.created_at,
        "held_timers": restored.held.timers,
        "held_rows": restored.held.rows,
        "ended_sessions": restored.ended.sessions,
        "ended_links": restored.ended.links,
    }
