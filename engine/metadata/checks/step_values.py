"""Checks of what steps write: values that fit, nothing needed left out, records that are named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.metadata.checks.action_places import written_values
from engine.metadata.checks.actions import TARGETS, Action, scalars_in, steps_of, written_actions
from engine.metadata.checks.ids import GRAMMAR
from engine.metadata.checks.literals import Unreadable, read_literal
from engine.metadata.checks.rows import needed_fields
from engine.metadata.checks.subject import Subject, address_of
from engine.metadata.checks.values import beyond, literal_problems
from engine.metadata.expressions.names import ELSEWHERE
from engine.metadata.expressions.steps import Placed
from engine.metadata.expressions.types import WORDS
from engine.metadata.fieldtypes.base import Kind
from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.metadata.model.entity import SYSTEM_FIELDS, Entity
from engine.metadata.model.field import Field, FormulaKind
from engine.metadata.model.step import CreateRecord, FindRecord, FinishTasks, MakeTask, Step
from engine.metadata.model.text import Literal, Slot, Template
from engine.metadata.nodes import Path, Scalar, path_of
from engine.metadata.problems import Problem

RESERVED = GRAMMAR | ELSEWHERE.keys() | {"user", "old", "inputs"}
# Where only an expression will do: who is meant, which record.
RECORDS = (("update", "record"), ("task", "about"))


def check_step_values(subject: Subject) -> Iterator[Problem]:
    """A value in a step that its field can't hold.

    Bad:
        name: shop
        entities:
          item: {fields: {name: text, price: money}, buttons: {free: {do: [{set: {price: free}}]}}}
    Good:
        name: shop
        entities:
          item: {fields: {name: text, price: money}, buttons: {free: {do: [{set: {price: 0}}]}}}
    """
    for _, placed in steps_of(subject):
        for entity, values in written_values(subject.application, placed):
            for name, slot in values.items():
                field = entity.fields.get(name)
                if field and not subject.is_unclear_field(entity.id, name):
                    yield from _value(subject, field, slot)
        if isinstance(placed.step, FinishTasks) and placed.step.type:
            yield from _type_of_tasks(subject, placed.step)


def _value(subject: Subject, field: Field, slot: Slot) -> Iterator[Problem]:
    kind = FIELD_TYPES[field.type].kind
    if isinstance(slot, Literal) and not _is_given(field):
        found = tuple(literal_problems(subject, "E806", field, slot))
        yield from found
        outside = "" if found else beyond(field, slot.text)
        if outside:
            yield Problem("E806", slot.mark, outside, "", slot.address)
    elif isinstance(slot, Template) and kind is not Kind.TEXT and not _is_given(field):
        message = f"'{field.id}' is {WORDS[kind]}, and this is a text"
        hint = 'write an expression: "= ..."'
        yield Problem("E806", slot.mark, message, hint, slot.address)


def _is_given(field: Field) -> bool:
    """Say whether nothing at all can be written into a field, which is said elsewhere."""
    return field.formula is not None or field.type in ("stage", "sequence")


def _type_of_tasks(subject: Subject, step: FinishTasks) -> Iterator[Problem]:
    task = subject.application.entities.get("task")
    field = task.fields.get("type") if task else None
    if field and not subject.is_unclear_field("task", "type"):
        try:
            read_literal(step.type, field, subject.application)
        except Unreadable as problem:
            path = (*path_of(step.address), "tasks", "type")
            mark = subject.mark(path)
            yield Problem("E806", mark, problem.message, problem.hint, address_of(path))


def check_required(subject: Subject) -> Iterator[Problem]:
    """A step that makes a record and leaves a required field empty: it would always be refused.

    Bad:
        name: shop
        entities:
          client: {fields: {name: {type: text, required: true}, city: text}}
          sale:
            fields: {no: text, city: text}
            buttons: {client: {do: [{create: {entity: client, set: {city: "= city"}}}]}}
    Good:
        name: shop
        entities:
          client: {fields: {name: {type: text, required: true}, city: text}}
          sale:
            fields: {no: text, city: text}
            buttons: {client: {do: [{create: {entity: client, set: {name: "= no"}}}]}}
    """
    for _, placed in steps_of(subject):
        step = placed.step
        if not isinstance(step, (CreateRecord, MakeTask)):
            continue
        for entity, values in written_values(subject.application, placed):
            missing = _missing(subject, entity, values, step)
            if missing:
                names = " and no ".join(f"'{one.id}'" for one in missing)
                message = f"the new {entity.id} has no {names}, which is required"
                hint = f"write {missing[0].id}: ..."
                yield Problem("E807", step.mark, message, hint, step.address)


def _missing(
    subject: Subject, entity: Entity, values: Mapping[str, Slot], step: Step
) -> list[Field]:
    """Return what is needed and not given; a misspelt name may have been meant for it."""
    is_clear = values.keys() <= entity.fields.keys() and not subject.is_spoilt(
        path_of(step.address)
    )
    return [
        one
        for one in needed_fields(entity)
        if is_clear
        and one.id not in values
        and one.visible_when is None
        and not subject.is_unclear_field(entity.id, one.id)
        and not (isinstance(step, MakeTask) and one.id in ("to", "about"))
    ]


def check_names_given(subject: Subject) -> Iterator[Problem]:
    """A name for a record (`as`) that means something else already.

    Bad:
        name: shop
        entities:
          client: {fields: {name: text}}
          sale:
            fields: {no: text, client: {type: link, to: client}}
            buttons: {make: {do: [{create: {entity: client, as: client}}]}}
    Good:
        name: shop
        entities:
          client: {fields: {name: text}}
          sale:
            fields: {no: text, client: {type: link, to: client}}
            buttons: {make: {do: [{create: {entity: client, as: buyer}}]}}
    """
    for action, placed in steps_of(subject):
        step = placed.step
        if isinstance(step, (CreateRecord, FindRecord)) and step.name:
            path = (*path_of(step.address), "as")
            what = _meaning(subject, action, placed, step)
            if what:
                message = f"'{step.name}' can't be a name here: {what}"
                hint = "choose another name"
                yield Problem("E808", subject.mark(path), message, hint, address_of(path))


def _meaning(
    subject: Subject, action: Action, placed: Placed, step: CreateRecord | FindRecord
) -> str:
    """Say what a name means already."""
    name, known = step.name, placed.scope.extra.get(step.name)
    if name in RESERVED:
        return "it is a word of expressions"
    if name in action.entity.fields or name in SYSTEM_FIELDS:
        return f"it is a field of {action.entity.id}"
    has_any = any(one.type == "any_link" for one in action.entity.fields.values())
    if has_any and name in subject.application.entities:
        return f"it is the way from {action.entity.id} to its {name}"
    if isinstance(known, Entity) and known.id != step.entity:
        return f"it is the name of a {known.id} already"
    return ""


def check_find(subject: Subject) -> Iterator[Problem]:
    """A step `find` that does not say how: by fields that agree (`match`), or by a condition.

    Bad:
        name: shop
        entities:
          client: {fields: {name: text, phone: phone}}
          sale:
            fields: {no: text, phone: phone}
            buttons: {look: {do: [{find: {entity: client, as: known}}]}}
    Good:
        name: shop
        entities:
          client: {fields: {name: text, phone: phone}}
          sale:
            fields: {no: text, phone: phone}
            buttons: {look: {do: [{find: {entity: client, match: [phone], as: known}}]}}
    """
    for action, placed in steps_of(subject):
        step = placed.step
        if isinstance(step, FindRecord):
            path = path_of(step.address)
            ways = [(*path, "match"), (*path, "where")]
            hint = ""
            if all(subject.node(one) is not None for one in ways):
                hint = "leave one of them out: `where` can say both"
            elif not any(map(subject.was_written, ways)):
                hint = "write `match: [phone]`, or `where: phone == record.phone`"
            if hint:
                message = "a record is found by `match` or by `where`"
                yield Problem("E820", step.mark, message, hint, step.address)
            yield from _unequal(subject, action, step)


def _unequal(subject: Subject, action: Action, step: FindRecord) -> Iterator[Problem]:
    """Yield fields to match of which the two records hold different kinds of values."""
    found = subject.application.entities.get(step.entity)
    place: Path = (*path_of(step.address), "match")
    for one in subject.items(place):
        own, other = action.entity.fields.get(one.text), None
        other = found.fields.get(one.text) if found else None
        if own is None or other is None:
            continue
        if any(subject.is_unclear_field(each.entity, each.id) for each in (own, other)):
            continue
        why = _why_no_match(own, other)
        if why:
            yield Problem("E820", one.mark, why, "use `where`", address_of(place))


def _why_no_match(own: Field, other: Field) -> str:
    moves = FormulaKind.ON_READ in (own.formula_kind, other.formula_kind)
    if moves or FIELD_TYPES[own.type].kind is Kind.ANY_LINK:
        return f"records can't be matched by '{own.id}'"
    if (FIELD_TYPES[own.type].kind, own.to) != (FIELD_TYPES[other.type].kind, other.to):
        types = f"{own.type} in {own.entity}, {other.type} in {other.entity}"
        return f"'{own.id}' is not the same kind of value on both sides: {types}"
    return ""


def check_expressions_wanted(subject: Subject) -> Iterator[Problem]:
    """A plain word where a record or a person is meant: it is written as an expression, after `=`.

    Bad:
        name: shop
        entities:
          sale:
            fields: {no: text, owner: user}
            buttons: {tell: {do: [{notify: {to: owner, text: Look}}]}}
    Good:
        name: shop
        entities:
          sale:
            fields: {no: text, owner: user}
            buttons: {tell: {do: [{notify: {to: "= owner", text: Look}}]}}
    """
    for path in written_actions(subject):
        for place, one in scalars_in(subject, path):
            if _wants_expression(place) and not _is_expression(one):
                message = f"'{one.text}' is a plain word, and this place needs an expression"
                hint = f'write "= {one.text}"{_others(subject, one.text, place)}'
                yield Problem("E822", one.mark, message, hint, address_of(place))
            elif _is_login(place) and one.text.startswith("="):
                message = "'user' is a login, and this is an expression"
                yield Problem(
                    "E822", one.mark, message, f'write "{one.text}" alone', address_of(place)
                )


def _wants_expression(path: Path) -> bool:
    words = tuple(one for one in path if isinstance(one, str))
    is_of = words[-1] == "of" and words[-3:-1] in TARGETS
    return is_of or words[-2:] in RECORDS or words[-2:] in TARGETS


def _is_login(path: Path) -> bool:
    words = tuple(one for one in path if isinstance(one, str))
    return words[-1] == "user" and words[-3:-1] in TARGETS


def _is_expression(one: Scalar) -> bool:
    return one.text.startswith("=") and not one.text.startswith("==")


def _others(subject: Subject, word: str, path: Path) -> str:
    """Offer a target of another kind, where the word is the id of a role or a team."""
    if path[-1] in ("record", "about"):
        return ""
    application = subject.application
    kind = "role" if word in application.roles else "team" if word in application.teams else ""
    return f", or {{{kind}: {word}}}" if kind else ""
