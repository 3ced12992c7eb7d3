"""Checks of what steps and triggers name: fields, stages, buttons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.metadata.checks.action_places import written_values
from engine.metadata.checks.actions import Action, buttons_of, rules_of, steps_of
from engine.metadata.checks.subject import Subject, address_of, members, suggest
from engine.metadata.expressions.steps import Placed
from engine.metadata.model.entity import SYSTEM_FIELDS, Entity
from engine.metadata.model.field import Field
from engine.metadata.model.step import AssignOwner, FindRecord, MoveTo
from engine.metadata.nodes import Path, Scalar, path_of
from engine.metadata.problems import Mark, Problem

Named = tuple[str, Mark, Path]


def check_step_fields(subject: Subject) -> Iterator[Problem]:
    """A step or a trigger that names a field which its record does not have.

    Bad:
        name: shop
        entities:
          sale:
            fields: {no: text, price: money}
            buttons: {free: {do: [{set: {prise: 0}}]}}
    Good:
        name: shop
        entities:
          sale:
            fields: {no: text, price: money}
            buttons: {free: {do: [{set: {price: 0}}]}}
    """
    for entity, (name, mark, path) in _field_names(subject):
        is_known = name in entity.fields or name in SYSTEM_FIELDS
        if not is_known and not subject.is_unclear_field(entity.id, name):
            message = f"'{entity.id}' has no field '{name}'"
            hint = suggest(name, members(subject, entity))
            yield Problem("E801", mark, message, hint, address_of(path))


def _field_names(subject: Subject) -> Iterator[tuple[Entity, Named]]:
    for action, placed in steps_of(subject):
        yield from ((entity, named) for entity, named, _ in written_fields(subject, placed))
        step = placed.step
        found = subject.application.entities.get(getattr(step, "entity", ""))
        if isinstance(step, FindRecord) and found:
            place = (*path_of(step.address), "match")
            for one in subject.items(place):
                wanting = action.entity if one.text in found.fields else found
                yield wanting, (one.text, one.mark, place)
    for action, _ in rules_of(subject):
        for kind, named in trigger_names(subject, action):
            if kind == "changed":
                yield action.entity, named


def written_fields(
    subject: Subject, placed: Placed
) -> Iterator[tuple[Entity, Named, Field | None]]:
    """Yield the fields that a step gives values, as they are named."""
    for entity, values in written_values(subject.application, placed):
        for name, slot in values.items():
            path = path_of(slot.address)
            named = (name, subject.key_mark(path), path)
            yield entity, named, entity.fields.get(name)


def trigger_names(subject: Subject, action: Action) -> Iterator[tuple[str, Named]]:
    """Yield the names in the triggers of a rule, each with the kind of its trigger."""
    place: Path = (*action.path, "on")
    for number in range(len(subject.sequence(place))):
        for entry in subject.keys((*place, number)):
            path = (*place, number, entry.key.text)
            names = (entry.value,) if isinstance(entry.value, Scalar) else subject.items(path)
            yield from ((entry.key.text, (one.text, one.mark, path)) for one in names)


def check_stages_named(subject: Subject) -> Iterator[Problem]:
    """A stage that does not exist: in a step `move`, in `show_in`, in `entered` or `left`.

    Bad:
        name: shop
        entities: {deal: {fields: {name: text, stage: stage}}}
        pipelines:
          sales:
            stages: {new: {}, won: {closes: won}}
            buttons: {win: {show_in: [new], do: [{move: wno}]}}
    Good:
        name: shop
        entities: {deal: {fields: {name: text, stage: stage}}}
        pipelines:
          sales:
            stages: {new: {}, won: {closes: won}}
            buttons: {win: {show_in: [new], do: [{move: won}]}}
    """
    for entity, pipelines, (name, mark, path) in _stage_names(subject):
        if _is_any_unclear(subject, entity):
            continue
        known = dict.fromkeys(stage for one in pipelines for stage in _stages(subject, one))
        written = (("pipelines", one, "stages", name) for one in pipelines)
        if name not in known and not any(map(subject.was_written, written)):
            message = f"there is no stage '{name}'"
            hint = suggest(name, tuple(known)) or f"'{entity.id}' has no field of type stage"
            yield Problem("E802", mark, message, hint, address_of(path))
    yield from _unknown_pipelines(subject)


def _stage_names(subject: Subject) -> Iterator[tuple[Entity, tuple[str, ...], Named]]:
    """Yield the stages that are named, with the pipelines in which they may be."""
    for action, placed in steps_of(subject):
        step = placed.step
        if isinstance(step, MoveTo):
            path = path_of(step.address)
            walked = pipelines_of(action.entity)
            if step.pipeline in walked:
                walked, path = (step.pipeline,), (*path, step.pipeline)
            elif step.pipeline:
                continue
            yield action.entity, walked, (step.stage, subject.mark(path), path)
    for action, button in buttons_of(subject):
        place = (*action.path, "show_in")
        within = (button.pipeline,) if button.pipeline else pipelines_of(action.entity)
        for one in subject.items(place):
            yield action.entity, within, (one.text, one.mark, place)
    for action, _ in rules_of(subject):
        for kind, named in trigger_names(subject, action):
            if kind in ("entered", "left"):
                yield action.entity, pipelines_of(action.entity), named


def _unknown_pipelines(subject: Subject) -> Iterator[Problem]:
    for action, placed in steps_of(subject):
        step = placed.step
        if isinstance(step, MoveTo) and step.pipeline:
            walked = pipelines_of(action.entity)
            is_written = subject.was_written(("pipelines", step.pipeline))
            if step.pipeline in walked or _is_any_unclear(subject, action.entity):
                continue
            path = (*path_of(step.address), step.pipeline)
            message = f"there is no pipeline '{step.pipeline}'"
            if is_written:
                message = f"'{action.entity.id}' does not walk through '{step.pipeline}'"
            hint = suggest(step.pipeline, walked)
            if step.pipeline in action.entity.fields:
                hint = f"write `move: {step.stage}`"
            yield Problem("E802", subject.key_mark(path), message, hint, address_of(path[:-1]))


def pipelines_of(entity: Entity) -> tuple[str, ...]:
    """Return the pipelines through which records of an entity walk."""
    found = (one.pipeline for one in entity.fields.values() if one.pipeline)
    return tuple(dict.fromkeys(found))


def _stages(subject: Subject, pipeline: str) -> Iterable[str]:
    return subject.application.pipelines[pipeline].stages


def _is_any_unclear(subject: Subject, entity: Entity) -> bool:
    """Say whether a stage field of the entity has an error, so that its stages are not known."""
    stages = [one for one in entity.fields.values() if one.type == "stage"]
    if any(one.pipeline is None or subject.is_unclear_field(entity.id, one.id) for one in stages):
        return True
    return not stages and subject.is_spoilt(("entities", entity.id, "fields"))


def check_one_stage(subject: Subject) -> Iterator[Problem]:
    """A move to a stage that several pipelines of the record have.

    Bad:
        name: shop
        entities:
          deal:
            fields:
              name: text
              stage: {type: stage, pipeline: sales}
              work: {type: stage, pipeline: making}
            buttons: {finish: {do: [{move: done}]}}
        pipelines:
          sales: {stages: {new: {}, done: {closes: won}}}
          making: {stages: {waiting: {}, done: {closes: done}}}
    Good:
        name: shop
        entities:
          deal:
            fields:
              name: text
              stage: {type: stage, pipeline: sales}
              work: {type: stage, pipeline: making}
            buttons: {finish: {do: [{move: {making: done}}]}}
        pipelines:
          sales: {stages: {new: {}, done: {closes: won}}}
          making: {stages: {waiting: {}, done: {closes: done}}}
    """
    for action, placed in steps_of(subject):
        step = placed.step
        if isinstance(step, MoveTo) and step.pipeline is None:
            walked = pipelines_of(action.entity)
            homes = [one for one in walked if step.stage in _stages(subject, one)]
            if len(homes) > 1:
                message = f"'{step.stage}' is a stage of {' and of '.join(homes)}"
                hint = f"say which: move: {{{homes[0]}: {step.stage}}}"
                mark = subject.mark(path_of(step.address))
                yield Problem("E803", mark, message, hint, step.address)


def check_pressed(subject: Subject) -> Iterator[Problem]:
    """A rule that listens to a button which its records do not have.

    Bad:
        name: shop
        entities:
          sale: {fields: {no: text}, buttons: {busy: {do: [{note: Busy}]}}}
        automations:
          tell: {entity: sale, on: [{pressed: bussy}], do: [{note: Pressed}]}
    Good:
        name: shop
        entities:
          sale: {fields: {no: text}, buttons: {busy: {do: [{note: Busy}]}}}
        automations:
          tell: {entity: sale, on: [{pressed: busy}], do: [{note: Pressed}]}
    """
    for action, _ in rules_of(subject):
        if _is_any_unclear(subject, action.entity):
            continue
        known = tuple(subject.application.buttons(action.entity.id))
        homes: list[Path] = [("entities", action.entity.id)]
        homes += [("pipelines", one) for one in pipelines_of(action.entity)]
        for kind, (name, mark, path) in trigger_names(subject, action):
            is_written = any(subject.was_written((*one, "buttons", name)) for one in homes)
            if kind == "pressed" and name not in known and not is_written:
                message = f"'{action.entity.id}' has no button '{name}'"
                yield Problem("E804", mark, message, suggest(name, known), address_of(path))


def check_settable(subject: Subject) -> Iterator[Problem]:
    """A step that sets a field which changes in another way: a stage, a formula, a number.

    Bad:
        name: shop
        entities:
          item:
            fields: {name: text, price: money, twice: {type: money, formula: price * 2}}
            buttons: {double: {do: [{set: {twice: 10}}]}}
    Good:
        name: shop
        entities:
          item:
            fields: {name: text, price: money, twice: {type: money, formula: price * 2}}
            buttons: {double: {do: [{set: {price: 5}}]}}
    """
    for _, placed in steps_of(subject):
        for entity, (name, mark, path), field in written_fields(subject, placed):
            if not subject.is_unclear_field(entity.id, name):
                why = _why_not_set(name, field)
                if why:
                    message = f"a step can't set '{name}': {why[0]}"
                    yield Problem("E805", mark, message, why[1], address_of(path))


def check_assignable(subject: Subject) -> Iterator[Problem]:
    """A step `assign` for records that have no field for their owner.

    The owner is the field `owner` of type user, or the one that the entity names as its `owner`.

    Bad:
        name: shop
        entities: {sale: {fields: {no: text}}}
        teams: {sellers: {}}
        automations: {give: {entity: sale, on: [created], do: [{assign: {to: {team: sellers}}}]}}
    Good:
        name: shop
        entities: {sale: {fields: {no: text, owner: user}}}
        teams: {sellers: {}}
        automations: {give: {entity: sale, on: [created], do: [{assign: {to: {team: sellers}}}]}}
    """
    for action, placed in steps_of(subject):
        entity, step = action.entity, placed.step
        is_unclear = subject.is_spoilt(("entities", entity.id))
        if isinstance(step, AssignOwner) and entity.owner is None and not is_unclear:
            message = f"'{entity.id}' has no field for its owner"
            yield Problem("E826", step.mark, message, "give it one: `owner: user`", step.address)


def _why_not_set(name: str, field: Field | None) -> tuple[str, str] | None:
    if name == "archived":
        return "it is archived by a step of its own", "write `- archive: true`"
    if field is None:
        return ("the engine keeps it", "") if name in SYSTEM_FIELDS else None
    if field.formula:
        return "it is computed", "set the fields from which it is computed"
    if field.type == "stage":
        return "a stage changes by a move", "write `- move: STAGE`"
    return ("its number is given by the engine", "") if field.type == "sequence" else None
