"""Every page of the engine, by its blueprint; and what draws a view, by the view's type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from flask import Blueprint, Response

from engine.errors import NotFound
from engine.metadata.model.view import View
from engine.web import assets
from engine.web.pages import (
    account,
    board,
    calendar,
    configuration,
    csv_export,
    day,
    drop,
    form,
    health,
    lifecycle,
    listing,
    look,
    moment,
    my_day,
    notes,
    notifications,
    picker,
    press,
    preview,
    record,
    runs,
    search,
    served,
    sign_in,
    stage,
    tasks,
    users,
    welcome,
)
from engine.web.parts.desk import NOTHING_HERE, Desk, current_desk

views = Blueprint("views", __name__)

DRAWN_BY: Mapping[str, Callable[[Desk, View], Response]] = MappingProxyType(
    {
        "list": listing.draw_view,
        "board": board.draw_view,
        "calendar": calendar.draw_view,
    }
)


@views.get("/views/<view_id>")
def view_page(view_id: str) -> Response:
    """Show the records of a view, as a list or however its type says."""
    desk = current_desk()
    view = desk.look.application.views.get(view_id)
    if view is None or view.type not in DRAWN_BY or not desk.reader.opens(desk.actor, view):
        raise NotFound(NOTHING_HERE)
    return DRAWN_BY[view.type](desk, view)


PAGES: tuple[Blueprint, ...] = (
    assets.bp,
    health.bp,
    sign_in.bp,
    welcome.bp,
    account.bp,
    look.bp,
    users.bp,
    configuration.bp,
    served.bp,
    my_day.bp,
    calendar.bp,
    day.bp,
    notifications.bp,
    search.bp,
    moment.bp,
    picker.bp,
    listing.bp,
    views,
    csv_export.bp,
    record.bp,
    form.bp,
    preview.bp,
    stage.bp,
    drop.bp,
    press.bp,
    runs.bp,
    notes.bp,
    lifecycle.bp,
    tasks.bp,
)
