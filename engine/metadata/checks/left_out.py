"""What runs in a later version goes out of the tree, together with what can't do without it."""

from __future__ import annotations

from engine.metadata.language_keys import key_at
from engine.metadata.nodes import Path
from engine.metadata.problems import Problem, Severity


def left_out(problems: tuple[Problem, ...]) -> frozenset[Path]:
    """Return the paths to be left out: an expression, and the node that needs it."""
    later = (one for one in problems if one.severity is Severity.LATER and one.address)
    return frozenset(_whole(tuple(one.address.split("."))) for one in later)


def _whole(path: Path) -> Path:
    key = key_at(path)
    if key is None:
        return path
    return path[:-1] if key.required or key.name == "formula" else path
