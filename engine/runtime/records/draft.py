"""A record on its way into the database: what was, what was sent, what it will be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.errors import Message
from engine.metadata.model.text import Value
from engine.runtime.actor import Actor
from engine.runtime.records.changes import Action, Messages, Press, Stored, Values
from engine.runtime.records.compiled import CompiledEntity, CompiledPipeline
from engine.runtime.records.context import RecordContext, Scene
from engine.runtime.records.payload import FieldRights


@dataclass(slots=True)
class Draft:
    """One record being written.

    `baseline` is what an untouched field holds: the stored value, in a new record the default.
    `sent` are the fields that came from outside; `messages` what was refused while reading them.
    """

    compiled: CompiledEntity
    action: Action
    actor: Actor
    rights: FieldRights
    before: Stored | None
    baseline: Mapping[str, Value]
    values: dict[str, Value]
    sent: frozenset[str] = frozenset()
    messages: dict[str, tuple[Message, ...]] = field(default_factory=dict)
    denied: frozenset[str] = frozenset()
    may_assign: bool = True
    press: Press | None = None

    @property
    def old(self) -> Values | None:
        """Return the stored values, None for a new record."""
        return None if self.before is None else self.before.values

    @property
    def record_id(self) -> int | None:
        """Return the id, None for a new record."""
        return None if self.before is None else self.before.id

    def changed(self, name: str) -> bool:
        """Say whether a field gets another value than the one that is stored."""
        old = self.compiled.blank if self.before is None else self.before.values
        return self.values.get(name) != old.get(name)

    def changed_fields(self) -> frozenset[str]:
        """Return the stored fields that get another value."""
        old = self.compiled.blank if self.before is None else self.before.values
        values = self.values
        return frozenset(n for n in self.compiled.columns if values.get(n) != old.get(n))

    def was_touched(self, name: str) -> bool:
        """Say whether somebody sent another value than an untouched field holds."""
        return name in self.sent and self.values.get(name) != self.baseline.get(name)

    def add(self, messages: Messages) -> None:
        """Keep sentences at their fields."""
        for name, found in messages.items():
            self.messages[name] = (*self.messages.get(name, ()), *found)

    def context(self, scene: Scene) -> RecordContext:
        """Return what expressions see: the new values, and the old ones behind `old`."""
        return scene.context(self.compiled, self.values, self.old or self.compiled.blank)

    def entered_stages(self) -> tuple[tuple[CompiledPipeline, str], ...]:
        """Return the pipelines in which the record takes another stage, with that stage."""
        return tuple(
            (pipeline, str(self.values[name]))
            for name, pipeline in self.compiled.pipelines.items()
            if self.values.get(name) is not None and self.changed(name)
        )
