"""A pipeline: the stages that records walk through, and the moves between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.metadata.model.button import Button
from engine.metadata.model.text import Expression, Template
from engine.metadata.problems import Mark


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: what it asks for on entry and whether it ends the walk."""

    id: str
    label: str
    address: str
    mark: Mark
    color: str = "grey"
    help: str = ""
    probability: int | None = None
    require: tuple[str, ...] = ()
    enter_when: Expression | None = None
    message: Template | None = None
    closes: str | None = None
    sla: str | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """A way from one stage to another, and who may take it when."""

    source: str
    target: str
    roles: tuple[str, ...] = ()
    when: Expression | None = None


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Stages in their order; `moves` is None where every move is free."""

    id: str
    label: str
    address: str
    mark: Mark
    stages: Mapping[str, Stage]
    moves: Mapping[str, tuple[Move, ...]] | None = field(default=None)
    buttons: Mapping[str, Button] = field(default_factory=dict)

    @property
    def first(self) -> str:
        """Return the stage in which a new record starts."""
        return next(iter(self.stages))
