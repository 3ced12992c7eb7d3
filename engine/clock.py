"""The one clock: nothing else in the engine asks the machine for the time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the present instant."""

    def now(self) -> datetime:
        """Return the present instant in UTC, aware."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present instant in UTC, aware."""
        return datetime.now(UTC)


class FrozenClock:
    """A clock that stands until it is moved: for tests, scenarios and demo stories."""

    def __init__(self, at: datetime) -> None:
        """Stand at `at`, which must be aware."""
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        """Return the instant at which the clock stands."""
        return self._at

    def move_to(self, at: datetime) -> None:
        """Stand at another instant."""
        self._at = at.astimezone(UTC)

    def pass_(self, length: timedelta) -> None:
        """Let time pass."""
        self._at += length
