"""Expressions and texts of buttons and rules, each with the names that are known there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from engine.metadata import nodes
from engine.metadata.checks.actions import Action, actions
from engine.metadata.checks.places import Place
from engine.metadata.checks.subject import Subject
from engine.metadata.expressions.compile import Expected, check
from engine.metadata.expressions.names import Scope
from engine.metadata.expressions.steps import (
    Placed,
    placed_steps,
    scope_of_when,
    scope_of_where,
)
from engine.metadata.fieldtypes.base import Kind
from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.metadata.model.application import Application
from engine.metadata.model.button import Button
from engine.metadata.model.entity import Entity
from engine.metadata.model.field import Field
from engine.metadata.model.rule import Rule
from engine.metadata.model.step import (
    AssignOwner,
    CreateRecord,
    FindRecord,
    If,
    MakeTask,
    Notify,
    SetFields,
    Step,
    Stop,
    Target,
    UpdateRecord,
    WriteNote,
)
from engine.metadata.model.text import Expression, Literal, Slot, Template

ONE_RECORD = (Kind.LINK,)
ANY_RECORD = (Kind.LINK, Kind.ANY_LINK)


def places_of_actions(subject: Subject) -> Iterator[Place]:
    """Yield all expressions and texts of buttons and rules."""
    application = subject.application
    for action in actions(subject):
        yield from _of_conditions(application, action)
        given = frozenset(_given(nodes.node_at(subject.raw, action.path)))
        asked = frozenset({"ask"} if subject.is_spoilt((*action.path, "ask")) else ())
        for placed in placed_steps(application, action.entity, action.of):
            known = placed.scope.extra.keys() | placed.scope.elsewhere.keys()
            for place in _of_step(application, placed):
                yield replace(place, spoilt=(given - known) | asked)


def _of_conditions(application: Application, action: Action) -> Iterator[Place]:
    entity, of = action.entity, action.of
    if of.when:
        yield Place(of.when, scope_of_when(application, entity, of), Kind.BOOL)
    if isinstance(of, Rule) and of.where:
        yield Place(of.where, scope_of_where(application, entity), Kind.BOOL)
    if isinstance(of, Button):
        yield from _of_dialog(application, entity, of)


def _of_dialog(application: Application, entity: Entity, button: Button) -> Iterator[Place]:
    scope = Scope(application, entity, with_old=False)
    for field in (one.own for one in button.ask if one.own):
        if isinstance(field.default, (Expression, Template)):
            yield Place(field.default, scope, field)
        if field.message:
            yield Place(field.message, scope)
        target = application.entities.get(field.to or "")
        if field.where and target:
            yield Place(field.where, Scope(application, target, with_old=False), Kind.BOOL)


def _of_step(application: Application, placed: Placed) -> Iterator[Place]:
    step, scope = placed.step, placed.scope
    for entity, values in written_values(application, placed):
        yield from _of_values(entity, values, scope)
    for target in targets_of(step):
        for person in (target.person, target.of):
            if person:
                yield Place(person, scope, _person(target))
    match step:
        case UpdateRecord():
            yield Place(step.record, scope, of_record=ONE_RECORD)
        case FindRecord(where=where) if where and placed.looked_for:
            yield Place(where, placed.looked_for, Kind.BOOL)
        case MakeTask(about=about) if about:
            yield Place(about, scope, of_record=ANY_RECORD)
        case WriteNote(text=text) | Notify(text=text) | Stop(message=text) if text:
            yield Place(text, scope)
        case If():
            yield Place(step.when, scope, Kind.BOOL)


def targets_of(step: Step) -> tuple[Target, ...]:
    """Return who is meant by a step."""
    return step.to if isinstance(step, (MakeTask, AssignOwner, Notify)) else ()


def written_values(
    application: Application, placed: Placed
) -> Iterator[tuple[Entity, Mapping[str, Slot]]]:
    """Yield the values that a step writes, with the entity whose fields they go into."""
    entities = application.entities
    match placed.step:
        case SetFields(values=values) if placed.scope.entity:
            yield placed.scope.entity, values
        case CreateRecord(entity=name, values=values) if name in entities:
            yield entities[name], values
        case UpdateRecord(record=record, values=values):
            found, _ = check(record, placed.scope)
            entity = entities.get((found.to if found else None) or "")
            if entity:
                yield entity, values
        case MakeTask(values=values) if "task" in entities:
            yield entities["task"], values


def _of_values(entity: Entity, values: Mapping[str, Slot], scope: Scope) -> Iterator[Place]:
    for name, slot in values.items():
        field = entity.fields.get(name)
        if field is None or isinstance(slot, Literal):
            continue
        if isinstance(slot, Expression) and FIELD_TYPES[field.type].kind is Kind.ANY_LINK:
            yield Place(slot, scope, of_record=(*ANY_RECORD, None))
        else:
            yield Place(slot, scope, field)


def _person(target: Target) -> Expected:
    return Field("to", "", "user", "", "", target.mark, to="user")


def _given(node: nodes.Node | None) -> Iterator[str]:
    """Yield the names that steps give (`as`), whether they are right or not."""
    match node:
        case nodes.Mapping(entries):
            for one in entries:
                if one.key.text == "as" and isinstance(one.value, nodes.Scalar):
                    yield one.value.text
                else:
                    yield from _given(one.value)
        case nodes.Sequence(items):
            for item in items:
                yield from _given(item)
