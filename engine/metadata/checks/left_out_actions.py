"""Buttons and rules that name what is left out go out as a whole: no step is dropped silently."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.metadata import nodes
from engine.metadata.checks.actions import Action, actions
from engine.metadata.checks.subject import Subject
from engine.metadata.expressions.compile import check
from engine.metadata.expressions.steps import Placed, placed_steps
from engine.metadata.model.button import Button
from engine.metadata.model.entity import Entity
from engine.metadata.model.step import (
    CreateRecord,
    FindRecord,
    MakeTask,
    MoveTo,
    SetFields,
    UpdateRecord,
)
from engine.metadata.nodes import Path


def loose_ends_of_actions(subject: Subject) -> Iterator[Path]:
    """Yield the buttons and rules that can't do without something left out, or parts of them."""
    for action in actions(subject):
        steps = placed_steps(subject.application, action.entity, action.of)
        if any(set(_named(one, action.entity)) & subject.later for one in steps):
            yield action.path
        elif isinstance(action.of, Button):
            yield from _of_button(subject, action, action.of)
        else:
            yield from _of_rule(subject, action)


def _named(placed: Placed, entity: Entity) -> Iterator[Path]:
    """Yield the paths of what a step names."""
    step = placed.step
    match step:
        case SetFields():
            yield from _fields(entity.id, step.values)
        case CreateRecord():
            yield ("entities", step.entity)
            yield from _fields(step.entity, step.values)
        case FindRecord():
            yield ("entities", step.entity)
            yield from _fields(step.entity, step.match)
            yield from _fields(entity.id, step.match)
        case UpdateRecord():
            record, _ = check(step.record, placed.scope)
            yield from _fields((record.to if record else None) or "", step.values)
        case MakeTask():
            yield from _fields("task", step.values)
        case MoveTo():
            yield from _stage(entity, step.stage)


def _fields(entity: str, names: Iterable[str]) -> Iterator[Path]:
    yield from (("entities", entity, "fields", one) for one in names)


def _stage(entity: Entity, stage: str) -> Iterator[Path]:
    for field in entity.fields.values():
        if field.pipeline:
            yield ("pipelines", field.pipeline, "stages", stage)


def _of_button(subject: Subject, action: Action, button: Button) -> Iterator[Path]:
    asked = {("entities", action.entity.id, "fields", one.id) for one in button.ask if not one.own}
    shown = [set(_stage(action.entity, one)) & subject.later for one in button.show_in]
    if asked & subject.later or (shown and all(shown)):
        yield action.path
        return
    for number, one in enumerate(shown):
        if one:
            yield (*action.path, "show_in", number)


def _of_rule(subject: Subject, action: Action) -> Iterator[Path]:
    """Yield triggers of which nothing is left, or the rule where it has no other."""
    place: Path = (*action.path, "on")
    found = subject.node(place)
    written = found.items if isinstance(found, nodes.Sequence) else ()
    silent = [
        (*place, number) for number, one in enumerate(written) if _is_silent(subject, action, one)
    ]
    if silent and len(silent) == len(written):
        yield action.path
    else:
        yield from silent


def _is_silent(subject: Subject, action: Action, trigger: nodes.Node) -> bool:
    if not isinstance(trigger, nodes.Mapping) or len(trigger.entries) != 1:
        return False
    entry = trigger.entries[0]
    items = entry.value.items if isinstance(entry.value, nodes.Sequence) else (entry.value,)
    names = [one.text for one in items if isinstance(one, nodes.Scalar)]
    named = (set(_of_trigger(action.entity, entry.key.text, one)) for one in names)
    return bool(names) and all(one & subject.later for one in named)


def _of_trigger(entity: Entity, kind: str, name: str) -> Iterator[Path]:
    """Yield the paths at which a name of a trigger may stand."""
    if kind == "changed":
        yield ("entities", entity.id, "fields", name)
    elif kind in ("entered", "left"):
        yield from _stage(entity, name)
    elif kind == "pressed":
        yield ("entities", entity.id, "buttons", name)
        for field in entity.fields.values():
            yield ("pipelines", field.pipeline or "", "buttons", name)
