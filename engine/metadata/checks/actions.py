"""Buttons and rules as checks walk over them: each with the records it runs on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from engine.metadata import nodes
from engine.metadata.checks.subject import Subject, entities_of
from engine.metadata.expressions.steps import Placed, placed_steps
from engine.metadata.model.button import Button
from engine.metadata.model.entity import Entity
from engine.metadata.model.pipeline import Pipeline
from engine.metadata.model.rule import Rule
from engine.metadata.nodes import Path, path_of

TARGETS = (("task", "to"), ("assign", "to"), ("notify", "to"))  # where a step says who is meant


@dataclass(frozen=True, slots=True)
class Action:
    """A button or a rule, the entity on whose records it runs, and where it stands."""

    of: Button | Rule
    entity: Entity
    path: Path


@lru_cache(maxsize=2)  # several checks ask of the same subject
def actions(subject: Subject) -> tuple[Action, ...]:
    """Return the buttons and rules; a pipeline's button once for each entity that walks there."""
    return tuple(_actions(subject))


def _actions(subject: Subject) -> Iterator[Action]:
    application = subject.application
    for pipeline in application.pipelines.values():
        for entity in entities_of(subject, pipeline):
            yield from _of_buttons(pipeline, entity)
    for entity in application.entities.values():
        yield from _of_buttons(entity, entity)
    for rule in application.automations.values():
        found = application.entities.get(rule.entity)
        if found:
            yield Action(rule, found, path_of(rule.address))


@lru_cache(maxsize=2)
def steps_of(subject: Subject) -> tuple[tuple[Action, Placed], ...]:
    """Return the steps of all buttons and rules."""
    return tuple(
        (action, placed)
        for action in actions(subject)
        for placed in placed_steps(subject.application, action.entity, action.of)
    )


def buttons_of(subject: Subject) -> Iterator[tuple[Action, Button]]:
    """Yield the buttons, with the records on which they can be pressed."""
    for action in actions(subject):
        if isinstance(action.of, Button):
            yield action, action.of


def rules_of(subject: Subject) -> Iterator[tuple[Action, Rule]]:
    """Yield the rules, with the records about which they are."""
    for action in actions(subject):
        if isinstance(action.of, Rule):
            yield action, action.of


def written_actions(subject: Subject) -> Iterator[Path]:
    """Yield the paths of all buttons and rules that were written, also of what can't be built."""
    for section in ("pipelines", "entities"):
        for home in subject.keys((section,)):
            for button in subject.keys((section, home.key.text, "buttons")):
                yield (section, home.key.text, "buttons", button.key.text)
    for rule in subject.keys(("automations",)):
        yield ("automations", rule.key.text)


def lists_in(node: nodes.Node, path: Path) -> Iterator[tuple[Path, tuple[nodes.Node, ...]]]:
    """Yield all lists at and below a node: those of steps, of triggers, of names."""
    if isinstance(node, nodes.Sequence):
        yield path, node.items
        for number, item in enumerate(node.items):
            yield from lists_in(item, (*path, number))
    elif isinstance(node, nodes.Mapping):
        for entry in node.entries:
            yield from lists_in(entry.value, (*path, entry.key.text))


def scalars_in(subject: Subject, path: Path) -> Iterator[tuple[Path, nodes.Scalar]]:
    """Yield all texts below a path."""
    node = subject.node(path)
    return nodes.scalars(node, path) if node else iter(())


def targets_with(subject: Subject, path: Path, key: str) -> Iterator[tuple[Path, nodes.Scalar]]:
    """Yield what targets below a path say under a key: a role, a team, a user."""
    for place, one in scalars_in(subject, path):
        words = tuple(part for part in place if isinstance(part, str))
        if words[-1] == key and words[-3:-1] in TARGETS:
            yield place, one


def _of_buttons(home: Pipeline | Entity, entity: Entity) -> Iterator[Action]:
    for button in home.buttons.values():
        yield Action(button, entity, path_of(button.address))
