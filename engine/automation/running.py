"""One run: the steps of a rule or button at work on one record, inside a transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from engine.automation.context import Bound, Linked, RunContext
from engine.automation.ready import Reads, seen
from engine.automation.trace import Seen, StepTrace, Trace
from engine.errors import EngineError, Message, Unavailable, ValidationFailed, say
from engine.log import logger
from engine.metadata.model.text import RecordRef
from engine.runtime.actor import Actor
from engine.runtime.records.changes import Saved, Values
from engine.runtime.records.context import Scene
from engine.runtime.records.denials import Missing
from engine.runtime.records.reactions import NOTHING, Deed, Inside, Write
from engine.runtime.records.sentences import about_fields

Payload: TypeAlias = Mapping[str, object]

# No expression of an author may end so: what does is a fault of the engine, and still has its row.
COMPUTING = (ArithmeticError, LookupError, TypeError, ValueError)

log = logger("rules")


@dataclass(frozen=True, slots=True)
class Ended:
    """The steps end here; with a sentence nothing of them is to be stored."""

    message: Message | None = None


@dataclass(frozen=True, slots=True)
class Did:
    """What came of a step; `seen` is what it read on the way, beside its expressions."""

    result: Literal["done", "skipped"] = "done"
    said: Message | None = None
    made: RecordRef | None = None
    end: Ended | None = None
    seen: tuple[Seen, ...] = ()


@dataclass(frozen=True, slots=True)
class CompiledStep:
    """A step made ready: what it is called, what its expressions read, and what it does."""

    address: str
    step: str
    words: Message
    reads: Reads
    do: Callable[[Run], Did]


class StepFailed(Exception):
    """A step could not be done, or a condition not be judged."""

    def __init__(self, words: Message, why: Message) -> None:
        """Keep what it is called and the reason."""
        self.words, self.why = words, why
        super().__init__(str(why))


@dataclass(slots=True)
class Run:
    """A rule or button at work: on which record, by whose authority, with which names."""

    inside: Inside
    subject: RecordRef
    old: Values | None
    actor: Actor
    trace: Trace
    names: dict[str, Bound | Mapping[str, Bound]] = field(default_factory=dict)
    touched: str = ""

    @property
    def scene(self) -> Scene:
        """Return the transaction as expressions see it."""
        return self.inside.scene

    @property
    def values(self) -> Values:
        """Return the record as it is now."""
        return stored(self.inside, self.subject)

    def context(self) -> RunContext:
        """Return what expressions see now."""
        compiled = self.scene.entities[self.subject.entity]
        record = self.scene.context(compiled, self.values, self.old)
        return RunContext(record, self.names, self.scene.lookup)

    def bind(self, name: str, record: RecordRef | None) -> None:
        """Give a record a name for the steps that follow."""
        if name:
            self.names[name] = None if record is None else Linked(record.entity, record.id)

    def write(self, deed: Deed, record: RecordRef, payload: Payload = NOTHING) -> Saved:
        """Change a record by the run's authority."""
        return self.perform(Write(deed, self.actor, record.entity, record.id, payload=payload))

    def create(self, entity_id: str, payload: Payload) -> RecordRef:
        """Make a record by the run's authority."""
        saved = self.perform(Write("create", self.actor, entity_id, payload=payload))
        return RecordRef(saved.entity, saved.id)

    def perform(self, write: Write) -> Saved:
        """Write at once; `touched` says which fields a refusal is about."""
        self.touched = write.entity
        return self.inside.perform(write)

    def do(self, steps: Sequence[CompiledStep]) -> Ended | None:
        """Do steps in their order; say whether one of them has ended the run."""
        for step in steps:
            did = self._do(step)
            if did.end is not None:
                return did.end
        return None

    def _do(self, step: CompiledStep) -> Did:
        place = len(self.trace.steps)  # the steps within this one come behind it
        values = seen(step.reads, self.context(), self.scene)

        def told(result: Literal["done", "skipped", "failed"], did: Did) -> StepTrace:
            words = (step.address, step.step, step.words)
            return StepTrace(*words, (*values, *did.seen), result, did.said, did.made)

        try:
            did = step.do(self)
        except Unavailable:
            raise  # no fault of the step: the whole transaction is tried again
        except (EngineError, *COMPUTING) as error:
            why = self._reason(error) if isinstance(error, EngineError) else not_computed(error)
            self.trace.steps.insert(place, told("failed", Did(said=why)))
            raise StepFailed(step.words, why) from error
        except StepFailed:
            self.trace.steps.insert(place, told("failed", Did()))
            raise
        self.trace.steps.insert(place, told(did.result, did))
        return did

    def _reason(self, error: EngineError) -> Message:
        """Return the sentences of a refusal as one."""
        if not isinstance(error, ValidationFailed):
            return error.message
        compiled = self.scene.entities[self.touched or self.subject.entity]
        return about_fields(error.messages, compiled)


def not_computed(error: Exception) -> Message:
    """Say that something can't be computed, and leave the rest to whoever reads the log."""
    log.error("not_computed", exc_info=error)
    return say("It can't be computed.")


def stored(inside: Inside, record: RecordRef) -> Values:
    """Return a record's values, which must be there."""
    values = inside.values(record.entity, record.id)
    if values is None:
        raise Missing("see", record.entity, record.id)
    return values
