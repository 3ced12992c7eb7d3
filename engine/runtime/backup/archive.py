"""An archive, read with care: only what its manifest names, and never more than it says.

A file may have been cut, changed or made to do harm: names that lead out of the folder, members
that swell beyond all measure. Each ends in a sentence before anything is written.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from engine.errors import Refused, say
from engine.runtime.backup.manifest import (
    FileEntry,
    Manifest,
    TableEntry,
    damaged,
    foreign,
    read_manifest,
)
from engine.runtime.backup.portable import Digest

MANIFEST: Final = "manifest.json"
FILES = "files/"
MEBIBYTE = 1024 * 1024
LARGEST_MANIFEST = 64 * MEBIBYTE
LONGEST_LINE = 64 * MEBIBYTE
PIECE = MEBIBYTE
SWELLING, HARMLESS = 300, 64 * MEBIBYTE  # rows of a database shrink to a tenth, not to nothing

METHODS = (ZIP_STORED, ZIP_DEFLATED)  # others have errors of their own, and need their modules

# A RuntimeError is what `zipfile` says of encrypted members, and of a later form of ZIP.
BROKEN = (BadZipFile, EOFError, zlib.error, RuntimeError, UnicodeDecodeError)


class Archive:
    """An open archive whose names and sizes agree with its manifest."""

    def __init__(self, file: ZipFile) -> None:
        self._file = file
        self.manifest = _read_manifest(file)
        _require_names(file, self.manifest)

    def lines(self, entry: TableEntry) -> Iterator[bytes]:
        """Yield the lines of a table; at the end they have been all, and the right ones."""
        digest, left = Digest(), entry.size
        with _in_words(entry.member), self._file.open(entry.member) as member:
            while line := member.readline(LONGEST_LINE):
                left -= len(line)
                if left < 0 or not line.endswith(b"\n"):
                    raise damaged(entry.member)
                digest.add(line[:-1])
                yield line
        if (digest.rows, str(digest), left) != (entry.rows, entry.digest, 0):
            raise damaged(entry.member)

    def copy_file(self, entry: FileEntry, target: BinaryIO) -> None:
        """Copy an attachment out of the archive."""
        digest, left, name = sha256(), entry.size, FILES + entry.path
        with _in_words(name), self._file.open(name) as member:
            while piece := member.read(PIECE):
                left -= len(piece)
                if left < 0:
                    raise damaged(name)
                digest.update(piece)
                target.write(piece)
        if (digest.hexdigest(), left) != (entry.digest, 0):
            raise damaged(name)


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Open an archive to read."""
    try:
        stream = path.open("rb")
    except OSError as error:
        raise Refused(
            say("{file} can't be read: {reason}.", file=path, reason=error.strerror)
        ) from error
    with stream:
        try:
            file = ZipFile(stream)
        except BROKEN as error:
            raise _unreadable(stream) from error
        with file:
            yield Archive(file)


def _unreadable(stream: BinaryIO) -> Refused:
    """Tell a backup that was cut from a file that never was one."""
    stream.seek(0)
    return damaged("its end") if stream.read(4) == b"PK\x03\x04" else foreign()


def _require_methods(file: ZipFile) -> None:
    """Refuse members that are packed as no backup packs them."""
    for one in file.infolist():
        if one.compress_type not in METHODS:
            raise damaged(one.filename)


def _read_manifest(file: ZipFile) -> Manifest:
    if MANIFEST not in file.namelist():
        raise foreign()
    _require_methods(file)
    if file.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
        raise damaged(MANIFEST)
    with _in_words(MANIFEST), file.open(MANIFEST) as member:
        return read_manifest(member.read(LARGEST_MANIFEST))


def _require_names(file: ZipFile, manifest: Manifest) -> None:
    """Refuse members that the manifest does not name, or that differ from what it says."""
    wanted = {one.member: one.size for one in manifest.tables}
    wanted |= {FILES + one.path: one.size for one in manifest.files}
    members = [one for one in file.infolist() if one.filename != MANIFEST]
    if len(members) != len(wanted) or len(manifest.files) + len(manifest.tables) != len(wanted):
        raise damaged(MANIFEST)
    for one in members:
        if wanted.get(one.filename) != one.file_size or _swells(one):
            raise damaged(one.filename)
    for entry in manifest.files:
        if not is_safe(entry.path):
            raise damaged(entry.path)


def _swells(one: ZipInfo) -> bool:
    return one.file_size > HARMLESS and one.file_size > SWELLING * one.compress_size


def is_safe(path: str) -> bool:
    """Say whether a path stays in the folder that it is put into, on any system."""
    pure = PurePosixPath(path)
    if not path or pure.is_absolute() or str(pure) != path:
        return False
    return not any(
        part in {"..", "."} or set(part) & set('\\:*?"<>|') or not part.isprintable()
        for part in pure.parts
    )


@contextmanager
def _in_words(part: str) -> Iterator[None]:
    try:
        yield
    except BROKEN as error:
        raise damaged(part) from error
