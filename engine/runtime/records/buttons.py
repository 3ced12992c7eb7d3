"""What can be pressed on a record, by whom, and why not now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.errors import Message, say
from engine.metadata.model.button import Button
from engine.metadata.model.field import Field
from engine.runtime.actor import Actor
from engine.runtime.records.changes import Seen, Values
from engine.runtime.records.compiled import CompiledAsk, CompiledButton
from engine.runtime.records.context import RecordContext


@dataclass(frozen=True, slots=True)
class ButtonState:
    """A button as it stands on one record for one person; `reason` says why it is disabled.

    `count` of `tries` were pressed of a ladder; `stage` is the stage that it is shown for. `asks`
    are the fields of its dialog that this person may fill in.
    """

    button: Button
    reason: Message | None = None
    stage: str = ""
    count: int = 0
    tries: int = 0
    next_try: datetime | None = None
    asks: tuple[Field, ...] = ()

    @property
    def seen(self) -> Seen:
        """Return what a press of it says that its page has shown."""
        return Seen(self.stage, self.count + 1 if self.tries else 0)


def is_for(button: CompiledButton, actor: Actor, readable: frozenset[str]) -> bool:
    """Say whether a person has a button at all: a hidden stage is not told by what it offers."""
    roles = button.button.roles
    if actor.is_person and roles and not frozenset(roles) & frozenset(actor.roles):
        return False
    return not button.button.show_in or button.stage_field in readable


def stage_of(button: CompiledButton, values: Values) -> str:
    """Return the stage of a record by which a button goes."""
    return str(values.get(button.stage_field) or "")


def is_shown(button: CompiledButton, values: Values) -> bool:
    """Say whether a button belongs to the stage in which a record is."""
    shown = button.button.show_in
    return not shown or stage_of(button, values) in shown


def why_not(button: CompiledButton, context: RecordContext) -> Message | None:
    """Say why a button can't be pressed now; what its condition reads may be hidden."""
    if button.when is None or button.when.holds(context):
        return None
    if button.button.help:
        return say("Not possible as the record is now. {help}", help=button.button.help)
    return say("Not possible as the record is now.")


def asked_of(button: CompiledButton, readable: frozenset[str]) -> dict[str, CompiledAsk]:
    """Return what a dialog asks of a person: fields that are hidden from them are left out."""
    return {
        name: one for name, one in button.asks.items() if not one.ask.is_stored or name in readable
    }
