"""How pages look to me: light or dark, dense or comfortable; a press in the menu at my name."""

from __future__ import annotations

from flask import Blueprint, Response, request

from engine.web.htmx import go_afresh
from engine.web.request import current_actor, current_session, read_values, services
from engine.web.urls import local_path

bp = Blueprint("look", __name__)


@bp.post("/account/look")
def choose() -> Response:
    """Keep the look that was pressed; what the form does not name stays."""
    given = read_values(request.form, ("theme", "density"))
    session = current_session()
    now = {"theme": session.theme, "density": session.density} if session else {}
    wanted = now | {name: text for name, text in given.items() if name in request.form}
    services().accounts.door.set_look(current_actor(), wanted["theme"], wanted["density"])
    return go_afresh(local_path(request.form.get("_next")))
