"""What a button will do, step by step, in words: read before it is pressed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from engine.errors import Message, say, verbatim
from engine.metadata.model import step as steps
from engine.metadata.model.step import Step
from engine.runtime.query.records import Record
from engine.runtime.records.buttons import ButtonState
from engine.web.parts.acts import next_try_words, stage_of
from engine.web.parts.aftermath import after, ends_at
from engine.web.parts.desk import Desk
from engine.web.parts.facts import beginning_small
from engine.web.parts.foresight import GAP, Foresight, foresight
from engine.web.parts.slot_words import (
    due_words,
    label_of,
    owner_words,
    short,
    slot_words,
    targets_words,
    text_words,
)

MOST = 12  # lines of a dialog


@dataclass(frozen=True, slots=True)
class Consequence:
    """One thing that will happen; `is_maybe` where a condition is not known yet."""

    icon: str
    words: Message
    is_maybe: bool = False


Lines = Iterator[Consequence]


def consequences(desk: Desk, record: Record, state: ButtonState) -> tuple[Consequence, ...]:
    """Return what a press would do now."""
    todo = steps_of(state)
    sight = foresight(desk, record, state, todo)
    lines: list[Consequence] = []
    for one in (*try_words(desk, state), *in_words(sight, todo)):
        if one not in lines:
            lines.append(one)
    return tuple(lines[:MOST])


def steps_of(state: ButtonState) -> tuple[Step, ...]:
    """Return the steps of the next press: of a ladder those of a try, or those of its end."""
    ladder = state.button.ladder
    if ladder is None:
        return state.button.do
    return ladder.each if state.count < len(ladder.tries) else ladder.then


def try_words(desk: Desk, state: ButtonState) -> Lines:
    """Yield when the next try of a ladder will be."""
    words = next_try_words(desk.look, state.button.ladder, state)
    if words is not None:
        yield Consequence("clock", words)


def in_words(sight: Foresight, todo: tuple[Step, ...]) -> Lines:
    """Yield what steps do; behind a stop nothing happens."""
    for place, one in enumerate(todo):
        here = sight.at(one)
        yield from WORDS[type(one)](here, one)
        end = ends_at(here, one)
        if end:
            return
        sight = after(here, one)
        if end is None:
            yield from perhaps(in_words(sight, todo[place + 1 :]))
            return


def set_words(sight: Foresight, step: steps.SetFields) -> Lines:
    """Yield the fields that get other values, as far as this person may read them."""
    entity = sight.desk.look.application.entity(sight.record.entity)
    readable = sight.desk.access.readable(sight.desk.actor, entity.id)
    for name, slot in step.values.items():
        field = entity.fields.get(name)
        if field is not None and name in readable:
            value = slot_words(sight, slot, field)
            yield Consequence("note", say("{field}: {value}", field=field.label, value=value))


def move_words(sight: Foresight, step: steps.MoveTo) -> Lines:
    """Yield the stage that the record moves to, and what that brings."""
    stage = stage_of(sight.desk.look, step)
    if stage is None:
        return
    yield Consequence("arrow", say("Moves to {stage}", stage=stage.label))
    if stage.closes:
        yield Consequence("check", say("Its open tasks are completed"))


def create_words(sight: Foresight, step: steps.CreateRecord) -> Lines:
    """Yield the record that is made."""
    yield Consequence("plus", say("New: {what}", what=label_of(sight, step.entity)))


def find_words(sight: Foresight, step: steps.FindRecord) -> Lines:
    """Yield what is looked for, and what happens where there is none."""
    label = label_of(sight, step.entity)
    fields = sight.desk.look.application.entity(step.entity).fields
    names = [beginning_small(fields[one].label) for one in step.match if one in fields]
    words = (
        say("Looks for: {what} with the same {fields}", what=label, fields=", ".join(names))
        if names
        else say("Looks for: {what}", what=label)
    )
    yield Consequence("search", words)
    yield from perhaps(in_words(sight, step.otherwise))


def update_words(sight: Foresight, step: steps.UpdateRecord) -> Lines:
    """Yield which fields of another record get other values."""
    entity = sight.entity_of(step.record)
    if entity is None:
        yield Consequence("note", say("Changes another record"))
        return
    readable = sight.desk.access.readable(sight.desk.actor, entity.id)
    names = [one.label for name, one in entity.fields.items() if name in {*step.values} & readable]
    fields = ", ".join(names)
    yield Consequence("note", say("Changes {what}: {fields}", what=entity.label, fields=fields))


def archive_words(sight: Foresight, step: steps.ArchiveRecord) -> Lines:
    """Yield that the record goes out of the lists."""
    del sight, step
    yield Consequence("archive", say("Archived, out of the lists"))


def task_words(sight: Foresight, step: steps.MakeTask) -> Lines:
    """Yield which task is made, for when and for whom."""
    subject = short(text_words(sight, step.values.get("subject")))
    when = due_words(sight, step.values.get("due"))
    who = targets_words(sight, step.to) if step.to else owner_words(sight)
    if when and who:
        words = say("Task “{subject}”, {when}, for {who}", subject=subject, when=when, who=who)
    elif when:
        words = say("Task “{subject}”, {when}", subject=subject, when=when)
    elif who:
        words = say("Task “{subject}”, for {who}", subject=subject, who=who)
    else:
        words = say("Task “{subject}”", subject=subject)
    yield Consequence("check", words)


def finish_words(sight: Foresight, step: steps.FinishTasks) -> Lines:
    """Yield which open tasks are completed."""
    kinds = sight.desk.look.application.entity("task").fields["type"].options
    match step.which:
        case "all":
            words = say("Its open tasks are completed")
        case "ladder":
            words = say("Its tasks to try again are completed")
        case _:
            kind = kinds[step.type].label if step.type in kinds else step.type
            words = say("Its open tasks are completed: {kind}", kind=kind)
    yield Consequence("check", words)


def note_words(sight: Foresight, step: steps.WriteNote) -> Lines:
    """Yield what is written into the timeline."""
    yield Consequence("note", say("Note “{text}”", text=short(sight.text(step.text))))


def assign_words(sight: Foresight, step: steps.AssignOwner) -> Lines:
    """Yield who gets the record; where somebody has it already, nothing follows."""
    entity = sight.desk.look.application.entity(sight.record.entity)
    owner = (entity.owner or "",)
    if step.only_if_empty and sight.known.values.get(owner) is not None:
        return
    label = entity.fields[entity.owner].label if entity.owner else entity.label
    who = targets_words(sight, step.to) or GAP
    is_open = step.only_if_empty and owner not in sight.known.values
    words = (
        say("{field}: {who}, where nobody is there yet", field=label, who=who)
        if is_open
        else say("{field}: {who}", field=label, who=who)
    )
    yield Consequence("user", words)


def notify_words(sight: Foresight, step: steps.Notify) -> Lines:
    """Yield who is told what."""
    who, text = targets_words(sight, step.to) or GAP, short(sight.text(step.text))
    yield Consequence("bell", say("Tells {who}: “{text}”", who=who, text=text))


def if_words(sight: Foresight, step: steps.If) -> Lines:
    """Yield the branch that will be taken; both, as what may happen, where nobody knows yet."""
    holds = sight.holds(step.when)
    if holds is None:
        yield from perhaps(in_words(sight, step.do))
        yield from perhaps(in_words(sight, step.otherwise))
    else:
        yield from in_words(sight, step.do if holds else step.otherwise)


def stop_words(sight: Foresight, step: steps.Stop) -> Lines:
    """Yield the sentence that keeps everything from happening."""
    if step.message is not None:
        yield Consequence("warning", verbatim(short(sight.text(step.message))))


def perhaps(many: Lines) -> Lines:
    """Yield what may happen."""
    return (replace(one, is_maybe=True) for one in many)


WORDS: Mapping[type, Callable[[Foresight, Any], Lines]] = MappingProxyType(
    {
        steps.SetFields: set_words,
        steps.MoveTo: move_words,
        steps.CreateRecord: create_words,
        steps.FindRecord: find_words,
        steps.UpdateRecord: update_words,
        steps.ArchiveRecord: archive_words,
        steps.MakeTask: task_words,
        steps.FinishTasks: finish_words,
        steps.WriteNote: note_words,
        steps.AssignOwner: assign_words,
        steps.Notify: notify_words,
        steps.If: if_words,
        steps.Stop: stop_words,
    }
)
