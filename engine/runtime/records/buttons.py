"""What can be pressed on a record, by whom, and why not now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.errors import Message
from engine.metadata.model.button import Button


@dataclass(frozen=True, slots=True)
class ButtonState:
    """A button as it stands on one record for one person; `reason` says why it is disabled.

    `count` of `tries` were pressed of a ladder; `stage` is the stage that it is shown for.
    """

    button: Button
    reason: Message | None = None
    stage: str = ""
    count: int = 0
    tries: int = 0
    next_try: datetime | None = None
