"""Whether a record has waited too long where it is, and how that is said."""

from __future__ import annotations

from datetime import datetime, timedelta

from engine.errors import Message, say, say_many
from engine.metadata.model.pipeline import Stage
from engine.metadata.moments import add_length, parse_length
from engine.runtime.query.records import Record
from engine.web.parts.look import Look
from engine.web.parts.moments import distance

QUIET = timedelta(days=7)


def why_stale(
    look: Look, record: Record, stage: Stage, entered_at: datetime | None
) -> Message | None:
    """Say why a record is stale: too long in its stage, or nothing done with it; None if neither.

    What has ended is never stale.
    """
    if stage.closes is not None or record.archived or record.trashed:
        return None
    if entered_at is not None and stage.sla and _due(look, entered_at, stage.sla) < look.now:
        length = look.text(distance(look.now - entered_at))
        return say("Here for {length}: too long", length=length)
    last = record.last_activity_at or record.created_at
    if last is None or look.now - last < QUIET:
        return None
    days = (look.now - last).days
    return say_many("No movement for {number} day", "No movement for {number} days", days)


def _due(look: Look, entered_at: datetime, sla: str) -> datetime:
    return add_length(entered_at, parse_length(sla), look.company_zone, look.application.workdays)
