"""A record is given another day: by a drop in a calendar, or with the date widget.

A moment keeps its hour. `_day` is the day that something was dropped on; else the field itself says
what it shall be. It is an ordinary change of the record, and can be taken back.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from flask import Blueprint, Response, request

from engine.errors import BadQuery, Conflict, ValidationFailed, say
from engine.metadata.model.field import Field
from engine.metadata.model.text import RecordRef, Value
from engine.runtime.query.records import Record
from engine.web.formdata import FormData, read_form
from engine.web.htmx import go
from engine.web.parts.called import zone_there
from engine.web.parts.day_cells import is_written_by
from engine.web.parts.days import read_day
from engine.web.parts.desk import ONE, Desk, current_desk
from engine.web.parts.forms import EMPTY_FORM, Messages, make_widgets, new_token, version_of
from engine.web.parts.moments import short_day, short_moment
from engine.web.parts.small_form import SmallForm, draw_small, others_of
from engine.web.toasts import toast
from engine.web.urls import local_path, record_url, with_query
from engine.web.widgets import FormState

bp = Blueprint("day", __name__)

MOMENTS = ("date", "datetime")


@bp.get(f"{ONE}/day")
def ask(entity_id: str, record_id: int) -> Response:
    """Ask for the other day."""
    desk = current_desk()
    record = desk.record(entity_id, record_id)
    desk.require(record, "edit")
    for name in request.args:
        if name not in ("_field", "_next"):
            raise BadQuery(name, say("{name} is not known here.", name=name))
    field = moment_field(desk, record, request.args.get("_field", ""))
    return draw_small(day_form(desk, record, field, back_of(record, request.args.get("_next", ""))))


@bp.post(f"{ONE}/day")
def move(entity_id: str, record_id: int) -> Response:
    """Give the record another day; the way back of a toast says everything in its address."""
    desk = current_desk()
    record = desk.record(entity_id, record_id)
    desk.require(record, "edit")
    entity = desk.entity(entity_id)
    pairs = (*request.args.items(multi=True), *request.form.items(multi=True))
    data = read_form(entity, pairs, desk.look.application.workdays.start)
    field = moment_field(desk, record, data.control("_field"))
    back = back_of(record, data.control("_next"))
    try:
        desk.refuse_elsewhere(entity_id, [field.id])
        payload = {field.id: wanted(desk, record, field, data)}
        version, token = version_of(data), data.control("_token") or None
        desk.records.update(desk.actor, entity_id, record_id, payload, version, token)
    except ValidationFailed as refused:
        return draw_small(day_form(desk, record, field, back, data, refused.messages))
    except Conflict as conflict:
        toast(conflict.message)
        return go(back)
    tell(desk, record, field, back)
    return go(back)


def moment_field(desk: Desk, record: Record, name: str) -> Field:
    """Return the date of the record that this person may write."""
    entity = desk.look.application.entity(record.entity)
    field = entity.fields.get(name)
    known = name in desk.access.readable(desk.actor, record.entity)
    if field is None or not known or field.type not in MOMENTS:
        raise BadQuery("_field", say("{name} is not known here.", name=name))
    return field


def back_of(record: Record, wanted_next: str) -> str:
    """Return where to go on to: where the form came from, else the record."""
    return local_path(wanted_next) if wanted_next else record_url(record.entity, record.id)


def wanted(desk: Desk, record: Record, field: Field, data: FormData) -> object:
    """Return what the field shall be; other fields are changed elsewhere."""
    for name in data.payload:
        if name != field.id:
            raise BadQuery(name, say("{name} is not known here.", name=name))
    dropped = data.control("_day")
    if not dropped:
        return data.payload.get(field.id, "")
    return on_day(desk, record.values.get(field.id), read_day(dropped, "_day"))


def on_day(desk: Desk, value: Value, day: date) -> str:
    """Return a moment's hour on another day, as the person's clock shows it; or just the day."""
    if isinstance(value, datetime):
        return f"{day} {desk.look.local(value):%H:%M:%S.%f}"
    return day.isoformat()


def tell(desk: Desk, record: Record, field: Field, back: str) -> None:
    """Say where the record stands now, with the way back."""
    moved = desk.still(record)
    if moved is None:
        toast(say("Saved: {title}", title=record.title))
        return
    before, after = record.values.get(field.id), moved.values.get(field.id)
    query = [
        ("_field", field.id),
        (field.id, "" if before is None else before_text(before)),
        ("_version", str(moved.version)),
        ("_next", back),
    ]
    undo = with_query(f"{record_url(record.entity, record.id)}/day", query)
    said = say("{title}: {when}", title=moved.title, when=day_words(desk, after))
    toast(said, undo if before != after else "")


def before_text(value: Value) -> str:
    """Return a moment or a day as the reader of forms takes it, to its last digit."""
    return value.isoformat() if isinstance(value, date) else str(value)


def day_words(desk: Desk, value: Value) -> str:
    """Return a moment or a day in short."""
    match value:
        case datetime():
            return short_moment(desk.look, value)
        case date():
            return short_day(desk.look, value)
        case _:
            return desk.look.text(say("no date"))


def day_form(
    desk: Desk,
    record: Record,
    field: Field,
    back: str,
    data: FormData = EMPTY_FORM,
    errors: Messages | None = None,
) -> SmallForm:
    """Return the form with the date widget."""
    state = FormState(values=record.values, typed=data.typed, errors=errors or {})
    asked = replace(field, readonly=not is_written_by(desk, desk.entity(record.entity), field))
    there = zone_there(desk, RecordRef(record.entity, record.id))
    made = make_widgets(desk.look, desk.choices, there).input(asked, state, "day")
    return SmallForm(
        action=f"{record_url(record.entity, record.id)}/day",
        back=back,
        token=data.control("_token") or new_token(),
        title=desk.look.text(say("Move to another day")),
        subject=record.title,
        save=desk.look.text(say("Move")),
        inputs=(made,),
        kept=(("_field", field.id), ("_version", str(version_of(data) or record.version))),
        others=others_of(desk.look, (field.id,), errors or {}),
        has_mistakes=bool(errors),
    )
