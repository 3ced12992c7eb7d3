"""Steps: what a button or a rule does, one command each, in the order they are written.

A step acts on the record that the button or rule runs on, unless it names another one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from engine.metadata.model.text import Expression, Slot, Template
from engine.metadata.problems import Mark

Share: TypeAlias = Literal["round_robin", "least_busy"]


@dataclass(frozen=True, slots=True)
class Target:
    """Who is meant: the person of an expression, a user by login, all of a role, all of a team.

    `of` keeps of a role only those who stand above that person: in the same team or one above it.
    """

    mark: Mark
    person: Expression | None = None
    user: str = ""
    role: str = ""
    team: str = ""
    of: Expression | None = None


@dataclass(frozen=True, slots=True)
class SetFields:
    """Give fields of the record other values."""

    address: str
    mark: Mark
    values: Mapping[str, Slot]


@dataclass(frozen=True, slots=True)
class MoveTo:
    """Move the record to a stage; `pipeline` where the stage alone is not enough."""

    address: str
    mark: Mark
    stage: str
    pipeline: str | None = None


@dataclass(frozen=True, slots=True)
class CreateRecord:
    """Make a record; the steps after it know it by its name."""

    address: str
    mark: Mark
    entity: str
    values: Mapping[str, Slot]
    name: str = ""


@dataclass(frozen=True, slots=True)
class FindRecord:
    """Look for a record by equal fields (`match`: the first that agrees) or by a condition.

    The steps after it know what was found by its name; where nothing is, `otherwise` runs.
    """

    address: str
    mark: Mark
    entity: str
    name: str = ""
    match: tuple[str, ...] = ()
    where: Expression | None = None
    otherwise: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class UpdateRecord:
    """Give fields of another record other values."""

    address: str
    mark: Mark
    record: Expression
    values: Mapping[str, Slot]


@dataclass(frozen=True, slots=True)
class ArchiveRecord:
    """Archive the record."""

    address: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class MakeTask:
    """Make a task; `to` and `about` where not said: the record's owner, else who acts; the record.

    Several people each get one.
    """

    address: str
    mark: Mark
    values: Mapping[str, Slot]
    to: tuple[Target, ...] = ()
    about: Expression | None = None


@dataclass(frozen=True, slots=True)
class FinishTasks:
    """Complete open tasks about the record: those of its ladders, of one type, or all."""

    address: str
    mark: Mark
    which: Literal["ladder", "all", "type"]
    type: str = ""


@dataclass(frozen=True, slots=True)
class WriteNote:
    """Write into the timeline."""

    address: str
    mark: Mark
    text: Template


@dataclass(frozen=True, slots=True)
class AssignOwner:
    """Give the record an owner; of several people the one whose turn it is, or with least to do."""

    address: str
    mark: Mark
    to: tuple[Target, ...]
    by: Share = "round_robin"
    only_if_empty: bool = False


@dataclass(frozen=True, slots=True)
class Notify:
    """Tell people."""

    address: str
    mark: Mark
    to: tuple[Target, ...]
    text: Template


@dataclass(frozen=True, slots=True)
class If:
    """Do some steps where a condition holds, else others."""

    address: str
    mark: Mark
    when: Expression
    do: tuple[Step, ...]
    otherwise: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Stop:
    """End here; a sentence is shown to the person and undoes the whole transaction."""

    address: str
    mark: Mark
    message: Template | None = None


Step: TypeAlias = (
    SetFields
    | MoveTo
    | CreateRecord
    | FindRecord
    | UpdateRecord
    | ArchiveRecord
    | MakeTask
    | FinishTasks
    | WriteNote
    | AssignOwner
    | Notify
    | If
    | Stop
)


def branches(step: Step) -> tuple[tuple[Step, ...], ...]:
    """Return the lists of steps inside a step."""
    match step:
        case If():
            return (step.do, step.otherwise)
        case FindRecord():
            return (step.otherwise,)
        case _:
            return ()


def every_step(steps: tuple[Step, ...]) -> Iterator[Step]:
    """Yield steps and those inside them, in the order in which they are written."""
    for one in steps:
        yield one
        for branch in branches(one):
            yield from every_step(branch)
