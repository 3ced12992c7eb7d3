"""What a run did and why, as it is kept: plain values that say themselves in any language.

A sentence is kept as its English text with its values, which may be sentences again. Values that
conditions and steps have read stand beside them, shown as the company writes them and as JSON.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from engine.automation.triggers import Moment
from engine.errors import Message
from engine.metadata.model.text import RecordRef
from engine.runtime.records.sentences import kept

Json: TypeAlias = Any
Seen: TypeAlias = tuple[str, str, Json]  # a path, its value as it is shown, and the value
RunState: TypeAlias = Literal["running", "done", "not_run", "stopped", "guarded", "failed"]


@dataclass(frozen=True, slots=True)
class CheckTrace:
    """A condition that was judged: `key` is `when` or `where`."""

    key: str
    text: str
    result: bool
    values: tuple[Seen, ...]

    def json(self) -> Json:
        """Return the check as it is kept."""
        return {
            "key": self.key,
            "text": self.text,
            "result": self.result,
            "values": [list(one) for one in self.values],
        }


@dataclass(frozen=True, slots=True)
class StepTrace:
    """A step that was done, had nothing to do, or failed; `said` is what came of it."""

    address: str
    step: str
    words: Message
    values: tuple[Seen, ...]
    result: Literal["done", "skipped", "failed"]
    said: Message | None = None
    made: RecordRef | None = None

    def json(self) -> Json:
        """Return the step as it is kept."""
        return {
            "at": self.address,
            "step": self.step,
            "words": kept(self.words),
            "values": [list(one) for one in self.values],
            "made": None if self.made is None else [self.made.entity, self.made.id],
            "result": self.result,
            "said": None if self.said is None else kept(self.said),
        }


@dataclass(slots=True)
class Trace:
    """The story of one run while it is told."""

    label: str
    moment: Moment
    subject: RecordRef
    checks: list[CheckTrace] = field(default_factory=list)
    steps: list[StepTrace] = field(default_factory=list)
    reason: Message | None = None

    def json(self) -> Json:
        """Return the trace as it is kept."""
        names = [self.moment.name] if self.moment.name else []
        return {
            "label": self.label,
            "trigger": {"kind": self.moment.kind, "names": names},
            "on": [self.subject.entity, self.subject.id],
            "checks": [one.json() for one in self.checks],
            "steps": [one.json() for one in self.steps],
            "reason": None if self.reason is None else kept(self.reason),
        }
