"""Who acts: a person with roles and a team, a rule of the configuration, or the engine itself.

An actor is a plain value, made once per session or job by `user_actor`; whoever reads the user's
record and the teams from the database hands them in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

from engine.metadata.model.text import Value

NOTHING: Mapping[str, Value] = MappingProxyType({})
ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: `values` are the fields of the user's record, `team_ids` the team and those below.

    `kind` is "user" for a person, "rule" for a rule of the configuration and "engine" for rows
    that come with it; the last two act with the configuration's authority. `run_id` is the run of
    a rule, written beside everything that it does.
    """

    kind: Literal["user", "rule", "engine"]
    user_id: int | None = None
    login: str = ""
    name: str = ""
    roles: tuple[str, ...] = ()
    team_id: int | None = None
    team_ids: frozenset[int] = frozenset()
    language: str = ""
    timezone: str = ""
    values: Mapping[str, Value] = field(default_factory=lambda: NOTHING, hash=False)
    run_id: int | None = None

    @property
    def is_person(self) -> bool:
        """Say whether roles bound what this actor may do."""
        return self.kind == "user"

    @property
    def is_admin(self) -> bool:
        """Say whether this actor holds the built-in role that manages users and teams."""
        return ADMIN in self.roles


ENGINE = Actor("engine", name="Kartoteka")


def user_actor(
    user_id: int, values: Mapping[str, Value], parents: Mapping[int, int | None]
) -> Actor:
    """Build the actor of a user's record; `parents` maps each team to the one above it."""
    team_id = _whole(values.get("team"))
    roles = values.get("roles")
    return Actor(
        kind="user",
        user_id=user_id,
        login=_text(values.get("login")),
        name=_text(values.get("name")),
        roles=roles if isinstance(roles, tuple) else (),
        team_id=team_id,
        team_ids=teams_below(team_id, parents),
        language=_text(values.get("language")),
        timezone=_text(values.get("timezone")),
        values=MappingProxyType(dict(values)),
    )


def rule_actor(actor: Actor, rule: str, run_id: int | None = None) -> Actor:
    """Return the identity under which a rule acts for this actor: the configuration's authority."""
    return replace(actor, kind="rule", name=rule, run_id=run_id)


def teams_below(team_id: int | None, parents: Mapping[int, int | None]) -> frozenset[int]:
    """Return a team and all its sub-teams; a ring of teams ends by itself."""
    found: set[int] = set()
    wave = set() if team_id is None else {team_id}
    while wave:
        found |= wave
        wave = {team for team, parent in parents.items() if parent in wave} - found
    return frozenset(found)


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""


def _whole(value: Value) -> int | None:
    return value if isinstance(value, int) else None
