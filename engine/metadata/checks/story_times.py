"""Checks of demo stories: when things happened."""

from __future__ import annotations

from collections.abc import Iterator

from engine.metadata.build.stories import record_of
from engine.metadata.build.story_keys import Key
from engine.metadata.checks.story_order import Order, is_to_come, moments_of, orders
from engine.metadata.checks.subject import Subject, warning
from engine.metadata.problems import Problem

EXAMPLES = "write 12 d ago 10:20, yesterday 16:40, 20 min ago or 2026-03-02 10:00"


def check_story_moments(subject: Subject) -> Iterator[Problem]:
    """An `at` of a story that is no moment, or one that is always still to come.

    Moments are counted from the time when the demo is started, in the company's zone. What would
    be a little ahead (today 16:00, in the morning) happens at that time.

    Bad:
        # crm.yaml
        name: shop
        entities: {item: {fields: {name: text}}}
        # demo/story.yaml
        rows: {user: {ivan: {name: Ivan}}}
        story: [{at: three days ago, as: ivan, create: {item a: {name: Apple}}}]
    Good:
        # crm.yaml
        name: shop
        entities: {item: {fields: {name: text}}}
        # demo/story.yaml
        rows: {user: {ivan: {name: Ivan}}}
        story: [{at: 3 d ago 10:00, as: ivan, create: {item a: {name: Apple}}}]
    """
    for one in subject.tale.lines:
        text, message = one.at.text, ""
        try:
            if is_to_come(moments_of(text, subject.application), subject.application):
                message = f"'{text}' is still to come, and a story tells what has happened"
        except ValueError as error:
            message = str(error).partition(" such as ")[0]
        if message:
            yield Problem("E716", one.at.mark, message, EXAMPLES, "story")


def check_story_order(subject: Subject) -> Iterator[Problem]:
    """A line of a story that is, or may be, played before one above it about the same record.

    Lines are played in the order of `at`, whatever their order in the file.

    Bad:
        # crm.yaml
        name: shop
        entities: {item: {fields: {name: text}}}
        # demo/story.yaml
        rows: {user: {ivan: {name: Ivan}}}
        story:
          - {at: 3 d ago 10:00, as: ivan, create: {item a: {name: Apple}}}
          - {at: today 9:00, note: {a: Sour}}
          - {at: 3 h ago, note: {a: Sweet after all}}
    Good:
        # crm.yaml
        name: shop
        entities: {item: {fields: {name: text}}}
        # demo/story.yaml
        rows: {user: {ivan: {name: Ivan}}}
        story:
          - {at: 3 d ago 10:00, as: ivan, create: {item a: {name: Apple}}}
          - {at: 5 h ago, note: {a: Sour}}
          - {at: 3 h ago, note: {a: Sweet after all}}
    """
    tale, order = subject.tale, orders(subject)
    last: dict[tuple[str, Key], int] = {}
    for number, line in enumerate(tale.lines):
        key = record_of(line, tale.keys)
        if key is None:
            continue
        before = last.get((line.mark.file, key))
        last[line.mark.file, key] = number
        found = Order.AFTER if before is None else order.of(number, before)
        is_said = found is Order.BEFORE and before == tale.keys.lines.get(key)
        if before is None or found is Order.AFTER or is_said:
            continue
        row = tale.lines[before].mark.line
        message = f"this is played before line {row}, which stands above it"
        hint = "put the two in order"
        if found is Order.DEPENDS:
            message = f"on some days this is played before line {row}, which stands above it"
            hint = "write both moments in the same words: 3 d ago 10:00"
        yield warning("W717", line.at.mark, message, hint, "story")
