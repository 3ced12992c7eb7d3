"""Whether a rule that listens runs: its conditions, how often it may, and the guard.

The guard stops rules that start each other. It throws nothing: the change goes on without them,
and the run log has the chain.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.automation.compiled import CompiledRule
from engine.automation.context import RunContext
from engine.automation.happening import Happening
from engine.automation.memory import Memory
from engine.automation.ready import seen
from engine.automation.running import COMPUTING, StepFailed, not_computed
from engine.automation.runs import last_run
from engine.automation.trace import CheckTrace, Trace
from engine.errors import Message, say
from engine.metadata.moments import add_length
from engine.runtime.records.context import Scene
from engine.runtime.records.transaction import DEEPEST


@dataclass(frozen=True, slots=True)
class Judging:
    """One rule, about to run."""

    rule: CompiledRule
    happening: Happening
    scene: Scene
    memory: Memory

    def checks(self, context: RunContext, trace: Trace) -> bool:
        """Judge the conditions until one does not hold; each stands in the trace."""
        for key, condition in self.rule.checks.items():
            values = seen(condition.reads, context, self.scene)
            try:
                result = condition.holds(context)
            except COMPUTING as error:
                words = say("If {condition}", condition=condition.text)
                raise StepFailed(words, not_computed(error)) from error
            trace.checks.append(CheckTrace(key, condition.text, result, values))
            if not result:
                return False
        return True

    def too_often(self) -> Message | None:
        """Say that the rule has run on the record not long ago."""
        if self.rule.once_per is None:
            return None
        setting = self.scene.setting
        last = last_run(self.scene.connection, self.rule.rule.address, self.happening.subject)
        if last is None:
            return None
        again = add_length(last, self.rule.once_per, setting.zone, setting.workdays)
        if again <= setting.now:
            return None
        return say("It runs once in {length} on a record.", length=self.rule.rule.once_per)

    def guard(self) -> Message | None:
        """Say why the rule must not run again in this transaction."""
        rule, chain = self.rule.rule, " → ".join((*self.happening.chain, self.rule.rule.label))
        if (rule.address, self.happening.subject) in self.memory.ran:
            return say("It runs once on a record for each change: {chain}", chain=chain)
        if self.happening.depth >= DEEPEST:
            return say("Rules have started each other too often: {chain}", chain=chain)
        return None
