"""Named places where a test may kill the process: `KARTOTEKA_CRASH=name:n` dies at the n-th pass.

Nothing happens where the variable is not set. The process ends at once, as by SIGKILL: no cleanup,
no buffer written, no transaction ended.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from threading import Lock

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


# Read once: what a person may set while the process runs changes nothing.
crash_point: Callable[[str], None] = (
    _dying_at(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else _ignore
)
