"""Builds views."""

from __future__ import annotations

from collections.abc import Mapping

from engine.metadata.build.common import Part
from engine.metadata.model.entity import Entity
from engine.metadata.model.view import View
from engine.metadata.words import label_of


def build_view(part: Part, entities: Mapping[str, Entity]) -> View | None:
    """Build a view, or None where its entity is unknown."""
    entity = entities.get(part.text("entity"))
    if entity is None:
        return None
    return View(
        id=part.id,
        entity=entity.id,
        label=part.text("label") or label_of(part.id),
        address=part.address,
        mark=part.mark,
        type=part.text("type", "list"),
        where=part.expression("where"),
        columns=part.words("columns"),
        sort=part.sort_keys("sort") or entity.order,
        filters=part.pairs("filters"),
        roles=part.words("roles"),
    )
