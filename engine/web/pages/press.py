"""A button on a record: what it asks for, what will follow, and the press itself.

A late press changes nothing: the record is drawn as it is now, with a sentence. A refused one comes
back with the answers as they were typed. `_next` names another page of ours on which the button
stands: it is the one that is drawn anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from flask import Blueprint, Response, request

from engine.errors import (
    BadQuery,
    Conflict,
    EngineError,
    Message,
    NotAllowed,
    NotFound,
    ValidationFailed,
    say,
)
from engine.metadata.model.button import Button, asked_field
from engine.metadata.model.entity import Entity
from engine.metadata.model.text import RecordRef
from engine.runtime.query.records import Record
from engine.runtime.records.buttons import ButtonState
from engine.runtime.records.changes import Seen
from engine.runtime.records.rule_failure import RuleFailed
from engine.runtime.records.tokens import was_used
from engine.web.formdata import FormData, read_form
from engine.web.htmx import go, is_fragment, show, swap_into, tell
from engine.web.parts.acts import is_for
from engine.web.parts.card import card
from engine.web.parts.desk import NOTHING_HERE, ONE, Desk, current_desk
from engine.web.parts.elsewhere import is_elsewhere, left_to_page
from engine.web.parts.forms import EMPTY_FORM, Form, Messages, back_of
from engine.web.parts.press_form import press_form
from engine.web.parts.pressed import done_already, done_words, ways_to, what_was_pressed
from engine.web.parts.then import Consequence, consequences
from engine.web.toasts import toast
from engine.web.urls import list_url, record_url

bp = Blueprint("press", __name__)

LONGEST_NUMBER = 6
Find: TypeAlias = Callable[[], tuple[Record, Button]]


@dataclass(frozen=True, slots=True)
class PressContext:
    """The dialog of a button: its inputs, what will follow, why it can't be pressed now."""

    entity: Entity
    record: Record
    address: str
    title: str
    button: Button
    seen: Seen
    reason: Message | None
    then: tuple[Consequence, ...]
    in_dialog: bool
    form: Form


@bp.get(f"{ONE}/press/<button_id>")
def ask(entity_id: str, record_id: int, button_id: str) -> Response:
    """Show what a button asks for and what it will do."""
    desk = current_desk()
    for name in request.args:
        if name != "_next":
            raise BadQuery(name, say("{name} is not known here.", name=name))
    record, button = found(desk, entity_id, record_id, button_id)
    state = state_of(desk, RecordRef(entity_id, record_id), button)
    if state is None:
        return answer_late(desk, record, not_now(button), back_of(EMPTY_FORM))
    return draw(desk, record, state, EMPTY_FORM)


@bp.post(f"{ONE}/press/<button_id>")
def press(entity_id: str, record_id: int, button_id: str) -> Response:
    """Press the button, with its answers.

    Who may not see the record or press on it hears nothing else, save that they did so before.
    """
    desk = current_desk()
    find = partial(found, desk, entity_id, record_id, button_id)
    try:
        button = button_of(desk, entity_id, button_id)
        return press_on(desk, RecordRef(entity_id, record_id), button, find)
    except (BadQuery, NotAllowed, NotFound) as refused:
        try:
            find()
        except (NotAllowed, NotFound):
            if not was_pressed(desk, RecordRef(entity_id, record_id)):
                raise
            toast(done_already(button_of(desk, entity_id, button_id)))
            return go(list_url(entity_id))
        raise refused from None


def press_on(desk: Desk, which: RecordRef, button: Button, find: Find) -> Response:
    """Press and say what came of it; `find` is asked for the record where it is to be shown."""
    data = answers_of(desk, button, which.entity)
    if data.control("_search"):
        record, _ = find()
        state = state_of(desk, which, button)
        if state is not None:
            return draw(desk, record, state, data)
    before = state_of(desk, which, button) if button.ladder is not None else None
    try:
        saved = desk.records.leaving_reach_to_caller().press(
            desk.actor,
            which.entity,
            which.id,
            button.id,
            data.payload,
            seen=seen_of(data),
            token=data.control("_token") or None,
        )
    except Conflict as late:
        record, _ = find()
        return answer_late(desk, record, late.message, back_of(data))
    except (ValidationFailed, RuleFailed) as refused:
        record, _ = find()
        state = state_of(desk, which, button)
        if state is None:
            raise
        return draw(desk, record, state, data, sentences_of(refused))
    if saved.repeated:
        record, _ = find()
        toast(done_already(button))
        return answer_done(desk, which, record.title, desk.still(which), back_of(data))
    after, pressed = desk.still(which), what_was_pressed(button, before)
    toast(done_words(desk, pressed, saved, after), ways=ways_to(desk, saved))
    title = desk.reader.name(desk.actor, which, saved.was)
    return answer_done(desk, which, title, after, back_of(data))


