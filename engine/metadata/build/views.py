"""Builds views."""

from __future__ import annotations

from collections.abc import Mapping

from engine.metadata.build.common import Part
from engine.metadata.model.entity import Entity
from engine.metadata.model.view import View
from engine.metadata.words import label_of

MOMENTS = ("date", "datetime")


def build_view(part: Part, entities: Mapping[str, Entity]) -> View | None:
    """Build a view, or None where its entity is unknown."""
    entity = entities.get(part.text("entity"))
    if entity is None:
        return None
    type_ = part.text("type", "list")
    return View(
        id=part.id,
        entity=entity.id,
        label=part.text("label") or label_of(part.id),
        address=part.address,
        mark=part.mark,
        type=type_,
        where=part.expression("where"),
        columns=part.words("columns"),
        sort=part.sort_keys("sort") or entity.order,
        filters=part.pairs("filters"),
        roles=part.words("roles"),
        group_by=_field(part, "group_by", entity, ("stage",)) if type_ == "board" else None,
        sum=part.names("sum"),
        date=_field(part, "date", entity, MOMENTS) if type_ == "calendar" else None,
    )


def _field(part: Part, key: str, entity: Entity, types: tuple[str, ...]) -> str | None:
    """Return the field that is named, else the entity's first one of a type."""
    written = part.names(key)
    first = (one.id for one in entity.fields.values() if one.type in types)
    return written[0] if written else next(first, None)
