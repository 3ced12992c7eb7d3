"""Runs steps under a row of the run log; what can't be done, or says no, undoes everything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.automation.compiled import Steps
from engine.automation.context import Bound
from engine.automation.happening import Happening
from engine.automation.memory import Memory
from engine.automation.running import Ended, Run, StepFailed
from engine.automation.runs import RunKey, begin_run, finish_run
from engine.automation.trace import RunState, Trace
from engine.runtime.actor import rule_actor
from engine.runtime.records.reactions import Inside
from engine.runtime.records.rule_failure import LostRun, RuleFailed, RuleStopped, not_done


@dataclass(frozen=True, slots=True)
class Executing:
    """One rule or button whose steps are to be done."""

    address: str
    happening: Happening
    inside: Inside
    memory: Memory
    trace: Trace

    @property
    def key(self) -> RunKey:
        """Return what the run's row is about."""
        one = self.happening
        return RunKey(self.address, one.subject, one.history_id, self.inside.now)

    def execute(self, steps: Steps, names: Mapping[str, Bound | Mapping[str, Bound]]) -> Run:
        """Do the steps; each change that they make carries the number of the run."""
        connection, label = self.inside.scene.connection, self.trace.label
        run_id = begin_run(connection, self.key)
        self.memory.chains[run_id] = (*self.happening.chain, label)
        run = Run(
            inside=self.inside,
            subject=self.happening.subject,
            old=self.happening.old,
            actor=rule_actor(self.happening.actor, label, run_id),
            trace=self.trace,
            names={**self.happening.names, **names},
        )
        ended = self._done(run, steps)
        if ended is not None and ended.message is not None:
            raise RuleStopped(ended.message, self._lost("stopped"))
        finish_run(connection, run_id, "done" if ended is None else "stopped", self.trace)
        return run

    def _done(self, run: Run, steps: Steps) -> Ended | None:
        try:
            return run.do(steps)
        except StepFailed as failed:
            raise self.failure(failed) from failed

    def failure(self, failed: StepFailed) -> RuleFailed:
        """Return what undoes everything, with the row that is kept of it."""
        self.trace.reason = failed.why
        said = not_done(self.trace.label, failed.words, failed.why)
        return RuleFailed(said, self._lost("failed"))

    def _lost(self, state: RunState) -> LostRun:
        """Return the row that is kept although everything is undone; what was new has no number."""
        subject = self.happening.subject
        return LostRun(
            rule_id=self.address,
            entity=subject.entity,
            record_id=None if subject in self.memory.made else subject.id,
            state=state,
            trace=self.trace.json(),
            started_at=self.inside.now,
            finished_at=self.inside.now,
        )
