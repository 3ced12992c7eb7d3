"""Records for a link, while somebody types: what this person may see or peek at, no others."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, request

from engine.errors import BadQuery, NotFound, say
from engine.metadata.model.button import asked_field
from engine.metadata.model.field import Field
from engine.web.htmx import show
from engine.web.parts.acts import is_for
from engine.web.parts.desk import NOTHING_HERE, Desk, current_desk
from engine.web.request import single
from engine.web.widgets import Pick

bp = Blueprint("picker", __name__)

LONGEST = 200
LINKS = frozenset({"link", "user", "team", "any_link"})


@dataclass(frozen=True, slots=True)
class PicksContext:
    """The records found, and whether a new one may be made instead."""

    picks: tuple[Pick, ...]
    can_create: bool


@bp.get("/search/pick/<entity_id>/<field_id>")
def pick(entity_id: str, field_id: str) -> Response:
    """Answer with the best few records for a link that this person may fill in.

    `field_id` is a field, or `button.answer` for what a button's dialog asks.
    """
    desk = current_desk()
    button_id, _, asked = field_id.rpartition(".")
    field = answer(desk, entity_id, button_id, asked) if button_id else link(desk, entity_id, asked)
    if field is None or field.type not in LINKS:
        raise NotFound(NOTHING_HERE)
    for name in request.args:
        if name != "q":
            raise BadQuery(name, say("{name} is not known here.", name=name))
    text = (single(request.args, "q") or "")[:LONGEST]
    picks = tuple(desk.choices.pick(field, text))
    return show("parts/picks.html", PicksContext(picks, desk.choices.can_create(field)))


def link(desk: Desk, entity_id: str, name: str) -> Field | None:
    """Return a field that this person may write."""
    field = desk.entity(entity_id).fields.get(name)
    return field if name in desk.writable(entity_id) else None


def answer(desk: Desk, entity_id: str, button_id: str, name: str) -> Field | None:
    """Return what a button asks of somebody who may press it."""
    entity = desk.entity(entity_id)
    button = desk.look.application.buttons(entity_id).get(button_id)
    if button is None or not is_for(button, desk.actor):
        return None
    if not desk.access.may(desk.actor, entity_id, "press"):
        return None
    readable = desk.access.readable(desk.actor, entity_id)
    asks = (one for one in button.ask if one.id == name and (not one.is_stored or name in readable))
    return next((asked_field(one, entity.fields) for one in asks), None)
