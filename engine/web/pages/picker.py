"""Records for a link, while somebody types: what this person may see or peek at, no others."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, request

from engine.errors import BadQuery, NotFound, say
from engine.web.htmx import show
from engine.web.parts.desk import NOTHING_HERE, current_desk
from engine.web.request import single
from engine.web.widgets import Pick

bp = Blueprint("picker", __name__)

LONGEST = 200


@dataclass(frozen=True, slots=True)
class PicksContext:
    """The records found, and whether a new one may be made instead."""

    picks: tuple[Pick, ...]
    can_create: bool


@bp.get("/search/pick/<entity_id>/<field_id>")
def pick(entity_id: str, field_id: str) -> Response:
    """Answer with the best few records for a link field that this person may write."""
    desk = current_desk()
    field = desk.entity(entity_id).fields.get(field_id)
    if field is None or field_id not in desk.writable(entity_id):
        raise NotFound(NOTHING_HERE)
    if field.type not in LINKS:
        raise NotFound(NOTHING_HERE)
    for name in request.args:
        if name != "q":
            raise BadQuery(name, say("{name} is not known here.", name=name))
    text = (single(request.args, "q") or "")[:LONGEST]
    picks = tuple(desk.choices.pick(field, text))
    return show("parts/picks.html", PicksContext(picks, desk.choices.can_create(field)))


LINKS = frozenset({"link", "user", "team", "any_link"})
