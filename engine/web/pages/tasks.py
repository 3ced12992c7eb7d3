"""What one does with a task from anywhere: finish it with its result, or put it off."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, request

from engine.errors import BadQuery, ValidationFailed, say
from engine.metadata.model.text import RecordRef
from engine.runtime.query.records import Record
from engine.web.formdata import FormData, read_form
from engine.web.htmx import go
from engine.web.parts.asking import asked_next
from engine.web.parts.desk import LARGEST, Desk, current_desk
from engine.web.parts.next_step import NextStep, task_of
from engine.web.parts.small_form import SmallForm, draw_small
from engine.web.parts.task_dialog import DUE, RESULT, STEP, done_dialog, postpone_dialog
from engine.web.parts.task_list import task_line
from engine.web.request import read_values
from engine.web.toasts import toast
from engine.web.urls import local_path, record_url

bp = Blueprint("tasks", __name__)

TASK = f"/task/<int(max={LARGEST}):task_id>"


@bp.get(f"{TASK}/done")
def ask_done(task_id: int) -> Response:
    """Ask what came of a task, and what is next."""
    return ask(task_id, done_dialog)


@bp.get(f"{TASK}/postpone")
def ask_postpone(task_id: int) -> Response:
    """Ask until when a task is put off."""
    return ask(task_id, postpone_dialog)


@bp.post(f"{TASK}/done")
def done(task_id: int) -> Response:
    """Finish a task; its result and the next step come with it."""
    desk = current_desk()
    task = desk.record("task", task_id)
    data = posted(desk, RESULT, STEP, DUE)
    back = asked_next(home_of(task))
    try:
        following = task_of(desk, step_after(task, data))
        result, token = text_of(data, RESULT), data.control("_token") or None
        desk.records.finish_task(desk.actor, task_id, result, following, token)
    except ValidationFailed as refused:
        return draw_small(done_dialog(desk, task, back, data, refused.messages))
    toast(say("Done: {title}", title=task.title))
    return go(back)


@bp.post(f"{TASK}/postpone")
def postpone(task_id: int) -> Response:
    """Give a task another due moment: a word of the menu, or what was typed or pressed."""
    desk = current_desk()
    task = desk.record("task", task_id)
    data = posted(desk, DUE)
    back = asked_next(home_of(task))
    try:
        due = text_of(data, DUE) or data.control("_due")
        desk.records.postpone_task(desk.actor, task_id, due)
    except ValidationFailed as refused:
        return draw_small(postpone_dialog(desk, task, back, data, refused.messages))
    moved = task_line(desk, desk.record("task", task_id))
    toast(say("Put off: {title}, {when}", title=task.title, when=moved.when))
    return go(back)


def ask(task_id: int, dialog: Callable[[Desk, Record, str], SmallForm]) -> Response:
    """Answer with a form of a task."""
    read_values(request.args, ())
    desk = current_desk()
    task = desk.record("task", task_id)
    desk.require(task, "edit")
    wanted = request.args.get("_next", "")
    return draw_small(dialog(desk, task, local_path(wanted) if wanted else home_of(task)))


def posted(desk: Desk, *names: str) -> FormData:
    """Return what a form of a task held; other fields of it are changed elsewhere."""
    entity = desk.look.application.entity("task")
    start = desk.look.application.workdays.start
    data = read_form(entity, request.form.items(multi=True), start)
    for name in data.payload:
        if name not in names:
            raise BadQuery(name, say("{name} is not known here.", name=name))
    return data


def text_of(data: FormData, name: str) -> str:
    """Return what was typed into a field, without space around it."""
    return str(data.payload.get(name) or "").strip()


def step_after(task: Record, data: FormData) -> NextStep:
    """Return the step that follows; a time alone means the same once more."""
    subject, due = text_of(data, STEP), text_of(data, DUE)
    again = bool(due) and not subject
    about = task.values.get("about")
    return NextStep(
        subject=str(task.values.get("subject") or "") if again else subject,
        due=due,
        about=about if isinstance(about, RecordRef) else None,
        kind=str(task.values.get("type") or "") if again else "",
    )


def home_of(task: Record) -> str:
    """Return the page where a task belongs: that of the record it is about."""
    about = task.values.get("about")
    if isinstance(about, RecordRef):
        return record_url(about.entity, about.id)
    return record_url("task", task.id)