def found(desk: Desk, entity_id: str, record_id: int, button_id: str) -> tuple[Record, Button]:
    """Return a record that this person may press on, and a button that is meant for them."""
    record = desk.record(entity_id, record_id)
    button = button_of(desk, entity_id, button_id)
    desk.require(record, "press")
    return record, button


def button_of(desk: Desk, entity_id: str, button_id: str) -> Button:
    """Return a button that is meant for this person."""
    button = desk.look.application.buttons(desk.entity(entity_id).id).get(button_id)
    if button is None or not is_for(button, desk.actor):
        raise NotFound(NOTHING_HERE)
    return button


def was_pressed(desk: Desk, record: RecordRef) -> bool:
    """Say whether this very press was done before, and has taken the record out of reach."""
    token = request.form.get("_token", "")
    return bool(token) and was_used(desk.database, desk.actor, token, record)


def state_of(desk: Desk, record: RecordRef, button: Button) -> ButtonState | None:
    """Return how the button stands on the record now, None where it does not stand there."""
    states = desk.records.buttons(desk.actor, record.entity, [record.id])
    return next((one for one in states.get(record.id, ()) if one.button.id == button.id), None)


def answers_of(desk: Desk, button: Button, entity_id: str) -> FormData:
    """Return what was posted, read by the fields that the button asks for."""
    entity = desk.look.application.entity(entity_id)
    asked = {one.id: asked_field(one, entity.fields) for one in button.ask}
    fields = {name: field for name, field in asked.items() if field is not None}
    start = desk.look.application.workdays.start
    return read_form(replace(entity, fields=fields), request.form.items(multi=True), start)


def seen_of(data: FormData) -> Seen | None:
    """Return what the page showed of the button, None where the form does not say it."""
    stage, text = data.control("_stage"), data.control("_try")
    if not stage and not text:
        return None
    if text and not (text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER):
        raise BadQuery("_try", say("{name} is not a number.", name="_try"))
    return Seen(stage, int(text or 0))


def sentences_of(refused: EngineError) -> Messages:
    """Return what is said against a press, by field."""
    if isinstance(refused, ValidationFailed):
        return refused.messages
    return {"": (refused.message,)}


def not_now(button: Button) -> Message:
    """Say that a button does not stand on the record any more."""
    return say("{button} is not possible any more: the record has moved on.", button=button.label)


def draw(
    desk: Desk,
    record: Record,
    state: ButtonState,
    data: FormData,
    errors: Messages | None = None,
) -> Response:
    """Answer with the dialog of a button."""
    context = PressContext(
        entity=desk.look.application.entity(record.entity),
        record=record,
        address=record_url(record.entity, record.id),
        title=f"{record.title}: {state.button.label}",
        button=state.button,
        seen=seen_of(data) or state.seen,
        reason=state.reason,
        then=consequences(desk, record, state),
        in_dialog=is_fragment(),
        form=press_form(desk, record, state, data, errors or {}),
    )
    status = ValidationFailed.status if errors else 200
    if is_fragment():
        return swap_into(show("parts/press.html", context, status), "#dialog", "innerHTML")
    return show("pages/press.html", context, status)


def answer_late(desk: Desk, record: Record, message: Message, back: str) -> Response:
    """Answer with the record as it is now, and say why nothing was done."""
    toast(message)
    if back:
        return go(back)
    if is_elsewhere(record):
        return left_to_page(RecordRef(record.entity, record.id), record.title)
    context = card(desk, record.entity, record.id)
    if not is_fragment():
        return show("pages/record.html", context, Conflict.status)
    part = swap_into(show("parts/record_anew.html", context, Conflict.status), "#record")
    return tell(part, "record-saved", {"id": record.id, "title": record.title})


def answer_done(
    desk: Desk, which: RecordRef, title: str, after: Record | None, back: str
) -> Response:
    """Answer with the record as the press has left it, or with the page where it was pressed.

    `title` is what the page shows that has not heard of the press.
    """
    if is_elsewhere(which) and not back:
        return left_to_page(which, title)
    if back or after is None:
        return go(back or list_url(which.entity))
    if not is_fragment():
        return go(record_url(after.entity, after.id))
    part = show("parts/record_anew.html", card(desk, after.entity, after.id))
    return tell(swap_into(part, "#record"), "record-saved", {"id": after.id, "title": after.title})
