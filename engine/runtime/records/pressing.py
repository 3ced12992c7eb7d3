"""A button is pressed: may it be, was it pressed already, which try is it, what was answered.

A press checks the stage and the rights, never the version of the record. Of several equal presses
at once the first one counts; the others find that what their page showed is over by that press.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.errors import Conflict, Message, NotFound, say
from engine.runtime.actor import Actor
from engine.runtime.records.answers import Answers, Dialog
from engine.runtime.records.buttons import is_for, is_shown, stage_of, why_not
from engine.runtime.records.causes import Left, left_by
from engine.runtime.records.changes import Press, Seen, Stored
from engine.runtime.records.compiled import CompiledButton, CompiledEntity
from engine.runtime.records.denials import Denied
from engine.runtime.records.draft import Draft
from engine.runtime.records.gate import Gate
from engine.runtime.records.ladders import Rung, climb, keep_rung, rung_of
from engine.runtime.records.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Pressing:
    """One press of a button on a record that is held."""

    transaction: Transaction
    actor: Actor
    compiled: CompiledEntity
    record: Stored
    button: CompiledButton

    def is_repeated(self, seen: Seen) -> bool:
        """Say whether what the page showed is over by a press of the same button."""
        rung = self._rung()
        is_other_try = bool(self.button.tries) and seen.number not in (0, rung.next_number)
        if is_other_try and rung.count >= seen.number:
            return True
        if self._has_left(seen.stage) and self._left_by_this(seen.stage):
            return True
        if is_other_try:
            raise Conflict(
                say(
                    "“{button}” is counted anew since this page was made: look again.",
                    button=self._label,
                )
            )
        return False

    def refuse(self) -> None:
        """Refuse a press that is not possible now, with the reason."""
        values = self.record.values
        if self.record.archived:
            raise Conflict(say("This record is archived: bring it back first."))
        if not is_shown(self.button, values):
            raise Conflict(self._wrong_stage())
        reason = why_not(self.button, self.transaction.scene.context(self.compiled, values, values))
        if reason is not None:
            raise Conflict(reason)

    def draft(self, payload: Mapping[str, object]) -> Draft:
        """Draft the press with its answers; what is wrong with them is said in the draft."""
        drafting = self.transaction.drafting
        dialog = Dialog(drafting, self.actor, self.compiled, self.record, self.button)
        answers = dialog.read(payload)
        press = self._press(answers, self._climb())
        draft = drafting.press(
            self.actor, self.compiled, self.record, answers.given, answers.rights, press
        )
        judge = self.transaction.judge_of(draft)
        draft.add(dialog.judge(answers, draft.values, judge))
        return draft

    @property
    def _label(self) -> str:
        return self.button.button.label

    def _has_left(self, stage: str) -> bool:
        is_elsewhere = bool(stage) and stage_of(self.button, self.record.values) != stage
        return self.record.archived or is_elsewhere

    def _left_by_this(self, stage: str) -> bool:
        is_there = not self.record.archived
        field = self.button.stage_field if is_there else "archived"
        left = Left(self.compiled.id, self.record.id, field, stage if is_there else None)
        return left_by(self.transaction.connection, left) == self.button.id

    def _wrong_stage(self) -> Message:
        pipeline = self.compiled.pipelines.get(self.button.stage_field)
        stage = stage_of(self.button, self.record.values)
        known = None if pipeline is None else pipeline.stages.get(stage)
        return say(
            "“{button}” can't be pressed in the stage {stage}.",
            button=self._label,
            stage=stage if known is None else known.label,
        )

    def _rung(self) -> Rung:
        if not self.button.tries:
            return Rung()
        connection = self.transaction.connection
        return rung_of(connection, self.compiled.id, self.record.id, self.button)

    def _climb(self) -> Rung:
        """Count this press, where the button has a ladder."""
        if not self.button.tries:
            return Rung()
        scene = self.transaction.scene
        rung = climb(self._rung(), self.button, scene.setting)
        place = (self.compiled.id, self.record.id, self.button.id)
        keep_rung(scene.connection, *place, rung, scene.setting.now)
        return rung

    def _press(self, answers: Answers, rung: Rung) -> Press:
        button = self.button.button
        return Press(
            button=button.id,
            address=button.address,
            label=button.label,
            answers=answers.own,
            number=rung.count,
            tries=rung.tries,
            next_try=rung.next_try,
        )


def button_of(
    gate: Gate, actor: Actor, compiled: CompiledEntity, record_id: int, button_id: str
) -> CompiledButton:
    """Return a button, or refuse one that there is not, and one that is not for this person."""
    button = compiled.buttons.get(button_id)
    if button is None:
        raise NotFound(say("There is no such button."))
    if not is_for(button, actor, gate.fields(actor, compiled).readable):
        raise Denied("press", compiled.id, record_id)
    return button
