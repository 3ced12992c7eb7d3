"""Which fields a record's title is made of: what hides one of them hides the title."""

from __future__ import annotations

from typing import TypeAlias

from engine.metadata.expressions.names import Scope
from engine.metadata.expressions.templates import typed_template
from engine.metadata.model.application import Application
from engine.metadata.model.entity import Entity

TitlePath: TypeAlias = tuple[str, ...]


def title_paths(application: Application, entity: Entity) -> frozenset[TitlePath]:
    """Return the paths of the fields in an entity's title."""
    if entity.title is not None:
        return typed_template(entity.title, Scope(application, entity)).paths
    return frozenset({(entity.title_field,)}) if entity.title_field is not None else frozenset()
