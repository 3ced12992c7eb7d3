"""Archive, restore and delete: each by POST, each can be taken back."""

from __future__ import annotations

from flask import Blueprint, Response

from engine.errors import say
from engine.web.htmx import go
from engine.web.parts.asking import asked_next
from engine.web.parts.desk import ONE, current_desk
from engine.web.toasts import toast
from engine.web.urls import list_url, record_url

bp = Blueprint("lifecycle", __name__)


@bp.post(f"{ONE}/archive")
def archive(entity_id: str, record_id: int) -> Response:
    """Take a record out of the lists; the search still finds it."""
    desk = current_desk()
    record = desk.record(entity_id, record_id)
    desk.keeps_records(entity_id)
    back = asked_next(record_url(entity_id, record_id))
    desk.records.archive(desk.actor, entity_id, record_id)
    toast(say("Archived: {title}", title=record.title), undo_url(entity_id, record_id))
    return go(back)


@bp.post(f"{ONE}/delete")
def delete(entity_id: str, record_id: int) -> Response:
    """Put a record into the trash."""
    desk = current_desk()
    record = desk.record(entity_id, record_id)
    desk.keeps_records(entity_id)
    back = asked_next(list_url(entity_id))
    desk.records.delete(desk.actor, entity_id, record_id)
    toast(say("Deleted: {title}", title=record.title), undo_url(entity_id, record_id))
    return go(back)


@bp.post(f"{ONE}/restore")
def restore(entity_id: str, record_id: int) -> Response:
    """Bring a record back out of the archive or the trash."""
    desk = current_desk()
    record = desk.record(entity_id, record_id)
    back = asked_next(record_url(entity_id, record_id))
    desk.records.restore(desk.actor, entity_id, record_id)
    toast(say("Restored: {title}", title=record.title))
    return go(back)


def undo_url(entity_id: str, record_id: int) -> str:
    """Return the address that takes the change back by POST."""
    return f"{record_url(entity_id, record_id)}/restore"
