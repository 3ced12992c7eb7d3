"""Rules and buttons made ready, once for each version that is served."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.automation.ready import Ready
from engine.automation.running import CompiledStep
from engine.automation.triggers import Index
from engine.metadata.model.button import Button
from engine.metadata.model.field import Field
from engine.metadata.model.rule import Rule
from engine.metadata.moments import Length

Steps = tuple[CompiledStep, ...]


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule: its conditions by key, and what it does."""

    rule: Rule
    checks: Mapping[str, Ready]
    steps: Steps
    once_per: Length | None = None


@dataclass(frozen=True, slots=True)
class CompiledButton:
    """A button: what its dialog asks beside fields of the record, and what a press does."""

    button: Button
    asked: Mapping[str, Field]
    steps: Steps
    each: Steps = ()
    then: Steps = ()


@dataclass(frozen=True, slots=True)
class Programs:
    """Everything that reacts in a configuration; buttons by entity and id."""

    rules: Index[CompiledRule]
    buttons: Mapping[tuple[str, str], CompiledButton]
    entities: frozenset[str]
    stage_fields: Mapping[str, tuple[str, ...]]
