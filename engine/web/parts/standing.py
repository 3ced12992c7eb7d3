"""How a record stands for a person: which fields show, which are locked and why, where it may go.

Whoever may edit gets the record service's own verdict. For others the same conditions are judged on
what they may read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.errors import Message, say
from engine.metadata.model.entity import Entity
from engine.metadata.model.field import Field
from engine.metadata.model.pipeline import Move, Stage
from engine.metadata.model.text import Expression, Template
from engine.runtime.query.records import Record
from engine.runtime.records.conditions import FieldState
from engine.runtime.records.opened import Opened
from engine.runtime.records.stand import Stand
from engine.web.parts.desk import Desk
from engine.web.parts.facts import Standing
from engine.web.parts.judging import Sight, sight_of

NO_WAY = say("No move leads here from the present stage")
NOT_YOURS = say("You may not move this record")
OUT_OF_USE = say("The record is out of use")
NOT_NOW = say("Not possible as the record is now")

Reasons = Mapping[str, Message | None]


@dataclass(frozen=True, slots=True)
class StageSigns:
    """What is said beside each stage: why not (None: open), and what it still asks for."""

    reasons: Reasons
    wants: Mapping[str, str]


def sight_for_card(desk: Desk, record: Record) -> Sight:
    """Return what the card's conditions and texts need, in one go."""
    entity = desk.look.application.entity(record.entity)
    return sight_of(desk, record, card_words(desk, entity, record))


def card_words(
    desk: Desk, entity: Entity, record: Record
) -> Iterator[Expression | Template | None]:
    """Yield every condition and text that the card looks at."""
    yield entity.subtitle
    for field in entity.fields.values():
        yield field.visible_when
        if field.type != "stage" or field.pipeline is None:
            continue
        pipeline = desk.look.application.pipelines[field.pipeline]
        for stage in pipeline.stages.values():
            yield stage.enter_when
            yield stage.message
        for move in (pipeline.moves or {}).get(str(record.values.get(field.id)), ()):
            yield move.when


def stand_of(desk: Desk, opened: Opened) -> Stand:
    """Return the record service's verdict on a record; on one in the trash there is none."""
    record = opened.record
    if record.trashed or record.may.isdisjoint(("edit", "press")):
        return Stand()
    return desk.records.stand(desk.actor, opened.held)


def standing_of(
    desk: Desk, record: Record, sight: Sight, states: Mapping[str, FieldState] | None
) -> Standing:
    """Return which fields show, which are locked and why, and what this person may write.

    `states` are those of the record service, None for a person who may not edit the record.
    """
    entity = desk.look.application.entity(record.entity)
    if states is None:
        visible = {
            one.id: sight.holds(one.visible_when) is not False for one in entity.fields.values()
        }
        return Standing(visible, {}, frozenset())
    return Standing(
        visible={name: state.visible for name, state in states.items()},
        locked={
            name: state.reason
            for name, state in states.items()
            if state.readonly and has_lock(entity.fields[name])
        },
        writable=desk.writable(record.entity)
        & {name for name, state in states.items() if not state.readonly},
    )


def signs_now(desk: Desk, record: Record, field: Field, stand: Stand) -> StageSigns:
    """Return what is said beside each stage of a record as it stands."""
    sight = sight_for_card(desk, record)
    standing = standing_of(desk, record, sight, stand.fields)
    return signs_of(desk, record, field, sight, standing)


def has_lock(field: Field) -> bool:
    """Say whether a condition of the configuration may close the field."""
    return field.locked_when is not None or field.readonly_when is not None


def signs_of(
    desk: Desk, record: Record, field: Field, sight: Sight, standing: Standing
) -> StageSigns:
    """Return what is said beside each stage of a field's pipeline."""
    pipeline = desk.look.application.pipelines[field.pipeline or ""]
    wants = {one.id: want_of(sight, one) for one in pipeline.stages.values()}
    closed = closed_to(desk, record, field)
    if closed is not None:
        return StageSigns(dict.fromkeys(pipeline.stages, closed), wants)
    blocked = {one.id: beyond(desk, record, one, standing) for one in pipeline.stages.values()}
    if pipeline.moves is None:
        return StageSigns(blocked, wants)
    ways = pipeline.moves.get(str(record.values.get(field.id)), ())
    reasons: dict[str, Message | None] = dict.fromkeys(pipeline.stages, NO_WAY)
    reasons |= {one.target: why_not(desk, sight, one) or blocked[one.target] for one in ways}
    return StageSigns(reasons, wants)


def beyond(desk: Desk, record: Record, stage: Stage, standing: Standing) -> Message | None:
    """Say what a stage asks for that somebody else has to fill in, None where there is nothing."""
    fields = desk.look.application.entity(record.entity).fields
    missing = (
        fields[name].label
        for name in missing_of(record, stage)
        if name in fields and name not in standing.writable
    )
    labels = ", ".join(missing)
    return say("Somebody else has to fill in: {fields}", fields=labels) if labels else None


def missing_of(record: Record, stage: Stage) -> tuple[str, ...]:
    """Return the fields that a stage asks for and the record does not have yet."""
    return tuple(
        name
        for name in stage.require
        if name in record.values and record.values[name] in (None, ())
    )


def closed_to(desk: Desk, record: Record, field: Field) -> Message | None:
    """Say why this person moves nothing here, None where moves are judged one by one."""
    if record.archived or record.trashed:
        return OUT_OF_USE
    if "edit" not in record.may or is_readonly(desk, field):
        return NOT_YOURS
    return None


def is_readonly(desk: Desk, field: Field) -> bool:
    """Say whether all roles by which this person edits close the field."""
    roles = [desk.look.application.roles.get(one) for one in desk.actor.roles]
    editing = [one for one in roles if one and one.can.get(field.entity, {}).get("edit")]
    return bool(editing) and all(f"{field.entity}.{field.id}" in one.readonly for one in editing)


def why_not(desk: Desk, sight: Sight, move: Move) -> Message | None:
    """Say why a move is closed, None where it is open as far as this person can know."""
    if move.roles and not set(move.roles) & set(desk.actor.roles):
        known = desk.look.application.roles
        labels = ", ".join(known[one].label for one in move.roles if one in known)
        return say("Only for: {roles}", roles=labels)
    return NOT_NOW if sight.holds(move.when) is False else None


def want_of(sight: Sight, stage: Stage) -> str:
    """Return what a stage says of a record that may not enter it as it is."""
    return sight.text(stage.message) if sight.holds(stage.enter_when) is False else ""
