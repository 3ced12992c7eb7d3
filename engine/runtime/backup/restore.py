"""From an archive to a place that can be served: all of it, or a place as empty as before.

On PostgreSQL one transaction does everything. On SQLite a file beside the place is filled, and
gets its name when all of it lies on the disk. Whoever is killed on the way leaves nothing that
serves, and the next restore clears it away.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from sqlalchemy import URL, Connection, func, inspect, select

from engine.clock import Clock
from engine.crash_points import crash_point
from engine.errors import Refused, say
from engine.log import logger
from engine.runtime.backup.archive import Archive
from engine.runtime.backup.disk import make_empty_file, sync_folder, sync_tree
from engine.runtime.backup.hold import Ended, Held, end_visits, hold
from engine.runtime.backup.load import load_archive, said_in_words
from engine.runtime.backup.manifest import Manifest
from engine.runtime.backup.notes import note_restore
from engine.runtime.database import Database
from engine.runtime.run_lock import run_lock
from engine.runtime.tables.layout import bring_along, require_letters
from engine.runtime.tables.system import SYSTEM, VERSIONS

Tell: TypeAlias = Callable[[int], None]
ATTACHMENTS = "files"
PART = ".restoring"
BESIDE = ("", "-wal", "-shm", "-journal")
ROOM = 2  # a table with its indexes takes more than its rows in an archive

log = logger("backup")


@dataclass(frozen=True, slots=True)
class Restored:
    """What came out of an archive, and what was put on hold."""

    manifest: Manifest
    held: Held
    ended: Ended
    is_readable: bool


def attachments_of(database: Database) -> Path | None:
    """Return the folder of attachments beside an embedded database, if there is one."""
    if database.dialect != "sqlite" or not database.url.database:
        return None
    folder = Path(database.url.database).parent / ATTACHMENTS
    return folder if folder.is_dir() else None


def restore(archive: Archive, database: Database, tell: Tell) -> Restored:
    """Restore an archive into the empty place of a database."""
    into = _restore_file if database.dialect == "sqlite" else _restore_within
    restored = into(archive, database, tell)
    held = restored.held
    log.info("restored", rows=restored.manifest.rows, timers=held.timers, held=held.rows)
    return restored


def _restore_file(archive: Archive, database: Database, tell: Tell) -> Restored:
    path = Path(str(database.url.database))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with run_lock(path.parent):
        _require_nothing(path, database.clock)
        _clear_away(path)
        _require_room(archive, path.parent)
        try:
            restored = _restore_beside(archive, path, database.clock, tell)
            crash_point("restore.before_files")
            _put_files(archive, path.parent / ATTACHMENTS)
        except BaseException:
            _clear_away(path)
            raise
        crash_point("restore.before_rename")
        remove_database(path)
        path.with_name(path.name + PART).replace(path)
        sync_folder(path.parent)
        return restored


def fill(connection: Connection, archive: Archive, tell: Tell, clock: Clock) -> Restored:
    """Fill an empty database within a transaction, and put on hold what would act by itself."""
    with said_in_words():
        is_readable = load_archive(connection, archive, tell)
        crash_point("restore.before_hold")
        now = clock.now()
        held, ended = hold(connection), end_visits(connection, now)
        bring_along(connection)
    note_restore(connection, archive.manifest, held, now)
    return Restored(archive.manifest, held, ended, is_readable)


@contextmanager
def scratch(path: Path, clock: Clock) -> Iterator[Database]:
    """Give a new SQLite database at a path, in one file when the block has ended."""
    remove_database(path)
    make_empty_file(path)
    database = Database(URL.create("sqlite", database=str(path)), clock)
    try:
        yield database
    finally:
        database.dispose()


def _restore_within(archive: Archive, database: Database, tell: Tell) -> Restored:
    if archive.manifest.files:
        raise Refused(
            say("This backup holds attachments, and this place has no folder for them."),
            say("Restore it with --data FOLDER."),
        )
    with database.write() as connection:
        database.lock_configuration(connection)
        require_letters(connection)
        _require_empty(connection)
        SYSTEM.drop_all(connection)
        restored = fill(connection, archive, tell, database.clock)
        crash_point("restore.before_commit")
        return restored


def _restore_beside(archive: Archive, path: Path, clock: Clock, tell: Tell) -> Restored:
    part = path.with_name(path.name + PART)
    with scratch(part, clock) as database, database.write() as connection:
        restored = fill(connection, archive, tell, clock)
    sync_tree(part)
    return restored


def _require_nothing(path: Path, clock: Clock) -> None:
    if not path.exists() or path.stat().st_size == 0:
        return
    database = Database(URL.create("sqlite", database=str(path)), clock)
    try:
        with database.read() as connection:
            _require_empty(connection)
    finally:
        database.dispose()


def _require_empty(connection: Connection) -> None:
    """Refuse a place where anything lies: tables of others, or a version that was applied."""
    there = set(inspect(connection).get_table_names())
    if there <= set(SYSTEM.tables) and not (
        VERSIONS.name in there and connection.scalar(select(func.count()).select_from(VERSIONS))
    ):
        return
    raise Refused(
        say("There is data in this place already: nothing was restored."),
        say("Name an empty folder with --data, or an empty database with --database."),
    )


def _require_room(archive: Archive, folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if archive.manifest.size * ROOM > free:
        raise Refused(
            say(
                "There is no room for this backup: it needs {needed} bytes, {free} are free.",
                needed=f"{archive.manifest.size * ROOM:,}",
                free=f"{free:,}",
            )
        )


def _clear_away(path: Path) -> None:
    """Remove what a restore has left that did not come to its end; refuse the files of others."""
    part, files = path.with_name(path.name + PART), path.parent / ATTACHMENTS
    if files.exists() and not part.exists():
        raise Refused(
            say("There are attachments in {folder} already: nothing was restored.", folder=files),
            say("Name an empty folder with --data."),
        )
    for folder in (files, files.with_name(files.name + PART)):
        shutil.rmtree(folder, ignore_errors=True)
    remove_database(part)  # the last: it says whose the files are


def _put_files(archive: Archive, folder: Path) -> None:
    """Put attachments where they belong, when all of them are there."""
    if not archive.manifest.files:
        return
    part = folder.with_name(folder.name + PART)
    for entry in archive.manifest.files:
        path = part / entry.path
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            archive.copy_file(entry, file)
    sync_tree(part)
    part.replace(folder)


def remove_database(path: Path) -> None:
    """Remove the file of a database, and what SQLite keeps beside it."""
    for end in BESIDE:
        path.with_name(path.name + end).unlink(missing_ok=True)
