"""Statements that are made once: whoever asks the same again asks with the same statement.

To put a statement together costs more than to have it answered. It is kept for the actor who asks,
as rights stand in it, for as long as the version is served; what changes from one time to the next
(a record's number, a place in a list, the present moment) is a parameter. A statement in which an
expression reads the clock is true for that moment alone and is never kept: what `make` returns must
be whole, as a part that is put together later could read the clock unseen.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

from engine.runtime.access.expression_columns import ExpressionColumns

MOST = 600

T = TypeVar("T")


class Kept:
    """Keeps what was made for a key, the newest so many."""

    def __init__(self, expressions: ExpressionColumns) -> None:
        self._expressions = expressions
        self._made: dict[Hashable, Any] = {}
        self._turn = Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what is kept under a key, or make it."""
        found = self._made.get(key)
        if found is not None:
            return found  # type: ignore[no-any-return]  # made by the same `make`
        before = self._expressions.clock_reads
        made = make()
        if self._expressions.clock_reads == before:
            self._keep(key, made)
        return made

    def _keep(self, key: Hashable, made: object) -> None:
        with self._turn:
            while len(self._made) >= MOST:
                del self._made[next(iter(self._made))]
            self._made[key] = made
