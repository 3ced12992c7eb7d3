"""What a change means to rules: a record was created, a field changed, a stage was entered.

Pure: a change becomes moments, and a rule is found by the moments that it listens to.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from engine.metadata.model.rule import Rule, TriggerKind
from engine.runtime.records.changes import Action, Change
from engine.runtime.records.reactions import Overdue

SYSTEM_FIELDS = frozenset({"archived", "trashed_at"})


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened: `name` is the field, stage or button; "" stands for any."""

    kind: TriggerKind
    name: str = ""


def moments_of(change: Change, stage_fields: Collection[str]) -> tuple[Moment, ...]:
    """Return what a change is; creation counts as entering the first stage."""
    return tuple(dict.fromkeys(_moments(change, stage_fields)))


def moments_of_overdue(overdue: Overdue) -> tuple[Moment, ...]:
    """Return what it is that something waits for too long."""
    return (Moment("overdue", overdue.kind),)


def _moments(change: Change, stage_fields: Collection[str]) -> Iterator[Moment]:
    if change.action is Action.CREATE:
        yield Moment("created")
    elif change.fields - SYSTEM_FIELDS:
        yield from _each("changed", sorted(change.fields - SYSTEM_FIELDS))
    stages = [one for one in stage_fields if one in change.fields]
    before = change.before or {}
    yield from _each("left", _texts(before.get(one) for one in stages))
    yield from _each("entered", _texts(change.after.get(one) for one in stages))
    if change.press is not None:
        yield from _each("pressed", (change.press.button,))


def _each(kind: TriggerKind, names: Iterable[str]) -> Iterator[Moment]:
    for name in names:
        yield Moment(kind, name)
        yield Moment(kind)


def _texts(values: Iterable[object]) -> Iterator[str]:
    return (str(one) for one in values if one is not None)


class Listening(Protocol):
    """Whatever has a rule."""

    @property
    def rule(self) -> Rule:
        """Return the rule."""
        ...


Listener = TypeVar("Listener", bound=Listening)


class Index(Generic[Listener]):
    """Rules by what they listen to: those that do not listen to a moment are not looked at."""

    def __init__(self, rules: Iterable[Listener]) -> None:
        found: dict[tuple[str, Moment], list[tuple[int, Listener]]] = {}
        for place, one in enumerate(rules):
            for moment in _listened(one.rule):
                found.setdefault((one.rule.entity, moment), []).append((place, one))
        self._found: Mapping[tuple[str, Moment], list[tuple[int, Listener]]] = found
        self.entities = frozenset(entity for entity, _ in found)

    def matching(
        self, entity_id: str, moments: Iterable[Moment]
    ) -> tuple[tuple[Listener, Moment], ...]:
        """Return the rules that listen to one of the moments, in their order, each once."""
        matched: dict[int, tuple[Listener, Moment]] = {}
        for moment in moments:
            for place, one in self._found.get((entity_id, moment), ()):
                matched.setdefault(place, (one, moment))
        return tuple(matched[place] for place in sorted(matched))


def _listened(rule: Rule) -> Iterator[Moment]:
    for trigger in rule.on:
        if not trigger.names:
            yield Moment(trigger.kind)
        for name in trigger.names:
            yield Moment(trigger.kind, name)
