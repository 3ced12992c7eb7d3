"""From a living database to an archive: one snapshot, while people go on writing.

The database is read as its drivers know it and nothing of it is locked for longer than one table
is read. Where another version is applied meanwhile, the snapshot is taken anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy import Connection, Table, column, func, inspect, select, table
from sqlalchemy.exc import ProgrammingError

from engine.crash_points import crash_point
from engine.errors import Refused, say
from engine.runtime.backup.archive import FILES, MANIFEST, PIECE, is_safe
from engine.runtime.backup.manifest import (
    Applied,
    FileEntry,
    Manifest,
    TableEntry,
    write_manifest,
)
from engine.runtime.backup.numbers import last_number
from engine.runtime.backup.portable import Digest, line_of, reading
from engine.runtime.backup.tables import counts_up, noted_tables
from engine.runtime.database import Database
from engine.runtime.plan.drift import find_drift
from engine.runtime.plan.state import read_state
from engine.runtime.tables.columns import instant_text
from engine.runtime.tables.layout import LAYOUT, ensure_system_tables
from engine.runtime.tables.system import SYSTEM, VERSIONS

Tell: TypeAlias = Callable[[int], None]
LEVEL = 4  # of compression: a third larger than the best, several times faster
BATCH = 1_000
SNAPSHOTS = 3


@dataclass(frozen=True, slots=True)
class Written:
    """What was written, and what lies in the database and is not the CRM's."""

    manifest: Manifest
    left_out: tuple[str, ...]


def write_archive(
    database: Database, stream: BinaryIO, attachments: Path | None, tell: Tell
) -> Written:
    """Write an archive of a database; `tell` hears how many rows it holds so far."""
    crash_point("backup.start")
    ensure_system_tables(database)
    for _ in range(SNAPSHOTS):
        written = _write_snapshot(database, stream, attachments, tell)
        if written is not None and _newest(database) == written.manifest.version.id:
            return written
        stream.seek(0)
        stream.truncate()
    raise Refused(
        say("Configurations were applied all the time: no backup was made."),
        say("Try again when nobody applies."),
    )


def _write_snapshot(
    database: Database, stream: BinaryIO, attachments: Path | None, tell: Tell
) -> Written | None:
    """Write one snapshot; None where a version was applied that changed a table under it."""
    try:
        with (
            database.read() as connection,
            ZipFile(stream, "w", ZIP_DEFLATED, compresslevel=LEVEL) as file,
        ):
            now = instant_text(database.clock.now())
            return _Snapshot(connection, file, tell).write(now, attachments)
    except ProgrammingError:
        if database.dialect == "sqlite":
            raise
        return None


class _Snapshot:
    """Writes what one transaction sees."""

    def __init__(self, connection: Connection, file: ZipFile, tell: Tell) -> None:
        self._connection = connection
        self._file = file
        self._tell = tell
        self._rows = 0

    def write(self, created_at: str, attachments: Path | None) -> Written:
        """Write all tables and attachments, and the manifest as the last."""
        applied, left_out = self._applied(), self._left_out()
        tables = [*SYSTEM.sorted_tables, *noted_tables(read_state(self._connection)).values()]
        entries = tuple(
            self._write_table(one, f"tables/{number:04}.jsonl")
            for number, one in enumerate(tables, start=1)
        )
        files = tuple(self._write_files(attachments)) if attachments else ()
        manifest = Manifest(
            engine=version("kartoteka"),
            layout=LAYOUT,
            dialect=self._connection.dialect.name,
            created_at=created_at,
            version=applied,
            tables=entries,
            files=files,
        )
        self._file.writestr(MANIFEST, write_manifest(manifest))
        return Written(manifest, left_out)

    def _applied(self) -> Applied:
        newest = select(VERSIONS.c.id, VERSIONS.c.digest).order_by(VERSIONS.c.id.desc()).limit(1)
        found = self._connection.execute(newest).first()
        if found is None:
            raise Refused(
                say("No CRM has been applied to this database yet."),
                say("There is nothing to back up."),
            )
        return Applied(found.id, found.digest)

    def _left_out(self) -> tuple[str, ...]:
        """Return what is not the CRM's; refuse where something of the CRM's is missing."""
        state = read_state(self._connection)
        drifts = find_drift(self._connection, state)
        harm = next((one.sentence for one in drifts if one.harms), None)
        if harm is not None:
            raise Refused(
                say("This database is not as Kartoteka has left it: {what}.", what=harm),
                say("Mend that first, or copy the database with its own tools."),
            )
        known = {*SYSTEM.tables, *(one.name for one in state.tables)}
        others = sorted(set(inspect(self._connection).get_table_names()) - known)
        columns = (one.sentence for one in drifts if "did not make" in one.sentence)
        return (*columns, *(f"the table {one} is none of Kartoteka's" for one in others))

    def _write_table(self, found: Table, member: str) -> TableEntry:
        names = tuple(one.name for one in found.columns)
        reads = reading(found.columns, self._connection.dialect.name)
        digest, size = Digest(), 0
        with self._file.open(member, "w", force_zip64=True) as stream:
            for batch in self._batches(found.name, names):
                lines = [line_of(row, reads) for row in batch]
                for line in lines:
                    digest.add(line)
                text_ = b"\n".join(lines) + b"\n"
                size += len(text_)
                stream.write(text_)
                self._rows += len(lines)
                self._tell(self._rows)
        crash_point("backup.middle")
        counter = last_number(self._connection, found.name) if counts_up(found) else 0
        return TableEntry(found.name, member, names, digest.rows, str(digest), size, counter)

    def _batches(self, name: str, columns: tuple[str, ...]) -> Iterator[Any]:
        """Yield rows as the driver gives them; the table is free again as soon as it is read."""
        query: Any = select(*(column(one) for one in columns)).select_from(table(name))
        with self._connection.begin_nested() as held:
            rows = self._connection.execute(query, execution_options={"yield_per": BATCH})
            yield from rows.partitions()
            rows.close()
            held.rollback()

    def _write_files(self, folder: Path) -> Iterator[FileEntry]:
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if path.is_file() and not path.is_symlink() and is_safe(name):
                yield self._write_file(path, name)

    def _write_file(self, path: Path, name: str) -> FileEntry:
        digest, size = sha256(), 0
        with path.open("rb") as source, self._file.open(FILES + name, "w") as target:
            while piece := source.read(PIECE):
                digest.update(piece)
                size += len(piece)
                target.write(piece)
        return FileEntry(name, size, digest.hexdigest())


def _newest(database: Database) -> int | None:
    with database.read() as connection:
        newest: int | None = connection.scalar(select(func.max(VERSIONS.c.id)))
    return newest
