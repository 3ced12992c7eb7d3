"""Checks of pipelines: stages that can be reached and left, and what they ask for."""

from __future__ import annotations

from collections.abc import Iterator

from engine.metadata.checks.actions import steps_of
from engine.metadata.checks.references import unknown_field
from engine.metadata.checks.subject import Subject, address_of, entities_of, suggest, walk, warning
from engine.metadata.model.button import Button
from engine.metadata.model.entity import Entity
from engine.metadata.model.pipeline import Pipeline
from engine.metadata.model.step import MoveTo
from engine.metadata.nodes import Path
from engine.metadata.problems import Problem


def check_moves(subject: Subject) -> Iterator[Problem]:
    """A move from or to a stage that the pipeline does not have.

    Bad:
        name: shop
        entities: {deal: {fields: {name: text, stage: stage}}}
        pipelines: {sales: {stages: {new: {}, won: {closes: won}}, moves: {new: [wno]}}}
    Good:
        name: shop
        entities: {deal: {fields: {name: text, stage: stage}}}
        pipelines: {sales: {stages: {new: {}, won: {closes: won}}, moves: {new: [won]}}}
    """
    for pipeline in subject.application.pipelines.values():
        place: Path = ("pipelines", pipeline.id, "moves")
        stages = tuple(pipeline.stages)
        for source in subject.keys(place):
            named = [source.key, *subject.items((*place, source.key.text))]
            named += [one.key for one in subject.keys((*place, source.key.text))]
            for one in named:
                stage: Path = ("pipelines", pipeline.id, "stages", one.text)
                if one.text not in stages and not subject.was_written(stage):
                    message = f"'{pipeline.id}' has no stage '{one.text}'"
                    yield Problem(
                        "E206", one.mark, message, suggest(one.text, stages), address_of(place)
                    )


def check_require(subject: Subject) -> Iterator[Problem]:
    """A stage that asks for a field which its records do not have.

    Bad:
        name: shop
        entities: {deal: {fields: {name: text, stage: stage, price: money}}}
        pipelines: {sales: {stages: {new: {}, won: {closes: won, require: [prise]}}}}
    Good:
        name: shop
        entities: {deal: {fields: {name: text, stage: stage, price: money}}}
        pipelines: {sales: {stages: {new: {}, won: {closes: won, require: [price]}}}}
    """
    for pipeline in subject.application.pipelines.values():
        for stage in pipeline.stages.values():
            place: Path = ("pipelines", pipeline.id, "stages", stage.id, "require")
            for one in subject.items(place):
                for entity in entities_of(subject, pipeline):
                    found = walk(subject, entity, one.text)
                    if found.wrong and not found.silent:
                        yield unknown_field(subject, "E218", one, place, found)


def check_dead_ends(subject: Subject) -> Iterator[Problem]:
    """A stage that can't be left and does not close.

    With `moves`, a stage that is not listed has no exit but the buttons and rules that move on.

    Bad:
        name: shop
        entities: {deal: {fields: {name: text, stage: stage}}}
        pipelines:
          sales:
            stages: {new: {}, waiting: {}, won: {closes: won}}
            moves: {new: [waiting, won]}
    Good:
        name: shop
        entities: {deal: {fields: {name: text, stage: stage}}}
        pipelines:
          sales:
            stages: {new: {}, waiting: {}, won: {closes: won}}
            moves: {new: [waiting, won], waiting: [won]}
    """
    for pipeline in _with_clear_moves(subject):
        ways = _ways(subject, pipeline)
        for stage in pipeline.stages.values():
            if not ways[stage.id] - {stage.id} and not stage.closes:
                message = f"a record in '{stage.id}' stays there for ever: nothing leads out"
                hint = f"add `{stage.id}: [...]` to the moves, or `closes` to the stage"
                yield warning("W501", stage.mark, message, hint, stage.address)


