"""Builds roles, scopes and teams; what a role may do is written out in full."""

from __future__ import annotations

from engine.metadata.build.common import Part
from engine.metadata.model.role import NOT_IN_EVERY, REACHES, VERBS, Role, Scope, Team
from engine.metadata.words import label_of

UNCUT = ("see", "peek", "create", "import")  # they are about records that one does not see yet


def build_role(part: Part) -> Role:
    """Build a role: `every` is expanded, every verb is cut by `see`, nothing stands for none."""
    return Role(
        id=part.id,
        label=part.text("label") or label_of(part.id),
        address=part.address,
        mark=part.mark,
        can={one.id: grants_of(one) for one in part.parts("can")},
        hide=frozenset(part.words("hide")),
        readonly=frozenset(part.words("readonly")),
        help=part.text("help"),
    )


def grants_of(part: Part) -> dict[str, str]:
    """Return verb -> reach for one entity."""
    every = part.text("every", "none")
    written = {verb: part.text(verb) for verb in VERBS if part.text(verb)}
    reach = {verb: every for verb in VERBS if verb not in NOT_IN_EVERY} | written
    see = reach.get("see", "none")
    cut = {verb: _cut(verb, one, see) for verb, one in reach.items()}
    return {verb: one for verb, one in cut.items() if one != "none"}


def _cut(verb: str, reach: str, see: str) -> str:
    if verb in UNCUT:
        return reach
    if see == "none":
        return "none"
    if reach in REACHES and see in REACHES:
        return min(reach, see, key=REACHES.index)
    return see if reach == "all" else reach


def build_scope(part: Part) -> Scope | None:
    """Build a scope, or None where its entity or condition is missing."""
    where, entity = part.expression("where"), part.optional("entity")
    if where is None or entity is None:
        return None
    return Scope(part.id, entity, where, part.address, part.mark)


def build_team(part: Part) -> Team:
    """Build a team."""
    label = part.text("label") or label_of(part.id)
    return Team(part.id, label, part.optional("parent"), part.address, part.mark)
