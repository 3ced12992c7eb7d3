"""Steps that change fields: set, update, move."""

from __future__ import annotations

from collections.abc import Iterable

from engine.automation.compiling import Compiler
from engine.automation.ready import joined
from engine.automation.running import CompiledStep, Did, Run
from engine.errors import say
from engine.metadata.model.entity import Entity
from engine.metadata.model.step import MoveTo, SetFields, UpdateRecord
from engine.metadata.model.text import RecordRef
from engine.runtime.records.changes import Saved
from engine.runtime.records.reactions import Write


def set_fields(step: SetFields, compiler: Compiler) -> CompiledStep:
    """Give fields of the record other values."""
    slots = compiler.slots(compiler.entity, step.values)
    words = say("Set {fields}", fields=labels(compiler.entity, step.values))

    def do(run: Run) -> Did:
        payload = slots.values(run.context(), run.scene)
        return told(run.write("update", run.subject, payload))

    return CompiledStep(step.address, "set", words, slots.reads, do)


def update_record(step: UpdateRecord, compiler: Compiler) -> CompiledStep:
    """Give fields of another record other values."""
    record = compiler.value(step.record)
    entity = compiler.application.entity(record.typed.to or compiler.entity.id)
    slots = compiler.slots(entity, step.values)
    fields = labels(entity, step.values)
    words = say("{entity}: set {fields}", entity=entity.label, fields=fields)

    def do(run: Run) -> Did:
        found = record.record(run.context())
        if found is None:
            return Did("skipped", say("There is no such record."))
        payload = slots.values(run.context(), run.scene)
        return told(run.write("update", found, payload))

    return CompiledStep(step.address, "update", words, joined((record.reads, slots.reads)), do)


def move_to(step: MoveTo, compiler: Compiler) -> CompiledStep:
    """Move the record to a stage."""
    field = _stage_field(step, compiler)
    options = compiler.entity.fields[field].options
    stage = options[step.stage].label if step.stage in options else step.stage
    words = say("Move to {stage}", stage=stage)

    def do(run: Run) -> Did:
        subject: RecordRef = run.subject
        write = Write(
            "move", run.actor, subject.entity, subject.id, stage=step.stage, stage_field=field
        )
        return told(run.perform(write))

    return CompiledStep(step.address, "move", words, {}, do)


def told(saved: Saved) -> Did:
    """Return what came of a write; one that changes nothing is skipped."""
    if saved.repeated:
        return Did("skipped", say("Nothing had to be changed."))
    return Did()


def labels(entity: Entity, names: Iterable[str]) -> str:
    """Return the labels of fields."""
    return ", ".join(entity.fields[one].label for one in names)


def _stage_field(step: MoveTo, compiler: Compiler) -> str:
    """Return the stage field that a move means: of its pipeline, else the one with the stage."""
    fields = [one for one in compiler.entity.fields.values() if one.type == "stage"]
    if step.pipeline is not None:
        return next(one.id for one in fields if step.pipeline in (one.pipeline, one.id))
    pipelines = compiler.application.pipelines
    return next(one.id for one in fields if step.stage in pipelines[one.pipeline or ""].stages)
