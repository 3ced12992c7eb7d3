"""Watches a folder beside a serving process and lets `engine.live` look when it has come to rest.

The system tells of changes; where it can't, or tells nothing (a folder that was deleted and made
again), what the files look like from outside is compared once a second.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import TypeAlias

from watchfiles import watch

from engine.errors import EngineError, say
from engine.live import LiveFolder
from engine.log import logger, reason_of

QUIET = 0.16  # seconds without a change: editors write in several steps
SECOND_LOOK = 0.3  # before a mistake is told: a file may have been half written
RESTLESS = 10.0  # seconds after which a folder that never rests is told of
TELLS = 50  # milliseconds in which the system gathers changes
LOOK_EVERY = 1000  # milliseconds
PATIENCE = 5.0  # seconds until a thread that was asked to stop is left behind

READ = (".yaml", ".yml", ".csv")

Prints: TypeAlias = frozenset[tuple[str, int, int, int, int]]

log = logger("watching")


class Watcher:
    """Looks at a folder whenever its files have changed and are at rest again."""

    def __init__(self, live: LiveFolder, seen: Prints) -> None:
        self._live = live
        self._seen = seen
        self._stop = Event()

    def run(self) -> None:
        """Watch until somebody says stop; nothing that happens ends it before."""
        while not self._stop.is_set():
            try:
                for _ in self._notices():
                    self._see()
            except Exception:
                log.exception("watching_broke", folder=self._live.name)
            self._stop.wait(LOOK_EVERY / 1000)
            self._see_safely()

    def stop(self) -> None:
        """End the watching."""
        self._stop.set()

    def _notices(self) -> Iterator[object]:
        """Yield at each change, and once a second; ends where the folder is another one."""
        folder = self._live.folder
        if not folder.is_dir():
            return
        inode = folder.stat().st_ino
        for changes in watch(
            folder,
            watch_filter=None,
            debounce=TELLS * 4,
            step=TELLS,
            stop_event=self._stop,
            rust_timeout=LOOK_EVERY,
            yield_on_timeout=True,
            raise_interrupt=False,
            ignore_permission_denied=True,
        ):
            yield changes
            if not folder.is_dir() or folder.stat().st_ino != inode:
                return

    def _see_safely(self) -> None:
        try:
            self._see()
        except Exception:
            log.exception("look_broke", folder=self._live.name)

    def _see(self) -> None:
        """Look, if the files are others than at the last look, or somebody has asked for it."""
        asked = self._live.again.is_set()
        if fingerprint(self._live.folder) == self._seen and not asked:
            return
        self._live.again.clear()
        try:
            self._look()
        except EngineError as error:  # the database is away: again at the next notice
            self._live.again.set()
            log.warning("look_refused", message=reason_of(error))

    def _look(self) -> None:
        """Look until what was found is what lies there."""
        began = monotonic()
        while not self._stop.is_set():
            prints, looked = fingerprint(self._live.folder), monotonic()
            finding = self._live.examine()
            patience = SECOND_LOOK if finding.is_doubtful else 0
            self._stop.wait(patience + max(0.0, QUIET - (monotonic() - looked)))
            if fingerprint(self._live.folder) == prints:
                self._seen = prints
                self._live.settle(finding)
                return
            self._rest_or_tell(began)

    def _rest_or_tell(self, began: float) -> None:
        """Say of a folder that never rests what it is, and look at it less often."""
        if monotonic() - began > RESTLESS:
            self._live.give_up(
                say("The files change all the time. They are read as soon as they rest.")
            )
            self._stop.wait(LOOK_EVERY / 1000)


@contextmanager
def watching(live: LiveFolder, seen: Prints) -> Iterator[None]:
    """Watch a folder meanwhile; `seen` is what its files looked like when they were read."""
    watcher = Watcher(live, seen)
    thread = Thread(target=watcher.run, name="folder", daemon=True)
    thread.start()
    try:
        yield
    finally:
        watcher.stop()
        thread.join(PATIENCE)


def fingerprint(folder: Path) -> Prints:
    """Return what the files of a folder look like from outside.

    Dot-folders are not ours, nor are the files that editors and programs leave beside.
    """
    return frozenset(_print_of(f"{top}/{name}") for top, names in _walk(folder) for name in names)


def _walk(folder: Path) -> Iterator[tuple[str, list[str]]]:
    for top, folders, files in os.walk(folder):
        folders[:] = [one for one in folders if not one.startswith(".")]
        yield top, [one for one in files if one.endswith(READ) and not one.startswith(".")]


def _print_of(path: str) -> tuple[str, int, int, int, int]:
    try:
        found = os.stat(path)  # noqa: PTH116 - asked every second, of every file
    except OSError:
        return path, 0, 0, 0, 0
    return path, found.st_mtime_ns, found.st_size, found.st_ino, found.st_mode
