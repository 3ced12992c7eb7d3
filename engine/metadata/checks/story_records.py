"""Checks of demo stories: the records that their lines make, change and link to."""

from __future__ import annotations

from collections.abc import Iterator

from engine.metadata.build.stories import filled_fields, linked_key
from engine.metadata.build.story_keys import Key, made_by
from engine.metadata.build.story_lines import Told
from engine.metadata.checks.story_order import Order, orders
from engine.metadata.checks.subject import Subject, suggest
from engine.metadata.nodes import Scalar
from engine.metadata.problems import Problem


def check_story_records(subject: Subject) -> Iterator[Problem]:
    """A line of a story about a record that is not there yet: no row and no line before makes it.

    Bad:
        # crm.yaml
        name: shop
        entities: {item: {fields: {name: text}}}
        # demo/story.yaml
        rows: {user: {ivan: {name: Ivan}}}
        story:
          - {at: 3 d ago 10:00, as: ivan, create: {item a: {name: Apple}}}
          - {at: 3 d ago 10:05, note: {b: Sour}}
    Good:
        # crm.yaml
        name: shop
        entities: {item: {fields: {name: text}}}
        # demo/story.yaml
        rows: {user: {ivan: {name: Ivan}}}
        story:
          - {at: 3 d ago 10:00, as: ivan, create: {item a: {name: Apple}}}
          - {at: 3 d ago 10:05, note: {a: Sour}}
    """
    tale = subject.tale
    early: set[Key] = set()
    order = orders(subject)
    for number, line in enumerate(tale.lines):
        for word, found in _named(subject, line):
            if len(found) != 1:
                yield from _unclear(subject, word, found)
                continue
            (key,) = found
            first = tale.keys.lines.get(key)
            is_late = first is not None and key not in tale.keys.rows and first != number
            if is_late and first is not None and order.of(number, first) is Order.BEFORE:
                if key in early:
                    continue
                early.add(key)
                mark = tale.lines[first].mark
                message = f"'{key[1]}' is made by {_place(mark.file, mark.line, line)}, after this"
                yield Problem("E713", word.mark, message, "look at the 'at' of both", "story")


def _place(file: str, row: int, line: Told) -> str:
    return f"line {row}" if file == line.mark.file else f"{file}, line {row}"


def _named(subject: Subject, line: Told) -> Iterator[tuple[Scalar, tuple[Key, ...]]]:
    """Yield the words of a line that name records which must be there, with what they mean."""
    if line.entity is None:
        yield line.record, subject.tale.keys.named(line.record.text)
    for field, entry in filled_fields(line, subject.tale.keys, subject.application):
        value = entry.value
        if isinstance(value, Scalar) and value.text:
            key = linked_key(field, value.text)
            if key is not None and not subject.is_unclear_field(field.entity, field.id):
                yield value, (key,) if key in subject.tale.keys else ()


def _unclear(subject: Subject, word: Scalar, found: tuple[Key, ...]) -> Iterator[Problem]:
    tale, key = subject.tale, word.text.rpartition(" ")[2]
    if found:
        message = f"'{word.text}' may be {' or '.join(f'{one} {key}' for one, key in found)}"
        hint = f"write the entity, too: {found[0][0]} {found[0][1]}"
        yield Problem("E713", word.mark, message, hint, "story")
    elif not tale.is_partial and not {word.text, key} & tale.lost:
        message = f"no row and no line before this makes a record '{word.text}'"
        yield Problem("E713", word.mark, message, suggest(key, tale.keys.all()), "story")


def check_story_keys(subject: Subject) -> Iterator[Problem]:
    """Two records of one key: a line of a story makes one that is there already.

    Bad:
        # crm.yaml
        name: shop
        entities: {item: {fields: {name: text}}}
        # demo/story.yaml
        rows: {user: {ivan: {name: Ivan}}}
        story:
          - {at: 3 d ago 10:00, as: ivan, create: {item a: {name: Apple}}}
          - {at: 3 d ago 10:05, create: {item a: {name: Apricot}}}
    Good:
        # crm.yaml
        name: shop
        entities: {item: {fields: {name: text}}}
        # demo/story.yaml
        rows: {user: {ivan: {name: Ivan}}}
        story:
          - {at: 3 d ago 10:00, as: ivan, create: {item a: {name: Apple}}}
          - {at: 3 d ago 10:05, create: {item b: {name: Apricot}}}
    """
    keys = subject.tale.keys
    for number, line in enumerate(subject.tale.lines):
        for entity, key in made_by(line):
            first = keys.lines[entity.text, key.text]
            mark = subject.tale.lines[first].mark
            where = _place(mark.file, mark.line, line)
            if (entity.text, key.text) in keys.rows:
                message = f"the key '{key.text}' is that of a row already"
            elif first != number:
                message = f"the key '{key.text}' is already used in {where}"
            else:
                continue
            yield Problem("E714", key.mark, message, "give each record a key of its own", "story")
