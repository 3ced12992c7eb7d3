"""The page of one record: its card, with the timeline's filter and place in the address."""

from __future__ import annotations

from flask import Blueprint, Response, request

from engine.errors import BadQuery, say
from engine.web.htmx import is_fragment, respond
from engine.web.parts.card import card
from engine.web.parts.desk import ONE, current_desk
from engine.web.parts.story import read_asked
from engine.web.request import single

bp = Blueprint("record", __name__)

NAMES = ("show", "before", "day")


@bp.get(ONE)
def look(entity_id: str, record_id: int) -> Response:
    """Show a record."""
    desk = current_desk()
    for name in request.args:
        if name not in NAMES:
            raise BadQuery(name, say("{name} is not known here.", name=name))
    show, before, day = (single(request.args, name) or "" for name in NAMES)
    asked = read_asked(show, before, day if is_fragment() else "")
    context = card(desk, entity_id, record_id, asked=asked)
    return respond("pages/record.html", "parts/record.html", context)
