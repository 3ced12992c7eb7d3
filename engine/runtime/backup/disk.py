"""Files that nobody else can read, and that lie on the disk when we say so."""

from __future__ import annotations

import os
from pathlib import Path


def make_empty_file(path: Path) -> None:
    """Make a file that the owner alone may read."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def sync_tree(path: Path) -> None:
    """Wait until a file, or a folder with all that is in it, lies on the disk."""
    for one in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if one.is_dir():
            sync_folder(one)
            continue
        with one.open("rb") as file:
            os.fsync(file.fileno())
    if path.is_dir():
        sync_folder(path)


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder lie on the disk; Windows knows no such thing."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
