"""The next step that is promised together with a note or a finished task: a task for oneself."""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import Message, ValidationFailed
from engine.web.parts.desk import Desk


def add_next_step(
    desk: Desk, given: Mapping[str, str], token: str | None, about: tuple[str, int] | None
) -> None:
    """Make the task that `_step` and `_step_due` ask for; nothing asked for, nothing made."""
    if not given["_step"] and not given["_step_due"]:
        return
    payload: dict[str, object] = {
        "subject": given["_step"],
        "due": given["_step_due"],
        "to": str(desk.actor.user_id),
    }
    if about is not None:
        payload["about"] = "{}/{}".format(*about)
    desk.records.create(desk.actor, "task", payload, f"{token}.step" if token else None)


def sentences(refused: ValidationFailed) -> tuple[Message, ...]:
    """Return all that was said against the values."""
    return tuple(one for many in refused.messages.values() for one in many)
