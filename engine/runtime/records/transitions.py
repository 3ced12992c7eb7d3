"""Moves from stage to stage: which ways there are, and who may take them."""

from __future__ import annotations

from engine.errors import Message, ValidationFailed, say
from engine.runtime.records.changes import Action
from engine.runtime.records.compiled import CompiledEntity, CompiledMove, CompiledPipeline
from engine.runtime.records.context import Scene
from engine.runtime.records.denials import Denied
from engine.runtime.records.draft import Draft


def pipeline_of(compiled: CompiledEntity, field: str | None, stage: str) -> CompiledPipeline:
    """Return the pipeline of a move: of the field named, else of the one that has the stage."""
    pipelines = compiled.pipelines
    if field is not None:
        found = [pipelines[field]] if field in pipelines else []
    else:
        found = [one for one in pipelines.values() if stage in one.stages]
    if len(found) != 1 or stage not in found[0].stages:
        raise ValidationFailed({field or "": (say("There is no such stage here."),)})
    return found[0]


def make_move(scene: Scene, draft: Draft, pipeline: CompiledPipeline, stage: str) -> None:
    """Set the stage of a draft, or refuse the way there.

    Rules press buttons, which have their own ways; people, imports and programs take the moves.
    """
    source = draft.values.get(pipeline.field)
    draft.values[pipeline.field] = stage
    draft.action = Action.MOVE
    if pipeline.moves is None or source is None or draft.actor.kind != "user":
        return
    move = pipeline.moves.get((str(source), stage))
    if move is None or not _is_open(scene, draft, move):
        draft.add({pipeline.field: (_no_way(pipeline, str(source), stage),)})
    elif move.roles and not move.roles & frozenset(draft.actor.roles):
        raise Denied("move", draft.compiled.id, draft.record_id)


def _is_open(scene: Scene, draft: Draft, move: CompiledMove) -> bool:
    return move.when is None or move.when.holds(draft.context(scene))


def _no_way(pipeline: CompiledPipeline, source: str, stage: str) -> Message:
    old = pipeline.stages.get(source)
    return say(
        "There is no way from {source} to {stage} now.",
        source=source if old is None else old.label,
        stage=pipeline.stages[stage].label,
    )
