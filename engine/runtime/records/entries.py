"""Entries of the timeline: what happened with a record, as it is told to one reader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from engine.metadata.model.field import Field
from engine.metadata.model.text import RecordRef, Value
from engine.runtime.records.changes import Values


class EntryKind(StrEnum):
    """What an entry of the timeline tells."""

    CREATED = "created"
    CHANGED = "changed"
    PRESSED = "pressed"
    MOVED = "moved"
    ARCHIVED = "archived"
    UNARCHIVED = "unarchived"
    DELETED = "deleted"
    RESTORED = "restored"
    ACTIVITY = "activity"
    TASK_MADE = "task_made"
    TASK_DONE = "task_done"


@dataclass(frozen=True, slots=True)
class Who:
    """Who did it: a person, a rule, or the engine because of a person."""

    kind: str
    user_id: int | None
    name: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field with its values before and after; links are the ids of records."""

    field: Field
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button that was pressed; of a ladder also which try it was, and when the next one is due.

    A number beyond the tries is the end of the ladder.
    """

    label: str
    address: str
    number: int = 0
    tries: int = 0
    next_try: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened.

    `stage` is the change of stage of a move; `subject` the note or task that the entry is about,
    `values` its fields as they are today. `run` is what did it, or what the press came to, where
    the actor may look at that.
    """

    kind: EntryKind
    id: int
    at: datetime
    who: Who
    changes: tuple[FieldChange, ...] = ()
    stage: FieldChange | None = None
    subject: RecordRef | None = None
    title: str = ""
    values: Values | None = None
    pressed: Pressed | None = None
    run: int | None = None

    @property
    def text(self) -> str:
        """Return what was said: the text of a note."""
        said = None if self.values is None else self.values.get("text")
        return str(said or "")


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """Entries, newest first, and the cursor of the page with older ones."""

    entries: tuple[Entry, ...]
    older: str | None

    def references(self) -> Iterator[RecordRef]:
        """Yield the records that the changes link to, for whoever wants their titles."""
        for change in (one for entry in self.entries for one in entry.changes):
            for value in (change.before, change.after):
                if isinstance(value, RecordRef):
                    yield value
                elif change.field.to is not None and isinstance(value, int):
                    yield RecordRef(change.field.to, value)


def pressed_of(press: Mapping[str, Any] | None) -> Pressed | None:
    """Return what the history keeps of a press."""
    if press is None:
        return None
    due = press["next_try"]
    return Pressed(
        label=press["label"],
        address=press["address"],
        number=press["number"],
        tries=press["tries"],
        next_try=None if due is None else datetime.fromisoformat(due),
    )
