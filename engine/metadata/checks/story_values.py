"""Checks of demo stories: the values that their lines write."""

from __future__ import annotations

from collections.abc import Iterator

from engine.metadata.build.rows import cell_of
from engine.metadata.build.stories import filled_fields, is_empty, linked_key
from engine.metadata.build.story_lines import Told
from engine.metadata.checks.literals import Unreadable, read_literal
from engine.metadata.checks.rows import KEY_FIELDS, LOST_PLUS, needed_fields, values_of
from engine.metadata.checks.subject import Subject
from engine.metadata.model.field import Field
from engine.metadata.nodes import Entry
from engine.metadata.problems import Problem


def check_story_values(subject: Subject) -> Iterator[Problem]:
    """A value of a story that its field can't hold.

    Dates and times in words are counted from the moment of the line.

    Bad:
        # crm.yaml
        name: shop
        entities: {item: {fields: {name: text, price: money}}}
        # demo/story.yaml
        rows: {user: {ivan: {name: Ivan}}}
        story: [{at: 3 d ago 10:00, as: ivan, create: {item a: {name: Apple, price: cheap}}}]
    Good:
        # crm.yaml
        name: shop
        entities: {item: {fields: {name: text, price: money}}}
        # demo/story.yaml
        rows: {user: {ivan: {name: Ivan}}}
        story: [{at: 3 d ago 10:00, as: ivan, create: {item a: {name: Apple, price: 0.50}}}]
    """
    for line in subject.tale.lines:
        for field, entry in _clear(subject, line):
            cell = cell_of(field, entry.value)
            if not cell.text or linked_key(field, ""):
                continue
            if isinstance(cell.text, tuple) and field.type != "choices":
                message = f"'{field.id}' holds one value, and this is a list"
                yield Problem("E718", cell.mark, message, "write one value", field.address)
                continue
            for text, mark in values_of(cell):
                try:
                    read_literal(text, field, subject.application)
                except Unreadable as problem:
                    code = "E708" if LOST_PLUS in problem.message else "E718"
                    yield Problem(code, mark, problem.message, problem.hint, field.address)


def _clear(subject: Subject, line: Told) -> Iterator[tuple[Field, Entry]]:
    """Yield the fields that a line fills in, as far as they are clear."""
    for field, entry in filled_fields(line, subject.tale.keys, subject.application):
        if not field.formula and not subject.is_unclear_field(field.entity, field.id):
            yield field, entry


def check_story_required(subject: Subject) -> Iterator[Problem]:
    """A line of a story that makes a record and leaves a required field empty.

    Bad:
        # crm.yaml
        name: shop
        entities: {item: {fields: {name: {type: text, required: true}, price: money}}}
        # demo/story.yaml
        rows: {user: {ivan: {name: Ivan}}}
        story: [{at: 3 d ago 10:00, as: ivan, create: {item a: {price: 1}}}]
    Good:
        # crm.yaml
        name: shop
        entities: {item: {fields: {name: {type: text, required: true}, price: money}}}
        # demo/story.yaml
        rows: {user: {ivan: {name: Ivan}}}
        story: [{at: 3 d ago 10:00, as: ivan, create: {item a: {name: Apple, price: 1}}}]
    """
    for line in subject.tale.lines:
        entity = subject.application.entities.get(line.entity.text) if line.entity else None
        written = {one.key.text for one in line.values}
        if entity is None or not written <= entity.fields.keys():
            continue  # the field may be there, misspelt
        said = {one.key.text for one in line.values if not is_empty(one.value)}
        for field in needed_fields(entity):
            is_given = field.id in said or (field.entity, field.id) in KEY_FIELDS
            if not is_given and not subject.is_unclear_field(field.entity, field.id):
                message = f"'{line.record.text}' has no '{field.id}', which is required"
                yield Problem("E720", line.record.mark, message, "fill it in", field.address)
