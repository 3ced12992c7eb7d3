"""What people and rules can do to records: create, update, move, archive, delete and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import assert_never

from sqlalchemy import Connection

from engine.errors import Conflict, say
from engine.metadata.model.text import RecordRef, Value
from engine.runtime.actor import Actor
from engine.runtime.records.changes import (
    NOTHING_BEFORE,
    Action,
    Change,
    Saved,
    Seen,
    Values,
)
from engine.runtime.records.compiled import CompiledEntity
from engine.runtime.records.draft import Draft
from engine.runtime.records.drafting import compute
from engine.runtime.records.following import ACTIVITY, TASK
from engine.runtime.records.gate import Held
from engine.runtime.records.pressing import Pressing, button_of
from engine.runtime.records.reactions import Overdue, Write
from engine.runtime.records.transaction import Transaction, refuse
from engine.runtime.records.transitions import make_move, pipeline_of
from engine.runtime.records.uniques import check_uniques

Payload = Mapping[str, object]


class Deeds:
    """Does things within one transaction; whoever calls it settles the transaction in the end."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._gate = transaction.tools.gate

    def settle(self) -> None:
        """Let everything follow that follows from what was done."""
        self._transaction.settle(self.perform)

    @property
    def made(self) -> tuple[RecordRef, ...]:
        """Return the records that rules have made so far, without tasks and notes."""
        return tuple(self._transaction.made)

    @property
    def written(self) -> frozenset[str]:
        """Return the entities of which records have been written so far."""
        return frozenset(self._transaction.written)

    @property
    def connection(self) -> Connection:
        """Return the connection of the transaction."""
        return self._transaction.connection

    @property
    def now(self) -> datetime:
        """Return the instant of the transaction."""
        return self._transaction.now

    def values(self, entity_id: str, record_id: int) -> Values | None:
        """Return a record's values as the transaction sees them."""
        return self._transaction.values(entity_id, record_id)

    def overdue(self, overdue: Overdue) -> None:
        """Let follow what follows when something waits for too long."""
        self._transaction.overdue(overdue, self.perform)

    def create(
        self, actor: Actor, entity_id: str, payload: Payload, *, is_judged: bool = True
    ) -> Saved:
        """Create a record."""
        compiled = self._transaction.entity(entity_id)
        self._gate.require(actor, entity_id, "create")
        draft = self._transaction.drafting.new(actor, compiled, payload)
        if is_judged:
            self._transaction.judge([draft])
        refuse(draft)
        (change,) = self._transaction.create([draft])
        self._gate.confirm_new(self._transaction.connection, actor, compiled, [change.record_id])
        return _saved(change)

    def update(
        self,
        actor: Actor,
        entity_id: str,
        record_id: int,
        payload: Payload,
        base_version: int | None = None,
        *,
        is_judged: bool = True,
    ) -> Saved:
        """Change fields of a record."""
        compiled = self._transaction.entity(entity_id)
        held = self._hold(actor, compiled, record_id, payload)
        draft = self._edit(actor, compiled, held, payload, base_version)
        if draft.entered_stages():  # rules may write a stage as a value
            draft.action = Action.MOVE
        elif entity_id == TASK and draft.values.get("done") and draft.changed("done"):
            draft.action = Action.FINISH
        return self._write(draft, held, is_judged=is_judged)

    def move(
        self,
        actor: Actor,
        entity_id: str,
        record_id: int,
        stage: str,
        payload: Payload,
        field: str | None = None,
    ) -> Saved:
        """Move a record to another stage, with values that the stage asks for.

        Of two equal moves the second one finds the record where it wants it: it changes nothing.
        """
        compiled = self._transaction.entity(entity_id)
        held = self._hold(actor, compiled, record_id, payload)
        pipeline = pipeline_of(compiled, field, stage)
        self._gate.require_stage(actor, compiled, pipeline.field)
        draft = self._edit(actor, compiled, held, payload)
        if held.record.values.get(pipeline.field) == stage:
            refuse(draft)
            if draft.changed_fields():
                label = pipeline.stages[stage].label
                raise Conflict(say("The record is in the stage {stage} already.", stage=label))
            return Saved(entity_id, record_id, held.record.version, repeated=True)
        make_move(self._transaction.scene, draft, pipeline, stage)
        compute(self._transaction.scene, draft)
        return self._write(draft, held)

    def press(
        self,
        actor: Actor,
        entity_id: str,
        record_id: int,
        button_id: str,
        payload: Payload,
        seen: Seen | None = None,
    ) -> Saved:
        """Press a button on a record, with the answers of its dialog; reactions do the rest.

        A press of what the page does not show any more, because the same button was pressed
        meanwhile, changes nothing.
        """
        compiled = self._transaction.entity(entity_id)
        held = self._gate.hold(self._transaction.connection, actor, compiled, record_id, "press")
        button = button_of(self._gate, actor, compiled, record_id, button_id)
        pressing = Pressing(self._transaction, actor, compiled, held.record, button)
        if seen is not None and pressing.is_repeated(seen):
            return _unchanged(held)
        pressing.refuse()
        draft = pressing.draft(payload)
        self._transaction.judge([draft])
        refuse(draft)
        change = self._transaction.change(draft)
        return _saved(change) if change else _unchanged(held)

    def set_state(self, actor: Actor, entity_id: str, record_id: int, action: Action) -> Saved:
        """Archive a record or take it out, put it into the trash or take it out of there."""
        compiled = self._transaction.entity(entity_id)
        verb = "delete" if action in (Action.DELETE, Action.RESTORE) else "edit"
        held = self._gate.hold(
            self._transaction.connection,
            actor,
            compiled,
            record_id,
            verb,
            trashed=action is Action.RESTORE,
        )
        draft = self._edit(actor, compiled, held, {})
        draft.action = action
        draft.values |= self._state(action)
        if action is Action.RESTORE:
            check_uniques(self._transaction.scene, [draft], anew=True)
            refuse(draft)
        change = self._transaction.change(draft, judged=False)
        return _saved(change) if change else _unchanged(held)

    def note(self, actor: Actor, entity_id: str, record_id: int, text: str) -> Saved:
        """Write a note into the timeline of a record that the actor sees."""
        compiled = self._transaction.entity(entity_id)
        self._gate.hold(
            self._transaction.connection, actor, compiled, record_id, "see", is_locked=False
        )
        about = RecordRef(entity_id, record_id)
        return self.create(actor, ACTIVITY, {"type": "note", "text": text, "about": about})

    def perform(self, write: Write) -> Saved:
        """Do what a reaction asks for."""
        actor, entity_id, record_id = write.actor, write.entity, write.record_id or 0
        match write.deed:
            case "create":
                return self.create(actor, entity_id, write.payload, is_judged=write.is_judged)
            case "update":
                judged = write.is_judged
                return self.update(actor, entity_id, record_id, write.payload, is_judged=judged)
            case "move":
                field = write.stage_field
                return self.move(actor, entity_id, record_id, write.stage, write.payload, field)
            case "archive" | "unarchive" | "delete" | "restore":
                return self.set_state(actor, entity_id, record_id, Action(write.deed))
            case _:
                assert_never(write.deed)

    def _hold(
        self, actor: Actor, compiled: CompiledEntity, record_id: int, payload: Payload
    ) -> Held:
        verbs = ("edit", "assign") if compiled.entity.owner in payload else ("edit",)
        return self._gate.hold(self._transaction.connection, actor, compiled, record_id, *verbs)

    def _edit(
        self,
        actor: Actor,
        compiled: CompiledEntity,
        held: Held,
        payload: Payload,
        base_version: int | None = None,
    ) -> Draft:
        return self._transaction.drafting.edit(
            actor,
            compiled,
            held.record,
            payload,
            base_version,
            may_assign="assign" in held.verbs,
        )

    def _write(self, draft: Draft, held: Held, *, is_judged: bool = True) -> Saved:
        if not draft.messages and not draft.changed_fields():
            return _unchanged(held)
        if is_judged:
            self._transaction.judge([draft])
        refuse(draft)
        change = self._transaction.change(draft, judged=is_judged)
        return _saved(change) if change else _unchanged(held)

    def _state(self, action: Action) -> dict[str, Value]:
        match action:
            case Action.ARCHIVE | Action.UNARCHIVE:
                return {"archived": action is Action.ARCHIVE}
            case Action.DELETE:
                return {"trashed_at": self._transaction.now}
            case Action.RESTORE:
                return {"trashed_at": None}
            case _:
                raise ValueError(f"{action} is no state of a record")


def _saved(change: Change) -> Saved:
    return Saved(
        change.entity, change.record_id, change.version, before=change.before or NOTHING_BEFORE
    )


def _unchanged(held: Held) -> Saved:
    return Saved(held.record.entity, held.record.id, held.record.version, repeated=True)
