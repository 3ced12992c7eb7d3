"""Expressions, texts and values of steps, made ready once: what they give, and what they read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from engine.automation.context import RunContext
from engine.automation.trace import Seen
from engine.metadata.expressions import nodes
from engine.metadata.expressions.compile import Typed
from engine.metadata.expressions.evaluate import closure
from engine.metadata.expressions.nodes import Const
from engine.metadata.expressions.templates import TextTemplate, render
from engine.metadata.expressions.types import Type
from engine.metadata.fieldtypes.base import Kind
from engine.metadata.model.text import RecordRef, Value
from engine.runtime.records.compiled import Closure, Default, as_value
from engine.runtime.records.context import Path, Scene
from engine.runtime.records.images import encode
from engine.runtime.records.reading.base import Reading
from engine.runtime.records.titles import with_titles

Reads: TypeAlias = Mapping[Path, Type]
LONGEST_SHOWN = 300  # letters of a value in the run log


@dataclass(frozen=True, slots=True)
class Ready:
    """An expression: its closure, and the paths that it reads."""

    text: str
    typed: Typed
    closure: Closure
    reads: Reads

    def value(self, context: RunContext) -> Value:
        """Return the value."""
        return as_value(self.closure(context))

    def holds(self, context: RunContext) -> bool:
        """Say whether a condition is true."""
        return self.closure(context) is True

    def record(self, context: RunContext) -> RecordRef | None:
        """Return the record that the value leads to."""
        value = self.value(context)
        if isinstance(value, int) and self.typed.to is not None:
            return RecordRef(self.typed.to, value)
        return value if isinstance(value, RecordRef) else None


@dataclass(frozen=True, slots=True)
class ReadyText:
    """A text that is filled in."""

    template: TextTemplate
    reads: Reads

    def render(self, context: RunContext, scene: Scene) -> str:
        """Fill the text in, in the company's language."""
        shown = with_titles(scene.lookup, scene.show)
        return render(self.template, context, shown).strip()


@dataclass(frozen=True, slots=True)
class ReadySlot:
    """A value that is written into a field."""

    default: Default
    reads: Reads
    leads_to: str | None = None  # where the link goes that is written into a field for any record


@dataclass(frozen=True, slots=True)
class ReadySlots:
    """The values of several fields."""

    slots: Mapping[str, ReadySlot]

    @property
    def reads(self) -> Reads:
        """Return the paths that they read."""
        return joined(one.reads for one in self.slots.values())

    def values(self, context: RunContext, scene: Scene) -> dict[str, object]:
        """Return the values by field; times that are written are those of the company's clock."""
        setting = scene.setting
        reading = Reading(setting.now, setting.zone, setting.workdays)
        shown = with_titles(scene.lookup, scene.show)
        found: dict[str, object] = {}
        for name, slot in self.slots.items():
            value = slot.default(context, reading, shown)
            if slot.leads_to is not None and isinstance(value, int):
                value = RecordRef(slot.leads_to, value)
            found[name] = value
        return found


def ready(text: str, typed: Typed) -> Ready:
    """Make an expression ready."""
    return Ready(text, typed, closure(typed), reads_of((typed,)))


def ready_text(template: TextTemplate) -> ReadyText:
    """Make a text ready."""
    return ReadyText(template, reads_of(one for one in template.parts if isinstance(one, Typed)))


def reads_of(parts: Iterable[Typed]) -> Reads:
    """Return the paths that expressions read, with their types, in their order of letters."""
    found = {
        one.path: one.type
        for part in parts
        for one in nodes.walk(part.node)
        if isinstance(one, nodes.Read)
    }
    return {path: found[path] for path in sorted(found)}


def joined(reads: Iterable[Reads]) -> Reads:
    """Return what several parts read."""
    return {path: type_ for one in reads for path, type_ in one.items()}


def seen(reads: Reads, context: RunContext, scene: Scene) -> tuple[Seen, ...]:
    """Return the values of paths as a trace keeps them."""
    return tuple(_seen(path, type_, context, scene) for path, type_ in reads.items())


def _seen(path: Path, type_: Type, context: RunContext, scene: Scene) -> Seen:
    value = context.read(path)
    plain = encode(value)
    kept = _cut(plain) if isinstance(plain, str) else plain
    return ".".join(path), _cut(_shown(value, type_, scene)), kept


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"


def _shown(value: Value, type_: Type, scene: Scene) -> str:
    if value is None:
        return ""
    if type_.kind is Kind.LINK and type_.to is not None and isinstance(value, int):
        return scene.lookup.title(type_.to, value)
    shown = with_titles(scene.lookup, scene.show)
    return shown(value, Typed(Const(type_, value), frozenset(), uses_clock=False))
