"""The stages of a record as a path: what was, what is, what may come and why the rest may not."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import Message, say, verbatim
from engine.metadata.model.entity import Entity
from engine.metadata.model.field import Field
from engine.metadata.model.pipeline import Stage
from engine.runtime.query.records import Record
from engine.runtime.query.stays import Stay
from engine.web.parts.facts import beginning_small
from engine.web.parts.look import Look
from engine.web.parts.moments import distance, length_words, nominal, short_moment, span
from engine.web.parts.standing import StageSigns, missing_of

MANY = 8


@dataclass(frozen=True, slots=True)
class Step:
    """One stage on the path; it can be pressed where `reason` is None and it is not the present.

    `note` is the small line below it: what it asks for, or how long the record has been here.
    """

    id: str
    label: str
    color: str
    help: str
    note: Message | None
    reason: Message | None
    is_done: bool = False
    is_now: bool = False
    is_end: bool = False
    is_open: bool = False
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class StagePath:
    """A stage field with its pipeline drawn for one record."""

    field: str
    label: str
    now: str
    steps: tuple[Step, ...]
    is_only: bool

    @property
    def ways(self) -> tuple[Step, ...]:
        """Return the stages that can be entered now."""
        return tuple(one for one in self.steps if one.is_open)

    @property
    def is_many(self) -> bool:
        """Say whether there are so many stages that only the reachable ones keep their words."""
        return len(self.steps) > MANY


def stage_path(
    look: Look,
    record: Record,
    field: Field,
    signs: StageSigns,
    stay: Stay | None = None,
) -> StagePath:
    """Return the path of a stage field with what is said beside each stage."""
    pipeline = look.application.pipelines[field.pipeline or ""]
    entity = look.application.entity(record.entity)
    now = record.values.get(field.id)
    stages = tuple(pipeline.stages.values())
    at = next((place for place, one in enumerate(stages) if one.id == now), -1)
    went_well = at >= 0 and stages[at].closes in (None, "won", "done")
    steps = tuple(
        Step(
            id=one.id,
            label=one.label,
            color=one.color,
            help=one.help,
            note=stay_words(look, one, stay)
            if place == at
            else note_of(record, entity, one, signs.wants[one.id]),
            reason=signs.reasons[one.id] if place != at else None,
            is_done=went_well and place < at and one.closes is None,
            is_now=place == at,
            is_end=one.closes is not None,
            is_open=place != at and signs.reasons[one.id] is None,
            is_late=place == at and is_late(look, one, stay),
        )
        for place, one in enumerate(stages)
    )
    return StagePath(field.id, field.label, str(now or ""), steps, is_only_stage(entity))


def is_only_stage(entity: Entity) -> bool:
    """Say whether the entity walks through one pipeline only."""
    return sum(one.type == "stage" for one in entity.fields.values()) == 1


def stay_words(look: Look, stage: Stage, stay: Stay | None) -> Message | None:
    """Say how long the record has been in its stage: 1 d 4 h of 2 working days."""
    if stay is None or stay.stage != stage.id or stage.closes is not None:
        return None
    length = span(look.now - stay.entered_at)
    if stage.sla is None or stay.due_at is None:
        return length
    if is_late(look, stage, stay):
        return say("{length}, late {late}", length=length, late=distance(look.now - stay.due_at))
    if look.now - stay.entered_at > nominal(stage.sla):  # free time does not count
        return say("{length}, until {when}", length=length, when=short_moment(look, stay.due_at))
    return say("{length} of {limit}", length=length, limit=length_words(stage.sla))


def is_late(look: Look, stage: Stage, stay: Stay | None) -> bool:
    """Say whether the record has stayed in its stage for too long."""
    if stay is None or stay.stage != stage.id or stage.sla is None or stay.due_at is None:
        return False
    return stay.due_at < look.now


def note_of(record: Record, entity: Entity, stage: Stage, want: str) -> Message | None:
    """Return the small line below a stage: what it still asks for, or its probability."""
    missing = tuple(
        beginning_small(entity.fields[name].label) for name in missing_of(record, stage)
    )
    if missing:
        return say("needs {fields}", fields=", ".join(missing))
    if want:
        return verbatim(want)
    if stage.probability is not None:
        return say("{number} %", number=stage.probability)
    return None
