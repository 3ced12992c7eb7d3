"""One happening and what follows from it at once: a button's steps, then rules in their order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.automation.compiled import CompiledButton, CompiledRule
from engine.automation.executing import Executing
from engine.automation.happening import Happening, context_of
from engine.automation.judging import Judging
from engine.automation.ladders import names_of, steps_of
from engine.automation.memory import Memory
from engine.automation.running import StepFailed, stored
from engine.automation.runs import Unrun, note_runs
from engine.automation.trace import Trace
from engine.automation.triggers import Moment
from engine.errors import say
from engine.runtime.records.changes import Press
from engine.runtime.records.reactions import Inside


@dataclass(frozen=True, slots=True)
class Reacting:
    """Reacts to one happening inside its transaction."""

    happening: Happening
    inside: Inside
    memory: Memory

    def press(self, button: CompiledButton, press: Press) -> None:
        """Do what a button does."""
        record = stored(self.inside, self.happening.subject)
        executing = self._executing(
            button.button.address, button.button.label, Moment("pressed", button.button.id)
        )
        executing.execute(steps_of(button, press), names_of(button, press, record))

    def rules(self, matching: Iterable[tuple[CompiledRule, Moment]]) -> None:
        """Run the rules that may; those that do not leave their rows, too."""
        unrun = [left for rule, moment in matching if (left := self._rule(rule, moment))]
        note_runs(self.inside.scene.connection, unrun)

    def _rule(self, compiled: CompiledRule, moment: Moment) -> Unrun | None:
        rule = compiled.rule
        executing = self._executing(rule.address, rule.label, moment)
        judging = Judging(compiled, self.happening, self.inside.scene, self.memory)
        trace = executing.trace
        try:
            holds = judging.checks(context_of(self.happening, self.inside), trace)
        except StepFailed as failed:
            raise executing.failure(failed) from failed
        if not holds:
            trace.reason = say("Its condition does not hold.")
            return Unrun(executing.key, "not_run", trace)
        trace.reason = judging.too_often()
        if trace.reason is not None:
            return Unrun(executing.key, "not_run", trace)
        trace.reason = judging.guard()
        if trace.reason is not None:
            return Unrun(executing.key, "guarded", trace)
        self.memory.ran.add((rule.address, self.happening.subject))
        executing.execute(compiled.steps, {})
        return None

    def _executing(self, address: str, label: str, moment: Moment) -> Executing:
        trace = Trace(label, moment, self.happening.subject)
        return Executing(address, self.happening, self.inside, self.memory, trace)
