"""The folder that a serving process watches, as pages see it: in order, wrong, or with a question.

A port: `engine.live` watches and answers it; a process that serves without a folder has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from engine.metadata.model.application import Application
from engine.metadata.problems import Problem
from engine.runtime.plan.agreement import Agreement
from engine.runtime.plan.renames import Renames
from engine.runtime.plan.steps import Plan


class Standing(StrEnum):
    """How the folder stands to what is served."""

    SERVED = "served"  # the folder is what is served
    WRONG = "wrong"  # it has mistakes: the version before is served
    ASKS = "asks"  # its plan waits for an answer: the version before is served


@dataclass(frozen=True, slots=True)
class FolderState:
    """What was found at the last look at the folder.

    `problems` holds also warnings of a folder that is served. `plan` and `wanted` are there while
    the folder asks.
    """

    standing: Standing
    looked_at: datetime
    problems: tuple[Problem, ...] = ()
    sources: Mapping[str, str] | None = None
    plan: Plan | None = None
    wanted: Application | None = None


class WatchedFolder(Protocol):
    """The folder beside a serving process."""

    @property
    def name(self) -> str:
        """Return the folder as it was typed."""
        ...

    @property
    def state(self) -> FolderState:
        """Return what was found at the last look."""
        ...

    def plan(self, renames: Renames) -> Plan | None:
        """Return the plan with these renames; None where the folder does not ask."""
        ...

    def apply(self, plan: Plan, agreement: Agreement, author: str) -> None:
        """Apply a plan of this folder that somebody has agreed to, and serve it."""
        ...
