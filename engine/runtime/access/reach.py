"""How far a verb goes: a set of atoms, each of them a set of records; a union is a set union.

Atoms are the reaches of the language (`own`, `team`, `all`, a scope's id) and those of the core
grants, which begin with `@` and so are nobody's scope. `a&b` is what lies in both.
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

BOTH = "&"
UNCUT = frozenset({"see", "peek", "create", "import"})  # of records that one need not see
_WIDTH = {"own": 1, "team": 2, "all": 3}


def reach_of(verb: str, reach: str, see: str) -> Reach:
    """Return how far a role goes with a verb: as it is written, cut by what the role sees."""
    if verb in UNCUT:
        return NONE if reach == "none" else frozenset({reach})
    if "none" in (reach, see):
        return NONE
    if reach in _WIDTH and see in _WIDTH:
        return frozenset({min(reach, see, key=_WIDTH.__getitem__)})
    if "all" in (reach, see) or reach == see:
        return frozenset({reach if see == "all" else see})
    return frozenset({f"{reach}{BOTH}{see}"})


def union(reaches: Iterable[Reach]) -> Reach:
    """Join reaches and drop the atoms that others contain."""
    atoms = frozenset().union(*reaches)
    if "all" in atoms:
        return ALL
    return atoms - OWN if "team" in atoms else atoms
