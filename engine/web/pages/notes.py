"""A note on a record: what was said, and the next step in the same breath."""

from __future__ import annotations

from flask import Blueprint, Response

from engine.errors import Message, ValidationFailed, say
from engine.metadata.model.text import RecordRef
from engine.web.htmx import go, is_fragment, show, swap_into, tell
from engine.web.parts.asking import asked_values
from engine.web.parts.card import NoteDraft, card
from engine.web.parts.desk import ONE, Desk, current_desk
from engine.web.parts.next_step import NextStep, add_next_step, sentences
from engine.web.urls import record_url

bp = Blueprint("notes", __name__)

BEFORE_THE_STORY = "#story"


@bp.post(f"{ONE}/notes")
def add(entity_id: str, record_id: int) -> Response:
    """Write a note into the timeline."""
    desk = current_desk()
    desk.record(entity_id, record_id)
    given = asked_values("text", "_token", "_step", "_step_due")
    token = given["_token"] or None
    try:
        here = RecordRef(entity_id, record_id)
        add_next_step(desk, NextStep(given["_step"], given["_step_due"], here), token)
        desk.records.note(desk.actor, entity_id, record_id, given["text"], token)
    except ValidationFailed as refused:
        return draw_refused(desk, (entity_id, record_id), given, sentences(refused))
    if is_fragment():
        whole = swap_into(show("parts/record.html", card(desk, entity_id, record_id)), "#record")
        return tell(whole, "record-said", {"said": desk.look.text(say("Note saved"))})
    return go(record_url(entity_id, record_id) + BEFORE_THE_STORY)


def draw_refused(
    desk: Desk, which: tuple[str, int], given: dict[str, str], errors: tuple[Message, ...]
) -> Response:
    """Answer with the card and the note as it was typed."""
    draft = NoteDraft(
        token=given["_token"],
        text=given["text"],
        step=given["_step"],
        step_due=given["_step_due"],
        errors=tuple(desk.look.text(one) for one in errors),
    )
    template = "parts/record.html" if is_fragment() else "pages/record.html"
    return show(template, card(desk, *which, note=draft), ValidationFailed.status)
