"""Steps about people: assign, notify."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.automation import open_tasks
from engine.automation.compiling import Compiler
from engine.automation.people import ReadyTarget
from engine.automation.ready import joined
from engine.automation.running import CompiledStep, Did, Run
from engine.automation.steps.fields import told
from engine.automation.turns import give_turn, hold_turn, in_turn, least_busy
from engine.errors import Message, say, verbatim
from engine.metadata.model.step import AssignOwner, Notify, Target
from engine.runtime.accounts.users import USER
from engine.runtime.records.following import LONGEST_NOTICE, NOTIFICATION


def assign_owner(step: AssignOwner, compiler: Compiler) -> CompiledStep:
    """Give the record an owner."""
    targets = ready_targets(step.to, compiler)
    field = compiler.entity.owner or ""
    people = compiler.people

    def do(run: Run) -> Did:
        if step.only_if_empty and run.values.get(field) is not None:
            return Did("skipped", say("It has an owner already."))
        meant = people.meant(run.scene.connection, targets, run.context())
        if not meant:
            return Did("skipped", nobody())
        chosen = _chosen(step, run, meant)
        did = told(run.write("update", run.subject, {field: chosen}))
        return Did(did.result, names(run, (chosen,)))

    words = say("Give it an owner")
    reads = joined(one.reads for one in targets)
    return CompiledStep(step.address, "assign", words, reads, do)


def notify(step: Notify, compiler: Compiler) -> CompiledStep:
    """Tell people; who may not see the record gets the text without the link."""
    targets, text = ready_targets(step.to, compiler), compiler.text(step.text)
    people = compiler.people

    def do(run: Run) -> Did:
        connection = run.scene.connection
        written = " ".join(text.render(run.context(), run.scene).split())[:LONGEST_NOTICE]
        meant = people.meant(connection, targets, run.context())
        if not meant or not written:
            return Did("skipped", say("There was nothing to write.") if meant else nobody())
        for actor in people.actors(connection, meant):
            about = run.subject if people.sees(connection, actor, run.subject) else None
            payload = {"to": actor.user_id, "text": written, "about": about}
            run.create(NOTIFICATION, payload)
        return Did(said=say("{people}: {text}", people=names(run, meant), text=written))

    reads = joined((*(one.reads for one in targets), text.reads))
    return CompiledStep(step.address, "notify", say("Tell people"), reads, do)


def ready_targets(targets: Iterable[Target], compiler: Compiler) -> tuple[ReadyTarget, ...]:
    """Make targets ready."""
    return tuple(
        ReadyTarget(
            target=one,
            person=None if one.person is None else compiler.value(one.person),
            of=None if one.of is None else compiler.value(one.of),
        )
        for one in targets
    )


def nobody() -> Message:
    """Say that nobody is meant."""
    return say("There is nobody for it.")


def names(run: Run, people: Iterable[int]) -> Message:
    """Return the names of people."""
    titles = (run.scene.lookup.title(USER, one) for one in people)
    return verbatim(", ".join(titles))


def _chosen(step: AssignOwner, run: Run, meant: Sequence[int]) -> int:
    if len(meant) == 1:
        return meant[0]
    connection = run.scene.connection
    last = hold_turn(connection, step.address)
    if step.by == "least_busy":
        chosen = least_busy(meant, last, open_tasks.counts(run.scene, meant))
    else:
        chosen = in_turn(meant, last)[0]
    give_turn(connection, step.address, chosen)
    return chosen
