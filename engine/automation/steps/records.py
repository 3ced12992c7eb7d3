"""Steps about whole records: create, archive, note."""

from __future__ import annotations

from engine.automation.compiling import Compiler
from engine.automation.running import CompiledStep, Did, Run
from engine.automation.steps.fields import told
from engine.errors import say, verbatim
from engine.metadata.model.step import ArchiveRecord, CreateRecord, WriteNote
from engine.runtime.records.following import ACTIVITY


def create_record(step: CreateRecord, compiler: Compiler) -> CompiledStep:
    """Make a record; the steps behind know it by its name."""
    entity = compiler.application.entity(step.entity)
    slots = compiler.slots(entity, step.values)

    def do(run: Run) -> Did:
        made = run.create(entity.id, slots.values(run.context(), run.scene))
        run.bind(step.name, made)
        return Did(made=made)

    words = say("Make: {entity}", entity=entity.label)
    return CompiledStep(step.address, "create", words, slots.reads, do)


def archive_record(step: ArchiveRecord, _: Compiler) -> CompiledStep:
    """Archive the record."""

    def do(run: Run) -> Did:
        return told(run.write("archive", run.subject))

    return CompiledStep(step.address, "archive", say("Archive"), {}, do)


def write_note(step: WriteNote, compiler: Compiler) -> CompiledStep:
    """Write into the timeline of the record."""
    text = compiler.text(step.text)

    def do(run: Run) -> Did:
        written = text.render(run.context(), run.scene)
        if not written:
            return Did("skipped", say("There was nothing to write."))
        payload = {"type": "note", "text": written, "about": run.subject}
        return Did(said=verbatim(written), made=run.create(ACTIVITY, payload))

    return CompiledStep(step.address, "note", say("Write a note"), text.reads, do)
