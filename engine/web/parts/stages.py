"""The stage field and the stage that an address means."""

from __future__ import annotations

from engine.errors import BadQuery, say
from engine.metadata.model.field import Field
from engine.metadata.model.pipeline import Stage
from engine.runtime.query.records import Record
from engine.web.parts.desk import Desk


def stage_field(desk: Desk, record: Record, name: str) -> Field:
    """Return the stage field that is meant; the entity's first where none is named."""
    entity = desk.look.application.entity(record.entity)
    readable = desk.access.readable(desk.actor, record.entity)
    fields = [one for one in entity.fields.values() if one.type == "stage" and one.id in readable]
    for one in fields:
        if name in ("", one.id):
            return one
    raise BadQuery("_field", say("This record walks through no stages."))


def known_stage(desk: Desk, field: Field, name: str) -> Stage:
    """Return a stage of the field's pipeline."""
    stages = desk.look.application.pipelines[field.pipeline or ""].stages
    if name not in stages:
        raise BadQuery("stage", say("There is no such stage: {name}", name=name))
    return stages[name]
