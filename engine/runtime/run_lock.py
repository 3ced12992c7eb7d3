"""One serving process for one data folder: a lock that the system drops with the process.

The file says who holds it. Its contents prove nothing by themselves: only the lock does, so a file
that a killed process left behind keeps nobody out.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from engine.errors import Refused, say

FILE = "run.lock"


@contextmanager
def run_lock(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; a sentence names the process that has it already."""
    path = folder / FILE
    # Not truncated on opening: until the lock is ours, the words are the other's.
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        if not take(file):
            raise Refused(
                say(
                    "The data in {folder} is being served already, by process {pid}.",
                    folder=folder,
                    pid=_holder(file),
                ),
                say("Stop that one, or give this one a folder of its own with --data."),
            )
        file.seek(0)
        file.truncate()
        file.write(f"{os.getpid()}\n".encode())
        file.flush()
        try:
            yield
        finally:
            file.seek(0)
            file.truncate()


def holder(folder: Path) -> str | None:
    """Return the number of the process that holds a folder, None where none does."""
    path = folder / FILE
    if not path.is_file():
        return None
    with path.open("r+b") as file:
        return None if take(file) else _holder(file)


def _holder(file: BinaryIO) -> str:
    file.seek(0)
    text = file.read(20).decode(errors="replace").strip()
    return text if text.isdecimal() else "?"


if sys.platform == "win32":
    import msvcrt

    FAR = 1 << 30  # a byte behind the words: Windows keeps others from reading a locked one

    def take(file: BinaryIO) -> bool:
        """Lock a file unless somebody else has it."""
        file.seek(FAR)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def take(file: BinaryIO) -> bool:
        """Lock a file unless somebody else has it."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
