"""What I should know: newest first; opening one, or one press, marks it as read."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, request

from engine.errors import say
from engine.runtime.query.records import Record
from engine.web import request as asked
from engine.web.htmx import go, show
from engine.web.parts.asking import asked_next
from engine.web.parts.desk import LARGEST, Desk, current_desk
from engine.web.parts.mine import UNREAD, found, page_of
from engine.web.parts.moments import short_moment
from engine.web.toasts import toast
from engine.web.urls import record_url, with_query

bp = Blueprint("notifications", __name__)

ADDRESS = "/notifications"
ONE = f"{ADDRESS}/<int(max={LARGEST}):notice_id>"
SHOWN = {"to": "me", "sort": "-created_at", "columns": "title,about,read", "size": "30"}
AT_ONCE = "200"


@dataclass(frozen=True, slots=True)
class Notice:
    """A notification; `open_url` marks it as read by POST and leads to what it is about."""

    text: str
    when: str
    about: str
    open_url: str
    is_unread: bool


@dataclass(frozen=True, slots=True)
class NotificationsContext:
    """What the page shows."""

    notices: tuple[Notice, ...]
    has_unread: bool
    previous_url: str
    next_url: str


@bp.get(ADDRESS)
def notifications() -> Response:
    """Show my notifications."""
    desk = current_desk()
    after = asked.read_values(request.args, ("after",))["after"]
    page = page_of(desk.actor, "notification", {**SHOWN, **({"after": after} if after else {})})
    notices = tuple(notice_of(desk, one) for one in page.records)
    return show(
        "pages/notifications.html",
        NotificationsContext(
            notices=notices,
            has_unread=any(one.is_unread for one in notices),
            previous_url=with_query(ADDRESS, [("after", page.previous)]) if page.previous else "",
            next_url=with_query(ADDRESS, [("after", page.next)]) if page.next else "",
        ),
    )


@bp.post(f"{ONE}/open")
def open_one(notice_id: int) -> Response:
    """Mark a notification as read and go to what it is about."""
    asked.read_values(request.form, ())
    desk = current_desk()
    notice = desk.reader.get(desk.actor, "notification", notice_id)
    mark(desk, notice)
    about = notice.links.get("about")
    return go(record_url(about.entity, about.id) if about else ADDRESS)


@bp.post(f"{ONE}/read")
def read_one(notice_id: int) -> Response:
    """Mark a notification as read where it stands."""
    asked.read_values(request.form, ())
    desk = current_desk()
    mark(desk, desk.reader.get(desk.actor, "notification", notice_id))
    return go(asked_next(ADDRESS))


@bp.post(f"{ADDRESS}/read")
def read_all() -> Response:
    """Mark all that wait as read."""
    asked.read_values(request.form, ())
    desk = current_desk()
    for notice in found(desk.actor, "notification", {**UNREAD, "size": AT_ONCE, "columns": "read"}):
        mark(desk, notice)
    toast(say("All read."))
    return go(ADDRESS)


def mark(desk: Desk, notice: Record) -> None:
    """Mark a notification as read, once."""
    if not notice.values.get("read"):
        seen = {"read": True}
        desk.records.update(desk.actor, "notification", notice.id, seen, notice.version)


def notice_of(desk: Desk, record: Record) -> Notice:
    """Return a notification as it stands on the page."""
    about = record.links.get("about")
    return Notice(
        text=record.title,
        when=short_moment(desk.look, record.created_at),
        about=about.title if about else "",
        open_url=f"{ADDRESS}/{record.id}/open",
        is_unread=not record.values.get("read"),
    )
