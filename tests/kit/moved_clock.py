"""The machine's clock, moved by what a file says: all processes of a test go the same way.

So a lease of two minutes ends without anybody waiting for it, and a clock can be set back.
"""

import mmap
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

from engine.clock import Clock, SystemClock

SECONDS = struct.Struct("d")


class MovedClock:
    """A clock that goes on, some seconds away from the machine's."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(SECONDS.pack(0.0))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), SECONDS.size)
        self.path = path

    def now(self) -> datetime:
        """Returns the instant that the clock shows."""
        (seconds,) = SECONDS.unpack(self._map[:])
        return datetime.now(UTC) + timedelta(seconds=seconds)

    def move(self, length: timedelta) -> None:
        """Sets the clock forward, or back, for everybody who looks at it."""
        (seconds,) = SECONDS.unpack(self._map[:])
        self._map[:] = SECONDS.pack(seconds + length.total_seconds())


def wear(clock: Clock) -> None:
    """Lets the machine's clock be this one, in this process to its end."""

    def now(_: SystemClock) -> datetime:
        return clock.now()

    setattr(SystemClock, "now", now)  # noqa: B010 - a process of a test
