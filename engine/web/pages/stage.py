"""A move to another stage; what the stage asks for is asked in a small form first.

A press of a step posts `stage`. Refused: 422 with the fields that are missing, in the page's dialog
or on a page of their own, which posts to the same address.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from flask import Blueprint, Response, request

from engine.errors import BadQuery, NotFound, ValidationFailed, say
from engine.metadata.model.entity import Entity
from engine.metadata.model.field import Field
from engine.metadata.model.pipeline import Stage
from engine.metadata.model.text import RecordRef
from engine.runtime.query.records import Record
from engine.runtime.records.opened import Opened
from engine.web.formdata import FormData, read_form
from engine.web.htmx import go, is_fragment, show, swap_into, tell
from engine.web.parts.card import card
from engine.web.parts.desk import ONE, Desk, current_desk
from engine.web.parts.elsewhere import is_elsewhere, left_to_page
from engine.web.parts.forms import EMPTY_FORM, Form, Messages, asking_form, back_of
from engine.web.parts.stages import known_stage, stage_field
from engine.web.parts.standing import signs_now, stand_of
from engine.web.request import single
from engine.web.toasts import toast
from engine.web.urls import list_url, record_url, with_query

bp = Blueprint("stage", __name__)


@dataclass(frozen=True, slots=True)
class MoveContext:
    """The form of a move: the stage, what it asks for, and what is said against it."""

    entity: Entity
    record: Record
    address: str
    title: str
    stage: Stage
    stage_field: str
    from_label: str
    in_dialog: bool
    form: Form


@bp.get(f"{ONE}/move")
def ask(entity_id: str, record_id: int) -> Response:
    """Show what a stage asks for."""
    desk = current_desk()
    opened = desk.opened(entity_id, record_id)
    record = opened.record
    for name in request.args:
        if name not in ("stage", "_field"):
            raise BadQuery(name, say("{name} is not known here.", name=name))
    field = stage_field(desk, record, single(request.args, "_field") or "")
    stage = known_stage(desk, field, single(request.args, "stage") or "")
    return draw(desk, opened, field, stage, EMPTY_FORM)


@bp.post(f"{ONE}/move")
def move(entity_id: str, record_id: int) -> Response:
    """Move the record, with what the stage asks for."""
    desk = current_desk()
    opened = desk.opened(entity_id, record_id)
    record = opened.record
    entity = desk.entity(entity_id)
    start = desk.look.application.workdays.start
    pairs = request.form.items(multi=True)
    data = read_form(entity, ((name, text) for name, text in pairs if name != "stage"), start)
    wanted, name = asked("_field", "stage")
    field = stage_field(desk, record, wanted)
    stage = known_stage(desk, field, name)
    token = data.control("_token") or None
    try:
        desk.records.move(
            desk.actor, entity_id, record_id, stage.id, data.payload, field=field.id, token=token
        )
    except ValidationFailed as refused:
        return draw(desk, opened, field, stage, data, refused.messages)
    back = back_of(data)
    if desk.still(record) is None:
        toast(say("{title}: {stage}", title=record.title, stage=stage.label))
        return go(back or list_url(entity_id))
    if is_elsewhere(record) and not back:
        toast(
            say("{title} moved to {stage}", title=record.title, stage=stage.label),
            undo_url(desk, record, field, stage),
        )
        return left_to_page(RecordRef(record.entity, record.id), record.title)
    if is_fragment() and not back:
        whole = swap_into(show("parts/record.html", card(desk, entity_id, record_id)), "#record")
        tell(whole, "record-saved", {"id": record_id, "title": record.title})
        return tell(whole, "record-said", {"said": stage.label})
    undo = undo_url(desk, record, field, stage, back)
    toast(say("{title}: {stage}", title=record.title, stage=stage.label), undo)
    return go(back or record_url(entity_id, record_id))


def asked(*names: str) -> tuple[str, ...]:
    """Return controls of the form, or of the address where the form has none: an undo has not."""
    return tuple(single(request.form, one) or single(request.args, one) or "" for one in names)


def undo_url(desk: Desk, before: Record, field: Field, stage: Stage, back: str = "") -> str:
    """Return the address that takes a move back, '' where there is no plain way back.

    A stage that ends a walk has completed the open tasks: no move takes that back.
    """
    source = str(before.values.get(field.id) or "")
    if stage.closes is not None or source not in field.options or source == stage.id:
        return ""
    try:
        opened = desk.records.opened(desk.reader, desk.actor, before.entity, before.id)
    except NotFound:
        return ""
    record = opened.record
    signs = signs_now(desk, record, field, stand_of(desk, opened))
    if signs.reasons[source] is not None:
        return ""
    query = [("stage", source), ("_field", field.id), *([("_next", back)] if back else [])]
    return with_query(f"{record_url(record.entity, record.id)}/move", query)


def draw(
    desk: Desk,
    opened: Opened,
    field: Field,
    stage: Stage,
    data: FormData,
    messages: Messages | None = None,
) -> Response:
    """Answer with the form of the move."""
    record = opened.record
    entity = desk.look.application.entity(record.entity)
    names = asked_fields(entity, stage, messages or {})
    errors = answered(messages or {}, names, data)
    now = field.options.get(str(record.values.get(field.id)))
    context = MoveContext(
        entity=entity,
        record=record,
        address=record_url(record.entity, record.id),
        title=f"{record.title}: {stage.label}",
        stage=stage,
        stage_field=field.id,
        from_label=now.label if now else "",
        in_dialog=is_fragment(),
        form=asking_form(desk, opened, names, data, errors),
    )
    status = ValidationFailed.status if messages else 200
    if is_fragment():
        return swap_into(show("parts/move.html", context, status), "#dialog", "innerHTML")
    return show("pages/move.html", context, status)


def answered(messages: Messages, names: Collection[str], data: FormData) -> Messages:
    """Leave out what is only missing: at the first press it is asked for, not a mistake."""
    return {
        name: many for name, many in messages.items() if name not in names or name in data.payload
    }


def asked_fields(entity: Entity, stage: Stage, messages: Messages) -> frozenset[str]:
    """Return the fields that a move asks for: those of the stage, and those found wanting."""
    return frozenset(
        name
        for name in (*stage.require, *messages)
        if name in entity.fields and entity.fields[name].type != "stage"
    )
