"""The two small forms of a task: what came of it and what is next, or when it is done instead.

Each is a part in the page's dialog, or a page of its own; what was typed stands in it again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from engine.errors import say
from engine.metadata.model.field import Field
from engine.metadata.model.text import RecordRef
from engine.runtime.query.records import Record
from engine.web.formdata import FormData
from engine.web.parts.called import zone_there
from engine.web.parts.desk import Desk
from engine.web.parts.forms import EMPTY_FORM, Messages, make_widgets, new_token
from engine.web.parts.small_form import SmallForm, others_of
from engine.web.urls import record_url
from engine.web.widgets import FormState, Input

TASK = "task"
RESULT, STEP, DUE = "result", "subject", "due"
LABELS = {RESULT: say("What was agreed"), STEP: say("Next step"), DUE: say("When again")}


def done_dialog(
    desk: Desk, task: Record, back: str, data: FormData = EMPTY_FORM, errors: Messages | None = None
) -> SmallForm:
    """Return the form that finishes a task."""
    steps = (STEP, DUE) if desk.access.may(desk.actor, TASK, "create") else ()
    made = inputs(desk, task, (RESULT, *steps), data, errors or {})
    next_ones = tuple(as_next_step(desk, task, one) for one in made[1:])
    return SmallForm(
        action=f"{record_url(TASK, task.id)}/done",
        back=back,
        token=data.control("_token") or new_token(),
        title=desk.look.text(say("Done")),
        subject=task.title,
        save=desk.look.text(say("Done")),
        inputs=tuple(renamed(desk, one) for one in made[:1]),
        next=next_ones,
        others=others_of(desk.look, (RESULT, *steps), errors or {}),
        has_mistakes=bool(errors),
    )


def postpone_dialog(
    desk: Desk, task: Record, back: str, data: FormData = EMPTY_FORM, errors: Messages | None = None
) -> SmallForm:
    """Return the form that puts a task off."""
    made = inputs(desk, task, (DUE,), data, errors or {})
    return SmallForm(
        action=f"{record_url(TASK, task.id)}/postpone",
        back=back,
        token=data.control("_token") or new_token(),
        title=desk.look.text(say("Later")),
        subject=task.title,
        save=desk.look.text(say("Put off")),
        inputs=tuple(replace(one, label=desk.look.text(say("Until when"))) for one in made),
        others=others_of(desk.look, (DUE,), errors or {}),
        has_mistakes=bool(errors),
    )


def inputs(
    desk: Desk, task: Record, names: Iterable[str], data: FormData, errors: Messages
) -> tuple[Input, ...]:
    """Return inputs for fields of a task, empty but for what was typed."""
    fields = desk.look.application.entity(TASK).fields
    state = FormState(typed=data.typed, errors=errors)
    asked = [unbound(fields[name]) for name in names]
    about = task.values.get("about")
    there = zone_there(desk, about) if isinstance(about, RecordRef) else None
    return make_widgets(desk.look, desk.choices, there).inputs(asked, state, "task")


def unbound(field: Field) -> Field:
    """Return a field that may stay empty: what is asked here is asked for, not demanded."""
    return replace(field, required=False, help="", readonly=False)


def as_next_step(desk: Desk, task: Record, one: Input) -> Input:
    """Return an input of the next step; without a word of its own it is the same task again."""
    made = renamed(desk, one)
    return replace(made, placeholder=task.title) if one.name == STEP else made


def renamed(desk: Desk, one: Input) -> Input:
    """Return an input with the word that it has in this form."""
    return replace(one, label=desk.look.text(LABELS[one.name]))
