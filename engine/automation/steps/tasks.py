"""Steps about tasks: task, done."""

from __future__ import annotations

from collections.abc import Sequence

from engine.automation.compiling import Compiler
from engine.automation.open_tasks import Which, open_tasks
from engine.automation.ready import joined
from engine.automation.running import CompiledStep, Did, Run, stored
from engine.automation.steps.people import names, nobody, ready_targets
from engine.errors import Message, say, say_many
from engine.metadata.model.step import FinishTasks, MakeTask
from engine.metadata.model.text import RecordRef
from engine.runtime.records.following import TASK
from engine.runtime.records.reactions import Write


def make_task(step: MakeTask, compiler: Compiler) -> CompiledStep:
    """Make a task for each person that is meant."""
    slots = compiler.slots(compiler.application.entity(TASK), step.values)
    targets = ready_targets(step.to, compiler)
    about = None if step.about is None else compiler.value(step.about)
    people = compiler.people

    def do(run: Run) -> Did:
        context = run.context()
        subject = run.subject if about is None else about.record(context)
        meant: tuple[int | None, ...]
        if step.to:
            meant = people.meant(run.scene.connection, targets, context)
        else:
            meant = _owner_or_user(run, subject)
        payload = {**slots.values(context, run.scene), "about": subject}
        # A task for nobody is still to be done: whoever sees the record sees it.
        made = [run.create(TASK, {**payload, "to": one}) for one in meant or (None,)]
        return Did(said=_said(run, made, meant), made=made[0])

    reads = joined((slots.reads, *(one.reads for one in targets), about.reads if about else {}))
    return CompiledStep(step.address, "task", say("Make a task"), reads, do)


def finish_tasks(step: FinishTasks, compiler: Compiler) -> CompiledStep:
    """Complete open tasks about the record."""
    which = _which(step, compiler)

    def do(run: Run) -> Did:
        return finished(run, open_tasks(run.scene, run.subject, which))

    return CompiledStep(step.address, "done", say("Finish open tasks"), {}, do)


def _which(step: FinishTasks, compiler: Compiler) -> Which:
    match step.which:
        case "ladder":
            buttons = compiler.application.buttons(compiler.entity.id).values()
            return Which(made_by=frozenset(one.address for one in buttons if one.ladder))
        case "type":
            return Which(type=step.type)
        case "all":
            return Which()


def finished(run: Run, tasks: Sequence[int]) -> Did:
    """Complete tasks and say how many they were."""
    for task_id in tasks:
        run.perform(Write("update", run.actor, TASK, task_id, {"done": True}, is_judged=False))
    if not tasks:
        return Did("skipped", say("There were none."))
    return Did(said=say_many("{number} task", "{number} tasks", len(tasks)))


def _owner_or_user(run: Run, subject: RecordRef | None) -> tuple[int, ...]:
    """Return the owner of the record that a task is about, else who acts."""
    owner: object = None
    if subject is not None:
        field = run.scene.entities[subject.entity].entity.owner or "created_by"
        owner = stored(run.inside, subject).get(field)
    person = owner if isinstance(owner, int) else run.scene.setting.actor.user_id
    return () if person is None else (person,)


def _said(run: Run, made: list[RecordRef], meant: tuple[int | None, ...]) -> Message:
    title = run.scene.lookup.title(TASK, made[0].id)
    people = [one for one in meant if one is not None]
    return say("{people}: {text}", people=names(run, people) if people else nobody(), text=title)
