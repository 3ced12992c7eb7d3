"""Where a record may go from a board: stages to move it to, buttons that lead there, why not.

`/<entity>/<id>/drop` is everything that a card's menu offers; `?stage=` what may follow a drop
there. The only way is done at once: the answer is a form that sends itself, or the dialog of the
one button. Without a script both are a page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

from flask import Blueprint, Response, redirect, request

from engine.errors import Message, say
from engine.metadata.model.entity import Entity
from engine.metadata.model.field import Field
from engine.metadata.model.pipeline import Stage
from engine.runtime.query.records import Record
from engine.runtime.records.buttons import ButtonState
from engine.runtime.records.stand import Stand
from engine.web.htmx import is_fragment, show, stay, swap_into, tell
from engine.web.parts.acts import Act, act, is_pressable
from engine.web.parts.desk import ONE, Desk, current_desk
from engine.web.parts.forms import new_token
from engine.web.parts.leading import leads_to
from engine.web.parts.path import Step, stage_path
from engine.web.parts.stages import known_stage, stage_field
from engine.web.parts.standing import NO_WAY, signs_now, stand_of
from engine.web.request import read_values
from engine.web.urls import local_path, record_url

bp = Blueprint("drop", __name__)


@dataclass(frozen=True, slots=True)
class DropContext:
    """The ways of a record: plain moves, buttons, and the sentence why there is none.

    `stage` is where it was dropped, None where all ways are shown; `back` is the page to return to.
    """

    entity: Entity
    record: Record
    address: str
    title: str
    stage: Stage | None
    stage_field: str
    moves: tuple[Step, ...]
    acts: tuple[Act, ...]
    reason: Message | None
    token: str
    back: str


@dataclass(frozen=True, slots=True)
class AtOnceContext:
    """The only way, which nobody has to be asked about: a button, or the plain move."""

    address: str
    stage: str
    stage_field: str
    act: Act | None
    token: str


@bp.get(f"{ONE}/drop")
def drop(entity_id: str, record_id: int) -> Response:
    """Show where a record may go, or what may follow a drop on a stage."""
    desk = current_desk()
    opened = desk.opened(entity_id, record_id)
    record, stand = opened.record, stand_of(desk, opened)
    asked = read_values(request.args, ("stage", "_field"))
    field = stage_field(desk, record, asked["_field"])
    if not asked["stage"]:
        ways = ways_of(desk, record, field, stand)
        return draw(ways, "parts/drop_menu.html")
    stage = known_stage(desk, field, asked["stage"])
    ways = ways_to(desk, record, field, stage, stand)
    return follow(desk, ways) if is_fragment() else draw(ways, "parts/drop.html")


def draw(ways: DropContext, part: str) -> Response:
    """Answer with the ways, as a part or as a page."""
    return show(part if is_fragment() else "pages/drop.html", ways)


def follow(desk: Desk, ways: DropContext) -> Response:
    """Answer to a drop: what is the only way is done, several are offered, none is explained."""
    open_acts = [one for one in ways.acts if one.reason is None]
    match ways.moves, open_acts:
        case (), []:
            said = desk.look.text(ways.reason or NO_WAY)
            return tell(stay(), "drop-refused", {"said": f"{ways.record.title}: {said}"})
        case (_,), []:
            return at_once(ways, None)
        case (), [only] if only.is_asked:
            return cast(Response, redirect(only.href, 303))
        case (), [only]:
            return at_once(ways, only)
        case _:
            return swap_into(show("parts/drop.html", ways), "#dialog", "innerHTML")


def at_once(ways: DropContext, only: Act | None) -> Response:
    """Answer with the form of the only way; the page sends it."""
    stage = ways.stage.id if ways.stage else ""
    context = AtOnceContext(ways.address, stage, ways.stage_field, only, new_token())
    return swap_into(show("parts/drop_at_once.html", context), "#at-once", "innerHTML")


def ways_of(desk: Desk, record: Record, field: Field, stand: Stand) -> DropContext:
    """Return all ways of a record: every stage that is open to it, and all of its buttons."""
    moves = tuple(one for one in steps_of(desk, record, field, stand) if one.is_open)
    acts = acts_from(desk, record, states_of(record, stand))
    reason = None if moves or acts else say("Nothing can be done with it here now.")
    return context_of(desk, record, field, None, moves, acts, reason)


def ways_to(desk: Desk, record: Record, field: Field, stage: Stage, stand: Stand) -> DropContext:
    """Return the ways that lead to a stage, or why there is none."""
    (step,) = (one for one in steps_of(desk, record, field, stand) if one.id == stage.id)
    leading = [one for one in states_of(record, stand) if leads_to(one, field, stage.id)]
    acts = acts_from(desk, record, leading)
    moves = (step,) if step.is_open else ()
    return context_of(desk, record, field, stage, moves, acts, why_not(step, acts))


def why_not(step: Step, acts: Sequence[Act]) -> Message | None:
    """Say why a record can't go to a stage now, None where it can."""
    if step.is_open or any(one.reason is None for one in acts):
        return None
    if step.is_now:
        return say("It is in this stage already.")
    for one in acts:
        return say("{button}: {reason}", button=one.label, reason=one.reason)
    return step.reason or NO_WAY


def steps_of(desk: Desk, record: Record, field: Field, stand: Stand) -> tuple[Step, ...]:
    """Return the stages of a field as they stand for the record."""
    signs = signs_now(desk, record, field, stand)
    return stage_path(desk.look, record, field, signs).steps


def states_of(record: Record, stand: Stand) -> tuple[ButtonState, ...]:
    """Return the buttons of a record that this person may press."""
    return stand.buttons if is_pressable(record) else ()


def acts_from(desk: Desk, record: Record, states: Sequence[ButtonState]) -> tuple[Act, ...]:
    """Return buttons as they are drawn; those of a page lead back to where it was opened."""
    back = back_to(record)
    return tuple(replace(act(desk.look, record, one), back=back) for one in states)


def back_to(record: Record) -> str:
    """Return where a page leads back to, '' for a part: its page draws anew what it shows."""
    if is_fragment():
        return ""
    wanted = request.args.get("_next", "")
    return local_path(wanted) if wanted else record_url(record.entity, record.id)


def context_of(
    desk: Desk,
    record: Record,
    field: Field,
    stage: Stage | None,
    moves: tuple[Step, ...],
    acts: tuple[Act, ...],
    reason: Message | None,
) -> DropContext:
    """Return the ways as they are drawn."""
    return DropContext(
        entity=desk.look.application.entity(record.entity),
        record=record,
        address=record_url(record.entity, record.id),
        title=f"{record.title}: {stage.label}" if stage else record.title,
        stage=stage,
        stage_field=field.id,
        moves=moves,
        acts=acts,
        reason=reason,
        token=new_token(),
        back=back_to(record),
    )
