"""What everybody may do with the core package, beside what roles grant; and the role `admin`.

Own tasks and the tasks of records that one sees; the timeline of a record that one sees; the names
of users and teams; own notifications; one's own user record. `admin` manages users and teams.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from engine.metadata.model.role import NOT_IN_EVERY, VERBS
from engine.runtime.access.reach import (
    ABOUT_EDITED,
    ABOUT_NOTHING,
    ABOUT_SEEN,
    ALL,
    MADE,
    NONE,
    OWN,
    SELF,
    Reach,
)
from engine.runtime.actor import ADMIN

Grants = Mapping[str, Mapping[str, Reach]]

MINE = OWN | {MADE}
TO_DO = MINE | {ABOUT_EDITED}

EVERYBODY: Grants = MappingProxyType(
    {
        "task": {
            "see": MINE | {ABOUT_SEEN},
            "create": frozenset({ABOUT_SEEN, ABOUT_NOTHING}),
            "edit": TO_DO,
            "press": TO_DO,
            "assign": TO_DO,
            "delete": frozenset({MADE}),
        },
        "activity": {
            "see": frozenset({ABOUT_SEEN}),
            "create": frozenset({ABOUT_SEEN}),
            "edit": MINE,
            "delete": MINE,
        },
        "notification": {"see": OWN, "edit": OWN},
        "user": {"peek": ALL, "see": frozenset({SELF}), "edit": frozenset({SELF})},
        "team": {"peek": ALL},
    }
)

_EVERY = {verb: ALL for verb in VERBS if verb not in NOT_IN_EVERY}
_BY_ROLE: Mapping[str, Grants] = MappingProxyType({ADMIN: {"user": _EVERY, "team": _EVERY}})

# What a person may set in their own user record; everything else there is the administrator's.
PERSONAL_SETTINGS = frozenset({"language", "timezone"})


def core_grant(role_id: str | None, entity_id: str, verb: str) -> Reach:
    """Return what a role (None: everybody) may do by the core grants alone."""
    grants = EVERYBODY if role_id is None else _BY_ROLE.get(role_id, {})
    return grants.get(entity_id, {}).get(verb, NONE)
