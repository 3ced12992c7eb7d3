"""How far a verb goes: a set of atoms, each of them a set of records; a union is a set union.

Atoms are the reaches of the language (`own`, `team`, `all`, a scope's id) and those of the core
grants, which begin with `@` and so are nobody's scope.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

Reach: TypeAlias = frozenset[str]

NONE: Reach = frozenset()
ALL: Reach = frozenset({"all"})
OWN: Reach = frozenset({"own"})

MADE = "@made"  # created by the actor
SELF = "@self"  # the actor's own user record
ABOUT_SEEN = "@about_seen"  # about a record that the actor sees
ABOUT_EDITED = "@about_edited"  # about a record that the actor may edit
ABOUT_NOTHING = "@about_nothing"  # about no record


def parse_reach(written: str) -> Reach:
    """Read a reach of the language."""
    return NONE if written == "none" else frozenset({written})


def union(reaches: Iterable[Reach]) -> Reach:
    """Join reaches and drop the atoms that others contain."""
    atoms = frozenset().union(*reaches)
    if "all" in atoms:
        return ALL
    return atoms - OWN if "team" in atoms else atoms
