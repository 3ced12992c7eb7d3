"""Buttons and rules as checks walk over them: each with the records it runs on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.metadata.checks.pipelines import entities_of
from engine.metadata.checks.subject import Subject
from engine.metadata.model.button import Button
from engine.metadata.model.entity import Entity
from engine.metadata.model.pipeline import Pipeline
from engine.metadata.model.rule import Rule
from engine.metadata.nodes import Path, path_of


@dataclass(frozen=True, slots=True)
class Action:
    """A button or a rule, the entity on whose records it runs, and where it stands."""

    of: Button | Rule
    entity: Entity
    path: Path


def actions(subject: Subject) -> Iterator[Action]:
    """Yield the buttons and rules; a pipeline's button once for each entity that walks there."""
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


def _of_buttons(home: Pipeline | Entity, entity: Entity) -> Iterator[Action]:
    for button in home.buttons.values():
        yield Action(button, entity, path_of(button.address))
