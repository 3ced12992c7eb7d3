"""Answers to pages that show a record in their own way, as a board does: they draw it anew."""

from __future__ import annotations

from flask import Response

from engine.metadata.model.text import RecordRef
from engine.runtime.query.records import Record
from engine.web.htmx import is_fragment, stands_at, stay, tell
from engine.web.urls import record_url


def is_elsewhere(record: Record | RecordRef) -> bool:
    """Say whether a part is asked for by another page than the record's own."""
    return is_fragment() and not stands_at(record_url(record.entity, record.id))


def left_to_page(record: RecordRef, title: str) -> Response:
    """Answer a change and leave it to the page to draw what it shows of the record."""
    return tell(stay(), "record-saved", {"id": record.id, "title": title})
