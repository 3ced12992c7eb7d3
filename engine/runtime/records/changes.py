"""What happens to a record: stored records, drafts of what is to be stored, changes that were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from engine.errors import Message
from engine.metadata.model.text import RecordRef, Value
from engine.runtime.actor import Actor

Values = Mapping[str, Value]
NOTHING_BEFORE: Values = MappingProxyType({})
Messages = Mapping[str, tuple[Message, ...]]


class Action(StrEnum):
    """The kinds of change in the history."""

    CREATE = "create"
    EDIT = "edit"
    MOVE = "move"
    PRESS = "press"  # a button, whether or not it changed a field
    FINISH = "finish"  # a task is done
    ARCHIVE = "archive"
    UNARCHIVE = "unarchive"
    DELETE = "delete"
    RESTORE = "restore"  # out of the trash


@dataclass(frozen=True, slots=True)
class Stored:
    """A record as it lies in the database: `values` are its fields and system fields."""

    entity: str
    id: int
    version: int
    values: Values

    @property
    def title(self) -> str:
        """Return the stored title."""
        return str(self.values["title"] or "")

    @property
    def archived(self) -> bool:
        """Say whether the record is archived."""
        return bool(self.values["archived"])

    @property
    def trashed(self) -> bool:
        """Say whether the record lies in the trash."""
        return self.values["trashed_at"] is not None


@dataclass(frozen=True, slots=True)
class Saved:
    """The answer to a write; `repeated` when the same request had been done before.

    `before` is the record before the change; it is empty where nothing was changed now.
    `made` are the records that buttons and rules made on the way, without tasks and notes.
    """

    entity: str
    id: int
    version: int
    repeated: bool = False
    made: tuple[RecordRef, ...] = ()
    before: Values = field(default_factory=lambda: NOTHING_BEFORE, compare=False, repr=False)

    @property
    def was(self) -> str:
        """Return the title before the change."""
        return str(self.before.get("title") or "")


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page showed of a button: the stage, and of a ladder which try comes next."""

    stage: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Press:
    """A button that was pressed: `answers` are those of its dialog that are no fields.

    A ladder counts: this is the press `number` of `tries`; beyond them the ladder is at its end.
    """

    button: str
    address: str
    label: str
    answers: Values
    number: int = 0
    tries: int = 0
    next_try: datetime | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One change that was made, with both images; `depth` counts the rules that led to it."""

    history_id: int
    action: Action
    entity: str
    record_id: int
    version: int
    before: Values | None
    after: Values
    fields: frozenset[str]
    actor: Actor
    at: datetime
    depth: int = 0
    press: Press | None = None

    def entered(self, field: str) -> bool:
        """Say whether a field took another value by this change."""
        return field in self.fields
