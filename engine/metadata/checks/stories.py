"""Checks of demo stories: where they stand, who acts, what a line says."""

from __future__ import annotations

from collections.abc import Iterator

from engine.metadata.build.story_keys import USER
from engine.metadata.checks.subject import Subject, suggest
from engine.metadata.problems import Problem


def check_story_lines(subject: Subject) -> Iterator[Problem]:
    """A line of a story that does not say what was done to which record.

    Bad:
        # crm.yaml
        name: shop
        entities: {item: {fields: {name: text}}}
        # demo/story.yaml
        rows: {user: {ivan: {name: Ivan}}}
        story:
          - {at: 3 d ago 10:00, as: ivan, create: {item a: {name: Apple}}, note: {a: Sour}}
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
    for one in subject.tale.misfits:
        yield Problem("E711", one.mark, one.message, one.hint, "story")


def check_story_people(subject: Subject) -> Iterator[Problem]:
    """A line of a story by somebody who is no row of `user`.

    A line without `as` is by the person of the line above.

    Bad:
        # crm.yaml
        name: shop
        entities: {item: {fields: {name: text}}}
        # demo/story.yaml
        rows: {user: {ivan: {name: Ivan}}}
        story: [{at: 3 d ago 10:00, as: ivna, create: {item a: {name: Apple}}}]
    Good:
        # crm.yaml
        name: shop
        entities: {item: {fields: {name: text}}}
        # demo/story.yaml
        rows: {user: {ivan: {name: Ivan}}}
        story: [{at: 3 d ago 10:00, as: ivan, create: {item a: {name: Apple}}}]
    """
    tale = subject.tale
    said: set[object] = {one.name for one in subject.rows if one.unclear}
    for one in tale.lines:
        who = one.who
        if who is None:
            if one.mark.file not in said:
                yield Problem("E712", one.mark, "nobody is said to have done this", "add 'as'")
            said.add(one.mark.file)
        elif (USER, who.text) not in tale.keys and who.mark not in said:
            said.add(who.mark)
            if tale.is_partial or who.text in tale.lost:
                continue
            hint = suggest(who.text, tale.keys.of(USER)) or "there are no rows of 'user'"
            yield Problem("E712", who.mark, f"no row of 'user' has the key '{who.text}'", hint)


def check_story_home(subject: Subject) -> Iterator[Problem]:
    """A story outside `demo/`: what never happened is told in a demo only.

    Bad:
        # crm.yaml
        name: shop
        # data/story.yaml
        story: []
    Good:
        # crm.yaml
        name: shop
        # demo/story.yaml
        story: []
    """
    for file in subject.rows:
        entry = file.tree.entry("story") if file.tree else None
        if entry and not file.is_demo:
            message = "a story is told in demo/ only, and this is a file of data/"
            yield Problem("E719", entry.key.mark, message, "move it to a file of demo/", "story")
