"""Which buttons lead to a stage: those whose next press moves there, at whatever depth."""

from __future__ import annotations

from collections.abc import Iterable

from engine.metadata.model.field import Field
from engine.metadata.model.step import FindRecord, If, MoveTo, Step
from engine.runtime.records.buttons import ButtonState
from engine.web.parts.then import steps_of


def leads_to(state: ButtonState, field: Field, stage: str) -> bool:
    """Say whether the next press of a button may move a stage field to a stage."""
    return any(_moves(one, field, stage) for one in steps_of(state))


def _moves(step: Step, field: Field, stage: str) -> bool:
    if isinstance(step, MoveTo):
        is_meant = step.pipeline in (None, field.pipeline) and stage in field.options
        return is_meant and step.stage == stage
    return any(_moves(one, field, stage) for one in _inner(step))


def _inner(step: Step) -> Iterable[Step]:
    match step:
        case If():
            return (*step.do, *step.otherwise)
        case FindRecord():
            return step.otherwise
        case _:
            return ()
