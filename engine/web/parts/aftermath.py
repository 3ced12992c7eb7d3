"""What is known behind a step that has not been done yet, and whether anything comes behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from engine.metadata.model.step import (
    AssignOwner,
    FindRecord,
    If,
    MoveTo,
    SetFields,
    Step,
    Stop,
    every_step,
)
from engine.metadata.model.text import Expression, Slot, Value
from engine.web.parts.foresight import Foresight
from engine.web.parts.judging import Path


def ends(sight: Foresight, steps: Iterable[Step]) -> bool | None:
    """Say whether steps end the run, None where that depends on what nobody knows yet."""
    found: bool | None = False
    for one in steps:
        here = ends_at(sight.at(one), one)
        if here:
            return True if found is False else None
        found = None if here is None else found
    return found


def ends_at(sight: Foresight, step: Step) -> bool | None:
    """Say whether one step ends the run."""
    match step:
        case Stop():
            return True
        case If():
            holds = sight.holds(step.when)
            if holds is not None:
                return ends(sight, step.do if holds else step.otherwise)
            either = {ends(sight, step.do), ends(sight, step.otherwise)}
            return either.pop() if len(either) == 1 else None
        case FindRecord():
            return None if ends(sight, step.otherwise) is not False else False
        case _:
            return False


def after(sight: Foresight, step: Step) -> Foresight:
    """Return what is known behind a step: what it changes is known anew, or not any more."""
    changed = frozenset(changed_by(sight, (step,)))
    if not changed:
        return sight
    lost = sight.script.depending(changed)
    kept = {path: value for path, value in sight.known.values.items() if path[0] not in lost}
    values = {**kept, **dict(known_anew(sight, step))}
    return replace(sight, known=replace(sight.known, values=values))


def changed_by(sight: Foresight, steps: tuple[Step, ...]) -> Iterator[str]:
    """Yield the fields of the record that steps may change."""
    for one in every_step(steps):
        match one:
            case SetFields():
                yield from one.values
            case MoveTo():
                yield from stage_fields(sight, one)
            case AssignOwner():
                yield from owner_fields(sight)
            case _:
                pass


def known_anew(sight: Foresight, step: Step) -> Iterator[tuple[Path, Value]]:
    """Yield the values that a step gives, as far as they are known."""
    match step:
        case SetFields():
            yield from known_slots(sight, step.values)
        case MoveTo():
            yield from (((one,), step.stage) for one in stage_fields(sight, step))
        case AssignOwner():
            yield from known_owner(sight, step)
        case _:
            pass


def known_slots(sight: Foresight, values: Mapping[str, Slot]) -> Iterator[tuple[Path, Value]]:
    """Yield the values of expressions that are known."""
    for name, slot in values.items():
        if isinstance(slot, Expression) and sight.typed(slot) is not None:
            yield (name,), sight.value(slot)


def known_owner(sight: Foresight, step: AssignOwner) -> Iterator[tuple[Path, Value]]:
    """Yield the owner, where it stays or is one person."""
    people = [one.person for one in step.to if one.person is not None]
    for name in owner_fields(sight):
        now = sight.known.values.get((name,))
        if step.only_if_empty and now is not None:
            yield (name,), now
        elif len(step.to) == len(people) == 1 and sight.typed(people[0]) is not None:
            yield (name,), sight.value(people[0])


def stage_fields(sight: Foresight, step: MoveTo) -> Iterator[str]:
    """Yield the stage field that a move changes."""
    application = sight.scope.application
    for one in application.entity(sight.record.entity).fields.values():
        pipeline = application.pipelines.get(one.pipeline or "")
        is_meant = step.pipeline in (None, one.pipeline)
        if pipeline is not None and is_meant and step.stage in pipeline.stages:
            yield one.id


def owner_fields(sight: Foresight) -> Iterator[str]:
    """Yield the field that holds the owner, where there is one."""
    owner = sight.scope.application.entity(sight.record.entity).owner
    if owner is not None:
        yield owner
