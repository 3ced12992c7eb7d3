"""Named places where a test may kill the process: `KARTOTEKA_CRASH=name:n` dies at the n-th pass.

Nothing happens where the variable is not set. The process ends at once, as by SIGKILL: no cleanup,
no buffer written, no transaction ended.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from threading import Lock
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")

VARIABLE = "KARTOTEKA_CRASH"
KILLED = 137


def _ignore(_name: str) -> None:
    """Pass by: nobody asked for a crash."""


def _dying_at(wanted: str) -> Callable[[str], None]:
    """Return what counts the passes of one place and ends the process at the n-th."""
    name, _, number = wanted.partition(":")
    left, turn = int(number or 1), Lock()

    def pass_by(passed: str) -> None:
        nonlocal left
        if passed != name:
            return
        with turn:
            left -= 1
            if left == 0:
                os._exit(KILLED)

    return pass_by


_passing: Callable[[str], None] = _ignore


def arm(wanted: str | None) -> None:
    """Let this process die at `name:n`, or at no place: read once, and by what was forked."""
    arm_with(_dying_at(wanted) if wanted else _ignore)


def arm_with(passing: Callable[[str], None]) -> None:
    """Let something be called at each place, instead of a death at one."""
    global _passing  # noqa: PLW0603 - a place costs one call where nobody wants a crash
    _passing = passing


def crash_point(name: str) -> None:
    """Pass a named place; here the process ends where somebody asked for it."""
    _passing(name)


def ending_at(name: str, work: Callable[[A], B]) -> Callable[[A], B]:
    """Return the work with a named place at its end."""

    def to_the_end(given: A) -> B:
        done = work(given)
        crash_point(name)
        return done

    return to_the_end


arm(os.environ.get(VARIABLE))
