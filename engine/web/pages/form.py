"""The form of a record: a new one, all fields of one that is there, or one field in its place.

A form posts to its own address. Saved: 303 to the record. Refused: 422 with everything as it was
typed. Somebody else changed the same fields: 409 with both values and the choice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from flask import Blueprint, Response, request

from engine.errors import BadQuery, Conflict, NotAllowed, NotFound, ValidationFailed, say
from engine.metadata.model.entity import Entity
from engine.metadata.model.text import RecordRef
from engine.runtime.query.records import Record
from engine.runtime.records.changes import Saved
from engine.runtime.records.opened import Opened
from engine.web.formdata import FormData, read_form
from engine.web.htmx import go, is_fragment, show, stay, swap_into, tell
from engine.web.parts.card import card
from engine.web.parts.conflicts import conflict_context, without_theirs
from engine.web.parts.desk import ONE, Desk, current_desk
from engine.web.parts.forms import (
    EMPTY_FORM,
    Form,
    Messages,
    back_of,
    edit_form,
    new_form,
    version_of,
)
from engine.web.parts.nesting import Outer, outer_of, wait_for
from engine.web.parts.old_form import taken_over
from engine.web.toasts import toast
from engine.web.urls import list_url, new_url, record_url
from engine.web.widgets import Input

bp = Blueprint("form", __name__)

CONTROLS = frozenset({"_in", "_title", "_next"})
NAMING = frozenset({"text", "long_text"})


@dataclass(frozen=True, slots=True)
class FormContext:
    """A page with a form, or the form in the dialog of another page."""

    entity: Entity
    title: str
    record_title: str
    form: Form


@dataclass(frozen=True, slots=True)
class FactEditContext:
    """One field while it is changed in its place."""

    entity: Entity
    one: Input
    form: Form


@bp.get("/<entity_id>/new")
def new(entity_id: str) -> Response:
    """Show the form for a new record, filled in from the address."""
    desk = current_desk()
    entity = creatable(desk, entity_id)
    return draw_new(desk, entity, prefilled(desk, entity))


@bp.post("/<entity_id>/new")
def create(entity_id: str) -> Response:
    """Make the record."""
    desk = current_desk()
    entity = creatable(desk, entity_id)
    taken = taken_over(entity, posted(desk, entity))
    data = taken.data
    if taken.lost:
        return draw_new(desk, entity, data, {"": taken.lost})
    if data.control("_search"):
        return draw_new(desk, entity, data)
    if data.control("_create"):
        return make_linked(desk, entity, data)
    try:
        saved = desk.records.create(desk.actor, entity.id, data.payload, token_of(data))
    except ValidationFailed as refused:
        return draw_new(desk, entity, data, refused.messages)
    except Conflict as conflict:
        return draw_new(desk, entity, data, {"": (conflict.message,)}, conflict.status)
    return after_create(desk, entity, data, saved)


@bp.get(f"{ONE}/edit")
def edit(entity_id: str, record_id: int) -> Response:
    """Show the form of a record, or of one field of it."""
    desk = current_desk()
    opened = editable(desk, entity_id, record_id)
    return draw_edit(desk, opened, EMPTY_FORM, asked_part(desk, opened.record))


@bp.post(f"{ONE}/edit")
def update(entity_id: str, record_id: int) -> Response:
    """Change the fields that the form held.

    Who may not see or change the record hears nothing else, whatever the form held.
    """
    desk = current_desk()
    found = partial(editable, desk, entity_id, record_id)
    try:
        return save(desk, desk.entity(entity_id), record_id, found)
    except (BadQuery, NotAllowed, NotFound):
        found()
        raise


def save(desk: Desk, entity: Entity, record_id: int, found: Callable[[], Opened]) -> Response:
    """Write the change and lead on; `found` is asked for the record where it is to be shown."""
    taken = taken_over(entity, without_theirs(posted(desk, entity)))
    data = taken.data
    only = part_of(desk, entity, data.control("_field"))
    if taken.lost:
        return draw_edit(desk, found(), data, only, {"": taken.lost})
    if data.control("_search"):
        return draw_edit(desk, found(), data, only)
    if data.control("_create"):
        found()
        return make_linked(desk, entity, data)
    try:
        desk.refuse_elsewhere(entity.id, data.payload)
        saved = desk.records.leaving_reach_to_caller().update(
            desk.actor, entity.id, record_id, data.payload, version_of(data), token_of(data)
        )
    except ValidationFailed as refused:
        return draw_edit(desk, found(), data, only, refused.messages)
    except Conflict as conflict:
        return draw_conflict(desk, found().record, data, conflict, only)
    if saved.repeated:
        found()
    return after_update(desk, saved, data, only)


def creatable(desk: Desk, entity_id: str) -> Entity:
    """Return an entity of which this person may make records."""
    entity = desk.entity(entity_id)
    if not desk.access.may(desk.actor, entity_id, "create"):
        raise NotAllowed(say("You may not create here: {entity}", entity=entity.label))
    desk.keeps_records(entity_id)
    return entity


def editable(desk: Desk, entity_id: str, record_id: int) -> Opened:
    """Return a record that this person may edit."""
    opened = desk.opened(entity_id, record_id)
    desk.require(opened.record, "edit")
    return opened


def posted(desk: Desk, entity: Entity) -> FormData:
    """Return what the form held."""
    start = desk.look.application.workdays.start
    return read_form(entity, request.form.items(multi=True), start)


def token_of(data: FormData) -> str | None:
    """Return the token of a form, which saves once only."""
    return data.control("_token") or None


def prefilled(desk: Desk, entity: Entity) -> FormData:
    """Return what the address says of a new record: fields that this person may write."""
    writable = desk.writable(entity.id)
    pairs = list(request.args.items(multi=True))
    for name, _ in pairs:
        if name not in writable and name not in CONTROLS:
            raise BadQuery(name, say("{name} is not known here.", name=name))
    title, named = request.args.get("_title", ""), naming_field(entity)
    if title and named in writable and named not in request.args:
        pairs.append((named, title))
    return read_form(entity, pairs, desk.look.application.workdays.start)


def naming_field(entity: Entity) -> str:
    """Return the text field that names a record, '' where none is written by hand."""
    if entity.title_field is not None:
        return entity.title_field
    fields = (one for one in entity.fields.values() if one.type in NAMING and one.formula is None)
    return next((one.id for one in fields), "")


def asked_part(desk: Desk, record: Record) -> str:
    """Return the one field that the address asks for, '' for the whole form."""
    for name in request.args:
        if name not in ("field", "_next"):
            raise BadQuery(name, say("{name} is not known here.", name=name))
    entity = desk.look.application.entity(record.entity)
    return part_of(desk, entity, request.args.get("field", ""))


def part_of(desk: Desk, entity: Entity, name: str) -> str:
    """Return the name of a field that this person may read; other names are not known."""
    known = name in entity.fields and name in desk.access.readable(desk.actor, entity.id)
    if name and not known:
        raise BadQuery("field", say("{name} is not known here.", name=name))
    return name


def draw_new(
    desk: Desk,
    entity: Entity,
    data: FormData,
    messages: Messages | None = None,
    status: int = ValidationFailed.status,
) -> Response:
    """Answer with the form for a new record; `status` is that of one that was refused."""
    form = new_form(desk, entity, data, messages)
    title = desk.look.text(say("New: {what}", what=entity.label))
    return draw(data, FormContext(entity, title, "", form), status)


def draw_edit(
    desk: Desk, opened: Opened, data: FormData, only: str, messages: Messages | None = None
) -> Response:
    """Answer with the form of a record, or with the one field that is changed in its place."""
    form, record = edit_form(desk, opened, data, messages, only), opened.record
    entity = desk.look.application.entity(record.entity)
    if only and is_fragment():
        context = FactEditContext(entity, form.inputs[0], form)
        status = ValidationFailed.status if form.has_mistakes else 200
        return show("parts/fact_edit.html", context, status)
    title = desk.look.text(say("Edit: {what}", what=record.title))
    return draw(data, FormContext(entity, title, record.title, form))


def draw(data: FormData, context: FormContext, status: int = ValidationFailed.status) -> Response:
    """Answer with a form in the page's dialog, or on a page of its own."""
    template = "parts/form_dialog.html" if in_dialog(data) else "pages/form.html"
    return show(template, context, status if context.form.has_mistakes else 200)


