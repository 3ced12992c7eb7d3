"""A backup from its beginning to its end: written, restored to see whether it is good, named.

Until then the file ends with `.part`. A file with its own name was complete on the disk and, where
nobody asked to leave that out, came through a restore with equal rows.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import text

from engine.clock import Clock
from engine.crash_points import crash_point
from engine.errors import EngineError, Refused, say
from engine.log import logger, reason_of
from engine.runtime.backup.archive import open_archive
from engine.runtime.backup.disk import sync_folder
from engine.runtime.backup.manifest import Manifest
from engine.runtime.backup.notes import LAST, write_log, write_note
from engine.runtime.backup.restore import Tell, attachments_of, fill, remove_database, scratch
from engine.runtime.backup.write import write_archive
from engine.runtime.database import Database
from engine.runtime.run_lock import take

START, END, PART, SCRATCH = "kartoteka-", ".zip", ".part", ".scratch"
BACKED_UP = "backed_up"

log = logger("backup")


@dataclass(frozen=True, slots=True)
class Verified:
    """A restore of an archive into a scratch database, which came out equal."""

    is_readable: bool  # the version that was applied, by this engine


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made."""

    path: Path
    size: int
    manifest: Manifest
    left_out: tuple[str, ...]
    verified: Verified | None


def default_name(now: datetime) -> str:
    """Return the name of a backup that is made now."""
    return f"{START}{now:%Y%m%dT%H%M%SZ}{END}"


def unheard(_rows: int) -> None:
    """Tell nobody how far a backup is."""


def back_up(database: Database, path: Path, *, verify: bool = True, tell: Tell = unheard) -> Backup:
    """Write a backup to a path where nothing is yet."""
    path = path.absolute()
    _require_free(path)
    part = path.with_name(path.name + PART)
    with _new_file(part) as stream:
        written = write_archive(database, stream, attachments_of(database), tell)
        stream.flush()
        os.fsync(stream.fileno())
        verified = verify_archive(part, database.clock, tell) if verify else None
        size = stream.tell()
        crash_point("backup.before_rename")
        _require_free(path)
        if os.name == "nt":
            stream.close()  # Windows gives no other name to an open file
        part.rename(path)  # while it is held: until then nobody else may take it for abandoned
    sync_folder(path.parent)
    made = Backup(path, size, written.manifest, written.left_out, verified)
    _note(database, made)
    return made


def verify_archive(path: Path, clock: Clock, tell: Tell = unheard) -> Verified:
    """Restore an archive into a scratch database beside it; refuse one that is not good."""
    place = path.with_name(path.name + SCRATCH)
    try:
        with open_archive(path) as archive, Path(os.devnull).open("wb") as nowhere:
            with scratch(place, clock) as database:
                with database.write() as connection:
                    restored = fill(connection, archive, tell, clock)
                _require_integrity(database)
            for entry in archive.manifest.files:
                archive.copy_file(entry, nowhere)
    finally:
        remove_database(place)
    return Verified(restored.is_readable)


def clear_away_abandoned(folder: Path) -> None:
    """Remove what killed backups have left in a folder; one at work holds its file."""
    for part in folder.glob(f"{START}*{END}{PART}"):
        with part.open("r+b") as stream:
            is_abandoned = take(stream)
        if is_abandoned:
            remove_database(part.with_name(part.name + SCRATCH))
            part.unlink(missing_ok=True)


def _require_free(path: Path) -> None:
    if path.exists():
        raise Refused(
            say("There is a file {file} already.", file=path),
            say("A backup overwrites nothing: choose another name."),
        )


def _require_integrity(database: Database) -> None:
    with database.read() as connection:
        found = connection.scalars(text("PRAGMA integrity_check")).all()
        lost = connection.execute(text("PRAGMA foreign_key_check")).all()
    if list(found) != ["ok"] or lost:
        raise Refused(say("What came out of the backup is no sound database."))


@contextmanager
def _new_file(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write that nobody else can read; what is not finished is removed."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise Refused(
            say("{file} can't be written: {reason}.", file=path, reason=error.strerror)
        ) from error
    with os.fdopen(handle, "r+b") as stream:
        if not take(stream) or not _still_names(path, stream):
            raise Refused(say("Another process writes {file} right now.", file=path))
        stream.truncate()  # what a killed process has left
        try:
            yield stream
        except OSError as error:
            path.unlink(missing_ok=True)
            raise Refused(
                say("{file} can't be written: {reason}.", file=path, reason=error.strerror)
            ) from error
        except BaseException:
            path.unlink(missing_ok=True)
            raise


def _still_names(path: Path, stream: BinaryIO) -> bool:
    """Say whether a path leads to an open file: whoever had it may have given it its own name."""
    try:
        return os.path.samestat(path.stat(), os.fstat(stream.fileno()))
    except FileNotFoundError:
        return False


def _note(database: Database, made: Backup) -> None:
    """Write down that there is a backup; it is good also where that can't be written."""
    now = database.clock.now()
    what = {
        "at": now.isoformat(),
        "file": str(made.path),
        "size": made.size,
        "rows": made.manifest.rows,
        "is_verified": made.verified is not None,
    }
    log.info(
        "backed_up",
        file=str(made.path),
        size=made.size,
        rows=made.manifest.rows,
        is_verified=made.verified is not None,
    )
    try:
        with database.write() as connection:
            write_note(connection, LAST, what)
            write_log(connection, BACKED_UP, what, now)
    except EngineError as error:
        log.warning("backup_not_noted", reason=reason_of(error))
