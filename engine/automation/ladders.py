"""What a press does: the steps of its button, or those of its try on a ladder."""

from __future__ import annotations

from engine.automation.compiled import CompiledButton, Steps
from engine.automation.context import Bound, Names, answers
from engine.automation.names import ASK, NEXT_TRY, TRIES, TRY
from engine.automation.open_tasks import Which, open_tasks
from engine.automation.running import CompiledStep, Did, Run
from engine.automation.steps.tasks import finished
from engine.errors import say
from engine.runtime.records.changes import Press, Values


def steps_of(button: CompiledButton, press: Press) -> Steps:
    """Return the steps of a press: behind the last try of a ladder it is `then`."""
    if button.button.ladder is None:
        return button.steps
    steps = button.each if press.number <= press.tries else button.then
    return (_finish_tries(button.button.address), *steps)


def names_of(button: CompiledButton, press: Press, record: Values) -> Names:
    """Return what the names of a button mean at a press; answers that are fields are stored."""
    given = {name: press.answers.get(name, record.get(name)) for name in button.asked}
    ladder: dict[str, Bound] = {}
    if button.button.ladder is not None:
        ladder = {TRY: press.number, TRIES: press.tries, NEXT_TRY: press.next_try}
    return {**ladder, ASK: answers(given, button.asked)}


def _finish_tries(address: str) -> CompiledStep:
    """Return the step that every press of a ladder begins with: its earlier tasks are over."""

    def do(run: Run) -> Did:
        made = Which(made_by=frozenset({address}))
        return finished(run, open_tasks(run.scene, run.subject, made))

    words = say("Finish the tasks of the tries before")
    return CompiledStep(f"{address}.ladder", "done", words, {}, do)