def in_dialog(data: FormData) -> bool:
    """Say whether the form stands in the dialog of another page."""
    return is_fragment() and data.control("_in") == "dialog"


def draw_conflict(
    desk: Desk, record: Record, data: FormData, conflict: Conflict, only: str
) -> Response:
    """Answer with both values of the fields in dispute."""
    part = only if is_fragment() else ""
    context = conflict_context(desk, record, data, conflict, part)
    template = "parts/conflict_row.html" if part else "pages/conflict.html"
    return show(template, context, Conflict.status)


def after_create(desk: Desk, entity: Entity, data: FormData, saved: Saved) -> Response:
    """Lead on from a new record: to it, back to where it was needed, or to the next one."""
    outer = outer_of(data)
    if outer is not None:
        return come_back(desk, outer, saved.id)
    title = title_of(desk, RecordRef(entity.id, saved.id))
    if in_dialog(data) and not back_of(data):
        return tell(stay(), "record-saved", {"id": saved.id, "title": title})
    toast(say("Saved: {title}", title=title or entity.label))
    if data.control("_then") == "new":
        return go(new_url(entity.id))
    home = record_url(entity.id, saved.id) if title else list_url(entity.id)
    return go(back_of(data) or home)


def after_update(desk: Desk, saved: Saved, data: FormData, only: str) -> Response:
    """Lead on from a changed record; a change in its place answers with the whole card."""
    record = RecordRef(saved.entity, saved.id)
    title = title_of(desk, record)
    if not title:  # saved, and nobody's business here any more
        toast(say("Saved: {title}", title=desk.reader.name(desk.actor, record, saved.was)))
        return go(back_of(data) or list_url(record.entity))
    if only and is_fragment():
        whole = show("parts/record.html", card(desk, record.entity, record.id))
        said = desk.look.text(say("Saved"))
        return tell(swap_into(whole, "#record"), "fact-saved", {"field": only, "said": said})
    toast(say("Saved: {title}", title=title))
    return go(back_of(data) or record_url(record.entity, record.id))


def title_of(desk: Desk, record: RecordRef) -> str:
    """Return the title of a record that was saved, '' where it is for others to see."""
    return desk.reader.titles(desk.actor, [record]).get(record, "")


def make_linked(desk: Desk, entity: Entity, data: FormData) -> Response:
    """Let this form wait while the record for one of its links is made."""
    field = entity.fields.get(data.control("_create"))
    if field is None or field.to is None or field.id not in desk.writable(entity.id):
        raise BadQuery("_create", say("{name} is not known here.", name="_create"))
    waiting = wait_for(request.path, field.id, request.form.items(multi=True))
    inner = replace(EMPTY_FORM, controls=waiting)
    return draw_new(desk, creatable(desk, field.to), inner)


def come_back(desk: Desk, outer: Outer, record_id: int) -> Response:
    """Draw the form that has waited, with the new record chosen and all else as it was typed."""
    entity = desk.entity(outer.entity)
    data = read_form(entity, outer.pairs_with(str(record_id)), desk.look.application.workdays.start)
    if outer.record_id is None:
        return draw_new(desk, creatable(desk, entity.id), data)
    opened = editable(desk, entity.id, outer.record_id)
    return draw_edit(desk, opened, data, part_of(desk, entity, data.control("_field")))
