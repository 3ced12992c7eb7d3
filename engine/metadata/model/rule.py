"""Rules: when this happens, and this holds, do that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from engine.metadata.model.step import Step
from engine.metadata.model.text import Expression
from engine.metadata.problems import Mark

TriggerKind: TypeAlias = Literal["created", "changed", "entered", "left", "pressed", "overdue"]


@dataclass(frozen=True, slots=True)
class Trigger:
    """What a rule listens to; `names` are fields, stages or buttons, empty for any of them.

    For `overdue` it is ("stage",) or ("task",).
    """

    kind: TriggerKind
    mark: Mark
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """An automation: its steps run inside the transaction of the change that started it."""

    id: str
    label: str
    entity: str
    address: str
    mark: Mark
    on: tuple[Trigger, ...]
    do: tuple[Step, ...]
    where: Expression | None = None
    when: Expression | None = None
    once_per: str | None = None
    help: str = ""
