"""The answers of a dialog: read as fields are read, some of them kept in the record.

Who may press may answer: the rights to single fields are not asked. But a field that is hidden from
a person is not asked of them, and links lead only to records that they see.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.errors import Message, say
from engine.metadata.model.text import Value
from engine.runtime.actor import Actor
from engine.runtime.records.buttons import asked_of
from engine.runtime.records.changes import Messages, Stored, Values
from engine.runtime.records.compiled import CompiledAsk, CompiledButton, CompiledEntity
from engine.runtime.records.conditions import Judge
from engine.runtime.records.drafting import Drafting
from engine.runtime.records.links import linked, reachable
from engine.runtime.records.payload import (
    MOST_NAMED,
    FieldRights,
    Given,
    load_values,
    plain_name,
)
from engine.runtime.records.reading.options import no_such_record


@dataclass(frozen=True, slots=True)
class Answers:
    """What came of a dialog: `given` goes into the record, `own` are the other answers."""

    asked: Mapping[str, CompiledAsk]
    rights: FieldRights
    given: Given
    own: Values


@dataclass(frozen=True, slots=True)
class Dialog:
    """The dialog of a button on one record for one person."""

    drafting: Drafting
    actor: Actor
    compiled: CompiledEntity
    record: Stored
    button: CompiledButton

    def read(self, payload: Mapping[str, object]) -> Answers:
        """Read what was sent; an answer of the dialog's own that was not sent has its default."""
        readable = self.drafting.gate.fields(self.actor, self.compiled).readable
        asked = asked_of(self.button, readable)
        sent = {name: value for name, value in payload.items() if name in asked}
        reading = self.drafting.reading(self.actor)
        values, unread = load_values(self.button.schema, sent, reading)
        stored = frozenset(name for name, one in asked.items() if one.ask.is_stored)
        own = {
            name: values[name] if name in sent else self._default(one)
            for name, one in asked.items()
            if name not in stored and name not in unread
        }
        refused = _refused(name for name in payload if name not in asked)
        kept = {name: value for name, value in values.items() if name in stored}
        given = Given(kept, {**refused, **unread}, frozenset(refused))
        return Answers(asked, FieldRights(readable, stored), given, own)

    def judge(self, answers: Answers, values: Values, judge: Judge) -> Messages:
        """Say what is wrong: required answers that are missing, limits and links of own ones."""
        found: dict[str, tuple[Message, ...]] = {}
        for name, one in answers.asked.items():
            if name not in answers.given.messages:
                value = (values if one.ask.is_stored else answers.own).get(name)
                wrong = tuple(self._wrong(one, value, judge))
                found |= {name: wrong} if wrong else {}
        return found

    def _wrong(self, asked: CompiledAsk, value: Value, judge: Judge) -> Iterator[Message]:
        if value is None:
            if asked.ask.required:
                yield say("Fill in {field}.", field=asked.shown.label)
        elif not asked.ask.is_stored:  # the judge of the record looks at its fields
            wrong = judge.wrong_value(asked.field, value)
            if wrong is not None:
                yield wrong
            elif not self._is_reached(asked, value):
                yield no_such_record()

    def _is_reached(self, asked: CompiledAsk, value: Value) -> bool:
        field = asked.field.field
        target = linked(field, value)
        if target is None:
            return True
        access, scene = self.drafting.gate.access, self.drafting.scene
        return bool(reachable(access, scene, self.actor, field, target.entity, (target.id,)))

    def _default(self, asked: CompiledAsk) -> Value:
        field = asked.field
        if field.default is None:
            return field.empty
        scene, values = self.drafting.scene, self.record.values
        context = scene.context(self.compiled, values, values)
        value = field.default(context, self.drafting.reading(self.actor), scene.show)
        return field.empty if value is None else value


def _refused(names: Iterator[str]) -> Messages:
    strange = [plain_name(name) for name in names]
    return {name: (say("There is no such field here."),) for name in strange[:MOST_NAMED]}