def check_unreachable(subject: Subject) -> Iterator[Problem]:
    """A stage that no move leads to, and that is not the first.

    Bad:
        name: shop
        entities: {deal: {fields: {name: text, stage: stage}}}
        pipelines:
          sales:
            stages: {new: {}, won: {closes: won}, lost: {closes: lost}}
            moves: {new: [won]}
    Good:
        name: shop
        entities: {deal: {fields: {name: text, stage: stage}}}
        pipelines:
          sales:
            stages: {new: {}, won: {closes: won}, lost: {closes: lost}}
            moves: {new: [won, lost]}
    """
    for pipeline in _with_clear_moves(subject):
        ways = _ways(subject, pipeline)
        reached, fresh = {pipeline.first}, {pipeline.first}
        while fresh:
            fresh = ways[fresh.pop()] - reached | fresh
            reached |= fresh
        for stage in pipeline.stages.values():
            if stage.id not in reached:
                message = f"no way leads from '{pipeline.first}' to '{stage.id}'"
                hint = "add a move to it, or remove the stage"
                yield warning("W502", stage.mark, message, hint, stage.address)


def _with_clear_moves(subject: Subject) -> Iterator[Pipeline]:
    for pipeline in subject.application.pipelines.values():
        start: Path = ("pipelines", pipeline.id)
        known = {(*start, one) for one in ("stages", "moves", "buttons")}
        hidden = (*subject.unclear, *subject.later)
        is_unclear = any(path[:3] in known or path == start for path in hidden)
        if pipeline.moves is not None and not is_unclear:
            yield pipeline


def _ways(subject: Subject, pipeline: Pipeline) -> dict[str, set[str]]:
    """Return the stages that moves, buttons and rules lead to from each stage."""
    moves = pipeline.moves or {}
    ways = {one: {move.target for move in moves.get(one, ())} for one in pipeline.stages}
    for action, placed in steps_of(subject):
        step = placed.step
        if isinstance(step, MoveTo) and _walks(action.entity, pipeline, step):
            shown = action.of.show_in if isinstance(action.of, Button) else ()
            for stage in shown or pipeline.stages:
                ways.get(stage, set()).add(step.stage)
    return ways


def _walks(entity: Entity, pipeline: Pipeline, step: MoveTo) -> bool:
    is_here = step.stage in pipeline.stages and step.pipeline in (None, pipeline.id)
    return is_here and any(one.pipeline == pipeline.id for one in entity.fields.values())


def check_unused(subject: Subject) -> Iterator[Problem]:
    """A pipeline through which no records walk: no field of type stage names it.

    Bad:
        name: shop
        entities: {deal: {fields: {name: text}}}
        pipelines: {sales: {stages: {new: {}, won: {closes: won}}}}
    Good:
        name: shop
        entities: {deal: {fields: {name: text, stage: {type: stage, pipeline: sales}}}}
        pipelines: {sales: {stages: {new: {}, won: {closes: won}}}}
    """
    if any(path[:1] == ("entities",) for path in (*subject.unclear, *subject.later)):
        return
    for pipeline in subject.application.pipelines.values():
        if not any(True for _ in entities_of(subject, pipeline)):
            message = f"no record walks through '{pipeline.id}'"
            hint = f"give an entity a field: `stage: {{type: stage, pipeline: {pipeline.id}}}`"
            yield warning("W503", pipeline.mark, message, hint, pipeline.address)


def check_probability(subject: Subject) -> Iterator[Problem]:
    """A chance of success that is no per cent.

    Bad:
        name: shop
        entities: {deal: {fields: {name: text, stage: stage}}}
        pipelines: {sales: {stages: {new: {probability: 400}, won: {closes: won}}}}
    Good:
        name: shop
        entities: {deal: {fields: {name: text, stage: stage}}}
        pipelines: {sales: {stages: {new: {probability: 40}, won: {closes: won}}}}
    """
    for pipeline in subject.application.pipelines.values():
        for stage in pipeline.stages.values():
            if stage.probability is not None and not 0 <= stage.probability <= 100:  # noqa: PLR2004 - per cent
                place: Path = ("pipelines", pipeline.id, "stages", stage.id, "probability")
                message = f"a probability is 0 to 100 per cent, and this is {stage.probability}"
                yield Problem("E504", subject.mark(place), message, "", stage.address)
