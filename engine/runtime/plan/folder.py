"""The folder that a serving process watches, as pages see it: in order, wrong, or with a question.

A port: `engine.live` watches and answers it; a process that serves without a folder has none.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from engine.errors import Message
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
    the folder asks; `taken_back` says that it asks although nothing of it would need an answer,
    because somebody has gone back from it. `refusal` is why a folder that may have no mistake can't
    be served, or of one that is served why its rows are not all there. `stamp` is another one for
    every state.
    """

    standing: Standing
    looked_at: datetime
    problems: tuple[Problem, ...] = ()
    sources: Mapping[str, str] | None = None
    plan: Plan | None = None
    wanted: Application | None = None
    taken_back: bool = False
    refusal: Message | None = None
    stamp: str = field(default_factory=lambda: secrets.token_hex(4), compare=False)


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

    def look_again(self) -> None:
        """Look once more soon: another version is served."""
        ...

    def plan(self, renames: Renames) -> Plan | None:
        """Return the plan with these renames; None where the folder does not ask."""
        ...

    def apply(self, plan: Plan, agreement: Agreement, author: str) -> None:
        """Apply a plan of this folder that somebody has agreed to, and serve it."""
        ...
