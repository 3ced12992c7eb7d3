"""The strip of a record: what was promised next, how to reach the person, what can be pressed."""

from __future__ import annotations

from dataclasses import dataclass

from engine.runtime.localtime import LocalClock
from engine.web.parts.acts import Act, ActGroup, grouped
from engine.web.parts.person import Person
from engine.web.parts.task_list import TaskLine

CALLING = frozenset({"call", ""})
WRITING = frozenset({"mail"})
SHORT = 4  # so many presses have room beside the promise


@dataclass(frozen=True, slots=True)
class Doing:
    """The strip below the stages: what was promised next, and what can be pressed.

    `call` and `write` lead to the person, where that is what comes next or tries are counted.
    """

    promise: TaskLine | None
    clock: LocalClock | None
    call: str
    write: str
    groups: tuple[ActGroup, ...]

    @property
    def main(self) -> str:
        """Return which press stands out: the one that keeps the promise."""
        if self.promise is None:
            return "call"
        if self.write:
            return "write"
        return "call" if self.call and self.promise.kind in CALLING else "done"

    @property
    def is_long(self) -> bool:
        """Say whether the presses need a row of their own."""
        buttons = sum(len(one.open) + bool(one.more) for one in self.groups)
        return buttons + bool(self.call) + bool(self.write) > SHORT

    @property
    def contact(self) -> ActGroup | None:
        """Return the group of the tries, which stands behind the call."""
        return next((one for one in self.groups if one.has_ladder), None)

    @property
    def others(self) -> tuple[ActGroup, ...]:
        """Return the groups behind it."""
        return tuple(one for one in self.groups if one is not self.contact)


def doing_of(task: TaskLine | None, person: Person | None, acts: tuple[Act, ...]) -> Doing | None:
    """Return what was promised and what can be pressed, None where there is neither."""
    if task is None and not acts:
        return None
    calls = (task is not None and task.kind in CALLING) or any(one.is_ladder for one in acts)
    phone = person.phone if person and calls else ""
    writes = person is not None and task is not None and task.kind in WRITING
    email = person.email if person and writes else ""
    return Doing(
        promise=task,
        clock=person.clock if person else None,
        call=f"tel:{phone}" if phone else "",
        write=f"mailto:{email}" if email else "",
        groups=grouped(acts),
    )
