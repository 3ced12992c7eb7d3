"""Two applications compared, definition by definition and key by key.

Marks are not compared: a definition that moved to another file is the same definition.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields

from engine.metadata.diff.access import moves, rights
from engine.metadata.diff.actions import actions
from engine.metadata.diff.change import Change, Sort, Touches
from engine.metadata.diff.spelling import spell
from engine.metadata.model.application import Application
from engine.metadata.model.button import Button
from engine.metadata.model.entity import Entity, Validation
from engine.metadata.model.field import Field, Option
from engine.metadata.model.pipeline import Pipeline, Stage
from engine.metadata.model.role import Role, Scope, Team
from engine.metadata.model.rule import Rule
from engine.metadata.model.view import View

Node = (
    Application
    | Entity
    | Field
    | Option
    | Pipeline
    | Stage
    | Button
    | Role
    | Scope
    | Team
    | Rule
    | View
)
Keys = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RenamedIds:
    """Old id -> new id: of entities, and of the fields of each entity by its new id."""

    entities: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


# What a definition is called, and what is compared apart, id by id.
IDENTITY = frozenset({"id", "entity", "address", "mark", "layer", "was"})
APART = frozenset({"fields", "validate", "options", "stages", "moves", "can", "buttons"})
ROLE_APART = frozenset({"hide", "readonly"})
ACTION_APART = frozenset({"do", "ladder", "pipeline"})
DISPLAY_KEYS = frozenset(
    {
        "label",
        "plural",
        "icon",
        "color",
        "help",
        "placeholder",
        "example",
        "unit",
        "docs",
        "quick",
        "subtitle",
        "title",
        "title_field",
        "search",
        "order",
        "message",
        "version",
        "name",
        "languages",
        "theme",
        "start",
        "reverse",
        "hidden",
        "group",
        "probability",
        "pii",
        "index",
    }
)
NODE_TOUCHES = {
    "entity": Touches.BEHAVIOUR,
    "field": Touches.BEHAVIOUR,
    "option": Touches.BEHAVIOUR,
    "validation": Touches.BEHAVIOUR,
    "pipeline": Touches.BEHAVIOUR,
    "stage": Touches.BEHAVIOUR,
    "move": Touches.ACCESS,
    "button": Touches.BEHAVIOUR,
    "rule": Touches.BEHAVIOUR,
    "role": Touches.ACCESS,
    "scope": Touches.ACCESS,
    "team": Touches.ACCESS,
    "view": Touches.DISPLAY,
}
ACCESS_KEYS = frozenset(
    {
        ("entity", "owner"),
        ("scope", "where"),
        ("scope", "entity"),
        ("team", "parent"),
        ("role", "portal"),
        ("button", "roles"),
    }
)
HEAD_KEYS = (
    "name",
    "version",
    "label",
    "language",
    "languages",
    "currency",
    "timezone",
    "phone_region",
    "workdays",
    "theme",
    "start",
)


def compare_applications(
    before: Application, after: Application, renames: RenamedIds | None = None
) -> tuple[Change, ...]:
    """Return all differences in the order in which the sections stand in a file.

    `renames` says what got which id where the configuration itself does not say it as `was:`.
    """
    return tuple(_Comparison(before, after, renames or RenamedIds()).changes())


def renamed_entities(before: Application, after: Application) -> dict[str, str]:
    """Return the new id of each entity that was given one: old id -> new id."""
    return _renames(before.entities, after.entities)


def renamed_fields(before: Entity, after: Entity) -> dict[str, str]:
    """Return the new id of each field that was given one: old id -> new id."""
    return _renames(before.fields, after.fields)


def _renames(
    before: Mapping[str, Entity] | Mapping[str, Field],
    after: Mapping[str, Entity] | Mapping[str, Field],
) -> dict[str, str]:
    return {
        one.was: one.id
        for one in after.values()
        if one.was is not None
        and one.was in before
        and one.was not in after
        and one.id not in before
    }


class _Comparison:
    """One comparison: knows which ids were given anew."""

    def __init__(self, before: Application, after: Application, renames: RenamedIds) -> None:
        self._before = before
        self._after = after
        self._entities = renamed_entities(before, after) | dict(renames.entities)
        self._fields = {
            counterpart.id: renamed_fields(one, counterpart)
            | dict(renames.fields.get(counterpart.id, {}))
            for one in before.entities.values()
            if (counterpart := after.entities.get(self._entities.get(one.id, one.id)))
        }

    def changes(self) -> Iterator[Change]:
        before, after = self._before, self._after
        yield from self._head()
        renames = self._entities
        yield from self._map("entities", "entity", before.entities, after.entities, renames)
        yield from self._map("pipelines", "pipeline", before.pipelines, after.pipelines)
        yield from self._roles()
        yield from self._map("scopes", "scope", before.scopes, after.scopes)
        yield from self._map("teams", "team", before.teams, after.teams)
        yield from self._map("automations", "rule", before.automations, after.automations)
        yield from self._map("views", "view", before.views, after.views)

    def _head(self) -> Iterator[Change]:
        before = {key: spell(getattr(self._before, key)) for key in HEAD_KEYS}
        after = {key: spell(getattr(self._after, key)) for key in HEAD_KEYS}
        yield from _keys("", "crm", before, after)

    def _map(
        self,
        address: str,
        node: str,
        before: Mapping[str, Node] | Mapping[str, Validation],
        after: Mapping[str, Node] | Mapping[str, Validation],
        renames: Mapping[str, str] | None = None,
    ) -> Iterator[Change]:
        """Yield the differences of a section, or of a map inside a definition."""
        renames = renames or {}
        touches = NODE_TOUCHES[node]
        given = set(renames.values())  # to others: what had such an id is gone
        kept = {renames.get(one, one): one for one in before if one in renames or one not in given}
        for old in before:
            if kept.get(renames.get(old, old)) != old or renames.get(old, old) not in after:
                yield Change(f"{address}.{old}", Sort.REMOVED, node, touches)
        for new, definition in after.items():
            here = f"{address}.{new}"
            if new not in kept:
                yield Change(here, Sort.ADDED, node, touches)
                continue
            if kept[new] != new:
                yield Change(here, Sort.RENAMED, node, touches, "", kept[new], new)
            yield from self._definition(here, node, before[kept[new]], definition)
        yield from _places(address, node, list(kept), list(after))

    def _definition(
        self, address: str, node: str, before: Node | Validation, after: Node | Validation
    ) -> Iterator[Change]:
        yield from _keys(address, node, _spelled(before), _spelled(after))
        if isinstance(before, (Scope, Rule, View)) and isinstance(after, (Scope, Rule, View)):
            was = self._entities.get(before.entity, before.entity)
            yield from _keys(address, node, {"entity": was}, {"entity": after.entity})
        if isinstance(before, Entity) and isinstance(after, Entity):
            renames = self._fields.get(after.id, {})
            yield from self._map(f"{address}.fields", "field", before.fields, after.fields, renames)
            yield from self._map(
                f"{address}.validate", "validation", before.validate, after.validate
            )
            yield from self._map(f"{address}.buttons", "button", before.buttons, after.buttons)
        if isinstance(before, (Button, Rule)) and isinstance(after, (Button, Rule)):
            yield from actions(address, before, after)
        if isinstance(before, Field) and isinstance(after, Field) and after.type != "stage":
            yield from self._map(f"{address}.options", "option", before.options, after.options)
        if isinstance(before, Pipeline) and isinstance(after, Pipeline):
            yield from self._map(f"{address}.stages", "stage", before.stages, after.stages)
            yield from moves(f"{address}.moves", before, after)
            yield from self._map(f"{address}.buttons", "button", before.buttons, after.buttons)

    def _roles(self) -> Iterator[Change]:
        before, after = self._before.roles, self._after.roles
        yield from self._map("roles", "role", before, after)
        for role in after.values():
            if role.id in before:
                yield from rights(before[role.id], role, self._named_now)

    def _named_now(self, name: str) -> str:
        entity, dot, field = name.partition(".")
        entity = self._entities.get(entity, entity)
        return f"{entity}{dot}{self._fields.get(entity, {}).get(field, field)}"


def _spelled(node: Node | Validation) -> Keys:
    """Return the keys of a definition as texts, without those that are compared apart."""
    apart = IDENTITY | APART
    if isinstance(node, Role):
        apart |= ROLE_APART
    if isinstance(node, (Button, Rule)):
        apart |= ACTION_APART
    return {
        one.name: spell(getattr(node, one.name)) for one in fields(node) if one.name not in apart
    }


def _keys(address: str, node: str, before: Keys, after: Keys) -> Iterator[Change]:
    for key, now in after.items():
        was = before[key]
        if was != now:
            touches = _key_touches(node, key)
            where = f"{address}.{key}" if address else key
            grows = touches is Touches.ACCESS and _key_grows(key, was, now)
            yield Change(where, Sort.CHANGED, node, touches, key, was, now, grows)


def _key_touches(node: str, key: str) -> Touches:
    if (node, key) in ACCESS_KEYS:
        return Touches.ACCESS
    return Touches.DISPLAY if node == "view" or key in DISPLAY_KEYS else Touches.BEHAVIOUR


def _key_grows(key: str, was: str, now: str) -> bool:
    """Say whether a changed key of access may give somebody more."""
    match key:
        case "roles":  # none said: everybody's
            return bool(was) and not (now and set(now.split(", ")) <= set(was.split(", ")))
        case "parent":
            return bool(now)  # those of the team above gain its records
        case "portal":
            return now == "false"
        case _:
            return True  # another owner, another scope: more for some, less for others


def _places(address: str, node: str, before: list[str], after: list[str]) -> Iterator[Change]:
    """Yield a change of order among those that stay."""
    was = [one for one in before if one in after]
    now = [one for one in after if one in was]
    if was != now:
        yield Change(
            address,
            Sort.CHANGED,
            node,
            Touches.DISPLAY,
            "order",
            spell(tuple(was)),
            spell(tuple(now)),
        )
