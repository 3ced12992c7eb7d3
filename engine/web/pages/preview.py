"""The conditions of a form while it is being filled in: the same verdict as when it is saved."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, request

from engine.errors import BadQuery, NotAllowed, say
from engine.metadata.model.entity import Entity
from engine.runtime.records.opened import Opened
from engine.web.formdata import read_form
from engine.web.htmx import show
from engine.web.parts.choices import RECORD_ID
from engine.web.parts.desk import Desk, current_desk
from engine.web.parts.forms import Form, preview_form
from engine.web.request import single

bp = Blueprint("preview", __name__)


@dataclass(frozen=True, slots=True)
class PreviewContext:
    """The fields of a form as they would stand now."""

    entity: Entity
    form: Form


@bp.post("/<entity_id>/preview")
def preview(entity_id: str) -> Response:
    """Answer with the fields that the form holds, judged on what has been typed so far."""
    desk = current_desk()
    entity = desk.entity(entity_id)
    opened = asked_record(desk, entity_id)
    start = desk.look.application.workdays.start
    data = read_form(entity, request.form.items(multi=True), start)
    form = preview_form(desk, entity, opened, data)
    return show("parts/form_fields.html", PreviewContext(entity, form))


def asked_record(desk: Desk, entity_id: str) -> Opened | None:
    """Return the record that is being edited, None for a new one; both need the right to write."""
    for name in request.args:
        if name != "record":
            raise BadQuery(name, say("{name} is not known here.", name=name))
    number = single(request.args, "record")
    if number is None:
        if not desk.access.may(desk.actor, entity_id, "create"):
            raise NotAllowed(say("You may not create here."))
        return None
    if not RECORD_ID.fullmatch(number):
        raise BadQuery("record", say("{name} is not a number.", name="record"))
    opened = desk.opened(entity_id, int(number))
    desk.require(opened.record, "edit")
    return opened
