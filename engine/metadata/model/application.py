"""The whole configuration: one frozen value that the engine interprets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time

from engine.metadata.model.button import Button
from engine.metadata.model.entity import Entity
from engine.metadata.model.field import Field
from engine.metadata.model.pipeline import Pipeline
from engine.metadata.model.role import Role, Scope, Team
from engine.metadata.model.rows import Row
from engine.metadata.model.rule import Rule
from engine.metadata.model.story import StoryLine
from engine.metadata.model.view import View


@dataclass(frozen=True, slots=True)
class Workdays:
    """The company's working time: weekdays (0 = Monday), hours and free days."""

    days: tuple[int, ...] = (0, 1, 2, 3, 4)
    start: time = time(9)
    end: time = time(18)
    country: str | None = None
    holidays: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Theme:
    """The company's look."""

    color: str = "#0b6688"
    logo: str = ""
    sign_in_picture: str = ""


@dataclass(frozen=True, slots=True)
class Application:
    """A CRM as declared: core package and own folder together, in the order of the files."""

    name: str
    version: str
    label: str
    language: str
    languages: tuple[str, ...]
    currency: str
    currency_decimals: int
    timezone: str
    phone_region: str
    workdays: Workdays
    theme: Theme
    start: Mapping[str, str]
    entities: Mapping[str, Entity]
    pipelines: Mapping[str, Pipeline]
    roles: Mapping[str, Role]
    scopes: Mapping[str, Scope]
    teams: Mapping[str, Team]
    views: Mapping[str, View]
    automations: Mapping[str, Rule] = field(default_factory=dict)
    rows: tuple[Row, ...] = ()
    story: tuple[StoryLine, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)
    digest: str = ""

    def entity(self, entity_id: str) -> Entity:
        """Return the entity, which must exist."""
        return self.entities[entity_id]

    def stage_field(self, entity: Entity) -> Field | None:
        """Return the entity's first field of type stage."""
        return next((one for one in entity.fields.values() if one.type == "stage"), None)

    def leading_field(self, view: View) -> Field | None:
        """Return the field that lays a view out: a board's stages, a calendar's days."""
        entity = self.entities[view.entity]
        match view.type:
            case "board":
                return entity.fields.get(view.group_by or "") or self.stage_field(entity)
            case "calendar":
                dates = (one for one in entity.fields.values() if one.type in ("date", "datetime"))
                return entity.fields.get(view.date or "") or next(dates, None)
            case _:
                return None

    def buttons(self, entity_id: str) -> Mapping[str, Button]:
        """Return what can be pressed on records of an entity: of its pipelines, then its own."""
        entity = self.entities[entity_id]
        found: dict[str, Button] = {}
        for one in entity.fields.values():
            pipeline = self.pipelines.get(one.pipeline or "")
            found |= pipeline.buttons if pipeline else {}
        return {**found, **entity.buttons}

    def reverse_links(self, entity_id: str) -> tuple[Field, ...]:
        """Return the link fields of all entities that point at this one."""
        return tuple(
            one
            for entity in self.entities.values()
            for one in entity.fields.values()
            if one.to == entity_id
        )
