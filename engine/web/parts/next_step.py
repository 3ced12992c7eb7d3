"""The next step that is promised together with a note or a finished task: a task for oneself."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import Message, ValidationFailed
from engine.metadata.model.text import RecordRef
from engine.web.parts.desk import Desk


@dataclass(frozen=True, slots=True)
class NextStep:
    """What is to be done next, when, and about which record."""

    subject: str
    due: str
    about: RecordRef | None
    kind: str = ""


def task_of(desk: Desk, step: NextStep) -> dict[str, object] | None:
    """Return the task that a next step is; nothing asked for, no task."""
    if not step.subject and not step.due:
        return None
    task: dict[str, object] = {
        "subject": step.subject,
        "due": step.due,
        "to": str(desk.actor.user_id),
    }
    if step.about is not None:
        task["about"] = f"{step.about.entity}/{step.about.id}"
    if step.kind:
        task["type"] = step.kind
    return task


def add_next_step(desk: Desk, step: NextStep, token: str | None) -> None:
    """Make the task that is the next step; `token` is that of the form it came with."""
    task = task_of(desk, step)
    if task is not None:
        desk.records.create(desk.actor, "task", task, f"{token}.step" if token else None)


def sentences(refused: ValidationFailed) -> tuple[Message, ...]:
    """Return all that was said against the values."""
    return tuple(one for many in refused.messages.values() for one in many)
