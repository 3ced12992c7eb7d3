"""Checks of demo stories: entities, fields, buttons and stages that their lines name."""

from __future__ import annotations

from collections.abc import Iterator

from engine.metadata.build.stories import fields_of, record_of, stage_fields
from engine.metadata.build.story_lines import Told
from engine.metadata.checks.subject import Subject, suggest
from engine.metadata.model.entity import Entity
from engine.metadata.nodes import Scalar
from engine.metadata.problems import Problem


def check_story_names(subject: Subject) -> Iterator[Problem]:
    """A line of a story with an entity, a field, a button or a stage that is not there.

    Bad:
        # crm.yaml
        name: shop
        entities: {item: {fields: {name: text}}}
        # demo/story.yaml
        rows: {user: {ivan: {name: Ivan}}}
        story: [{at: 3 d ago 10:00, as: ivan, create: {item a: {nmae: Apple}}}]
    Good:
        # crm.yaml
        name: shop
        entities: {item: {fields: {name: text}}}
        # demo/story.yaml
        rows: {user: {ivan: {name: Ivan}}}
        story: [{at: 3 d ago 10:00, as: ivan, create: {item a: {name: Apple}}}]
    """
    for one in subject.tale.lines:
        for word in (*((one.entity,) if one.entity else ()), *(made.key for made in one.makes)):
            yield from _entity(subject, word)
        record = record_of(one, subject.tale.keys)
        entity = subject.application.entities.get(record[0]) if record else None
        if entity:
            yield from _of_line(subject, one, entity)


def _entity(subject: Subject, word: Scalar) -> Iterator[Problem]:
    known = subject.application.entities
    if word.text not in known and not subject.was_written(("entities", word.text)):
        message = f"there is no entity '{word.text}'"
        yield Problem("E715", word.mark, message, suggest(word.text, tuple(known)), "story")


def _of_line(subject: Subject, line: Told, entity: Entity) -> Iterator[Problem]:
    fields = fields_of(line, entity.id, subject.application)
    if fields is None:
        if any(path[:2] == ("entities", entity.id) for path in subject.unclear):
            return
        assert line.name is not None  # noqa: S101 - only a press and a move may miss something
        what = _button if line.verb == "press" else _stage
        yield from what(subject, line.name, entity)
        return
    for one in line.values:
        name = one.key.text
        if name not in fields:
            yield from _field(subject, line, one.key, entity, tuple(fields))
        elif fields[name].formula:
            message = f"'{name}' is computed"
            yield Problem("E715", one.key.mark, message, "leave it out", entity.address)


def _field(
    subject: Subject, line: Told, word: Scalar, entity: Entity, known: tuple[str, ...]
) -> Iterator[Problem]:
    if subject.is_unclear_field(entity.id, word.text):
        return
    message = f"'{entity.id}' has no field '{word.text}'"
    if line.verb == "press" and line.name:
        if subject.was_written((*_home(subject, entity, line.name.text), "ask", word.text)):
            return
        message = f"'{line.name.text}' does not ask for '{word.text}'"
    hint = suggest(word.text, known) or "it asks for nothing"
    yield Problem("E715", word.mark, message, hint, entity.address)


def _home(subject: Subject, entity: Entity, button: str) -> tuple[str, ...]:
    """Return the path of a button, known or not."""
    for pipeline in _pipelines(entity):
        if subject.was_written(("pipelines", pipeline, "buttons", button)):
            return ("pipelines", pipeline, "buttons", button)
    return ("entities", entity.id, "buttons", button)


def _pipelines(entity: Entity) -> Iterator[str]:
    return (one.pipeline or "" for one in stage_fields(entity.fields))


def _button(subject: Subject, word: Scalar, entity: Entity) -> Iterator[Problem]:
    if not subject.was_written(_home(subject, entity, word.text)):
        known = tuple(subject.application.buttons(entity.id))
        message = f"'{entity.id}' has no button '{word.text}'"
        hint = suggest(word.text, known) or "it has no buttons"
        yield Problem("E715", word.mark, message, hint, entity.address)


def _stage(subject: Subject, word: Scalar, entity: Entity) -> Iterator[Problem]:
    stages = tuple(stage for one in stage_fields(entity.fields) for stage in one.options)
    ways = [("pipelines", one, "stages", word.text) for one in _pipelines(entity)]
    if not any(map(subject.was_written, ways)):
        message = f"'{entity.id}' has no stage '{word.text}'"
        hint = suggest(word.text, stages) or "it has no field of type stage"
        yield Problem("E715", word.mark, message, hint, entity.address)
