"""Why something happened to a record: one run of a rule or button, or all of them.

Without a script a run is a page; with it, it unfolds below its line of the timeline.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, request

from engine.errors import BadQuery, NotFound, say
from engine.metadata.model.entity import Entity
from engine.metadata.model.text import RecordRef
from engine.runtime.query.records import Record
from engine.web.htmx import go, is_fragment, respond, show
from engine.web.parts.desk import LARGEST, NOTHING_HERE, ONE, Desk, current_desk
from engine.web.parts.runs import RunLine, run_line
from engine.web.urls import record_url, run_url, runs_url

bp = Blueprint("runs", __name__)

MOST = 50


@dataclass(frozen=True, slots=True)
class RunContext:
    """One run about a record."""

    entity: Entity
    record: Record
    address: str
    title: str
    all_runs: str
    run: RunLine


@dataclass(frozen=True, slots=True)
class RunsContext:
    """The newest runs about a record."""

    entity: Entity
    record: Record
    address: str
    title: str
    runs: tuple[RunLine, ...]
    most: int


@bp.get(f"{ONE}/runs")
def look_at_all(entity_id: str, record_id: int) -> Response:
    """Show what rules and buttons did to a record, and what they left."""
    desk = current_desk()
    record = readable(desk, entity_id, record_id)
    found = desk.records.runs(desk.actor, entity_id, record_id, MOST)
    context = RunsContext(
        entity=desk.look.application.entity(entity_id),
        record=record,
        address=record_url(entity_id, record_id),
        title=desk.look.text(say("What the rules did: {title}", title=record.title)),
        runs=tuple(run_line(desk, one) for one in found),
        most=MOST,
    )
    return show("pages/runs.html", context)


@bp.get(f"{ONE}/runs/<int(max={LARGEST}):run_id>")
def look_at_one(entity_id: str, record_id: int, run_id: int) -> Response:
    """Show why a rule did what it did; what it did to other records is told at its own."""
    desk = current_desk()
    record = readable(desk, entity_id, record_id)
    run = desk.records.run(desk.actor, run_id)
    if run.record != RecordRef(entity_id, record_id) and not is_fragment():
        return go(run_url(run.record.entity, run.record.id, run.id))
    told = run_line(desk, run)
    context = RunContext(
        entity=desk.look.application.entity(entity_id),
        record=record,
        address=record_url(entity_id, record_id),
        title=told.label,
        all_runs=runs_url(entity_id, record_id),
        run=told,
    )
    return respond("pages/run.html", "parts/run.html", context)


def readable(desk: Desk, entity_id: str, record_id: int) -> Record:
    """Return a record that this person sees whole: who only knows of it is told of no runs."""
    for name in request.args:
        raise BadQuery(name, say("{name} is not known here.", name=name))
    record = desk.record(entity_id, record_id)
    if "see" not in record.may:
        raise NotFound(NOTHING_HERE)
    return record
