"""Changes of what buttons and rules do, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from difflib import SequenceMatcher

from engine.metadata.diff.change import Change, Sort, Touches
from engine.metadata.diff.spelling import spell
from engine.metadata.diff.spelling_actions import spell_step, word_of
from engine.metadata.model.button import Button, Ladder
from engine.metadata.model.rule import Rule
from engine.metadata.model.step import Step

STEPS = ("each", "then")


def actions(address: str, before: Button | Rule, after: Button | Rule) -> Iterator[Change]:
    """Yield how the steps of a button or a rule changed."""
    yield from steps(before.do, after.do)
    if isinstance(before, Button) and isinstance(after, Button):
        yield from _ladder(f"{address}.ladder", before.ladder, after.ladder)


def _ladder(address: str, before: Ladder | None, after: Ladder | None) -> Iterator[Change]:
    if before is None or after is None:
        if before is not after:
            sort = Sort.ADDED if before is None else Sort.REMOVED
            yield Change(address, sort, "ladder", Touches.BEHAVIOUR)
        return
    for one in fields(Ladder):
        if one.name not in STEPS:
            was, now = (spell(getattr(ladder, one.name)) for ladder in (before, after))
            if was != now:
                where = f"{address}.{one.name}"
                yield _changed(where, "ladder", one.name, was, now)
    yield from steps(before.each, after.each)
    yield from steps(before.then, after.then)


def steps(before: tuple[Step, ...], after: tuple[Step, ...]) -> Iterator[Change]:
    """Yield the steps of a list that came, went or are written otherwise."""
    old, new = ([(word_of(one), spell_step(one)) for one in each] for each in (before, after))
    for tag, left, left_end, right, right_end in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            continue
        shared = min(left_end - left, right_end - right)
        for number in range(shared):
            yield from _step(before[left + number], after[right + number])
        for one in before[left + shared : left_end]:
            yield _whole(one, Sort.REMOVED)
        for one in after[right + shared : right_end]:
            yield _whole(one, Sort.ADDED)


def _step(before: Step, after: Step) -> Iterator[Change]:
    if word_of(before) != word_of(after):
        yield _whole(before, Sort.REMOVED)
        yield _whole(after, Sort.ADDED)
    else:
        was, now = spell_step(before), spell_step(after)
        yield _changed(after.address, "step", word_of(after), was, now)


def _whole(step: Step, sort: Sort) -> Change:
    was, now = (spell_step(step), "") if sort is Sort.REMOVED else ("", spell_step(step))
    return Change(step.address, sort, "step", Touches.BEHAVIOUR, "", was, now)


def _changed(address: str, node: str, key: str, before: str, after: str) -> Change:
    return Change(address, Sort.CHANGED, node, Touches.BEHAVIOUR, key, before, after)
