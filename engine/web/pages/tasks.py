"""What one does with a task from anywhere: finish it with its result, or put it off."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response

from engine.errors import Message, ValidationFailed, say
from engine.metadata.model.text import RecordRef
from engine.runtime.query.records import Record
from engine.web.htmx import go, is_fragment, show, swap_into
from engine.web.parts.asking import asked_next, asked_values
from engine.web.parts.desk import LARGEST, Desk, current_desk
from engine.web.parts.next_step import add_next_step, sentences
from engine.web.parts.task_list import TaskLine, task_line
from engine.web.toasts import toast
from engine.web.urls import record_url

bp = Blueprint("tasks", __name__)

TASK = f"/task/<int(max={LARGEST}):task_id>"


@dataclass(frozen=True, slots=True)
class TaskContext:
    """A task that could not be finished or put off as asked."""

    task: TaskLine
    deed: str
    back: str
    title: str
    given: dict[str, str]
    errors: tuple[str, ...]


@bp.post(f"{TASK}/done")
def done(task_id: int) -> Response:
    """Finish a task; its result and the next step come with it."""
    desk = current_desk()
    task = desk.record("task", task_id)
    given = asked_values("result", "_token", "_step", "_step_due")
    try:
        add_next_step(desk, given, given["_token"] or None, about_of(task))
        desk.records.finish_task(desk.actor, task_id, given["result"])
    except ValidationFailed as refused:
        return draw_refused(desk, task, "done", given, sentences(refused))
    toast(say("Done: {title}", title=task.title))
    return go(asked_next(home_of(task)))


@bp.post(f"{TASK}/postpone")
def postpone(task_id: int) -> Response:
    """Give a task another due moment: a word of the menu, or what was typed."""
    desk = current_desk()
    task = desk.record("task", task_id)
    given = asked_values("due", "_due", "_token")
    due = given["due"] or given["_due"]
    try:
        desk.records.postpone_task(desk.actor, task_id, due)
    except ValidationFailed as refused:
        return draw_refused(desk, task, "postpone", given, sentences(refused))
    moved = task_line(desk, desk.record("task", task_id))
    toast(say("Put off: {title}, {when}", title=task.title, when=moved.when))
    return go(asked_next(home_of(task)))


def about_of(task: Record) -> tuple[str, int] | None:
    """Return the record that a task is about."""
    about = task.values.get("about")
    return (about.entity, about.id) if isinstance(about, RecordRef) else None


def home_of(task: Record) -> str:
    """Return the page where a task belongs: that of the record it is about."""
    about = about_of(task)
    return record_url(*about) if about else record_url("task", task.id)


def draw_refused(
    desk: Desk, task: Record, deed: str, given: dict[str, str], errors: tuple[Message, ...]
) -> Response:
    """Answer with a small form that says what is wrong and keeps what was typed."""
    context = TaskContext(
        task=task_line(desk, task),
        deed=deed,
        back=asked_next(home_of(task)),
        title=task.title,
        given=given,
        errors=tuple(desk.look.text(one) for one in errors),
    )
    if is_fragment():
        part = show("parts/task_again.html", context, ValidationFailed.status)
        return swap_into(part, "#dialog", "innerHTML")
    return show("pages/task_again.html", context, ValidationFailed.status)
