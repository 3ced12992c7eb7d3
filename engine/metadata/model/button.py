"""Buttons: what people press when something happened; stages and tasks follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.metadata.model.field import Field
from engine.metadata.model.step import Step
from engine.metadata.model.text import Expression
from engine.metadata.problems import Mark

RESETS = ("other_button", "left")


@dataclass(frozen=True, slots=True)
class Ask:
    """One input of a button's dialog: a field of the record, or an answer with a type of its own.

    A field's answer is stored in the record before the steps; label, help and quick values are
    those of the field unless they are said here.
    """

    id: str
    address: str
    mark: Mark
    own: Field | None = None
    required: bool = False
    label: str = ""
    help: str = ""
    quick: tuple[str, ...] = ()

    @property
    def is_stored(self) -> bool:
        """Say whether the answer is a field of the record."""
        return self.own is None


@dataclass(frozen=True, slots=True)
class Ladder:
    """Another try each time: so long until the next one; after the last try `then` runs."""

    tries: tuple[str, ...]
    each: tuple[Step, ...]
    then: tuple[Step, ...] = ()
    reset_on: tuple[str, ...] = RESETS
    in_workhours: bool = False


@dataclass(frozen=True, slots=True)
class Button:
    """What can be pressed on a record; `show_in` are stages, empty for all of them."""

    id: str
    label: str
    address: str
    mark: Mark
    icon: str = ""
    color: str = ""
    help: str = ""
    group: str = ""
    show_in: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    when: Expression | None = None
    ask: tuple[Ask, ...] = ()
    do: tuple[Step, ...] = ()
    ladder: Ladder | None = None
    pipeline: str | None = None

    @property
    def steps(self) -> tuple[Step, ...]:
        """Return all its steps: those of a press, and of the presses of its ladder."""
        return (*self.do, *(self.ladder.each + self.ladder.then if self.ladder else ()))


def asked_field(ask: Ask, fields: Mapping[str, Field]) -> Field | None:
    """Return the field that a dialog draws for an answer, None where the record has none such."""
    field = ask.own or fields.get(ask.id)
    if field is None:
        return None
    return replace(
        field,
        id=ask.id,
        label=ask.label or field.label,
        help=ask.help or field.help,
        quick=ask.quick or field.quick,
        required=ask.required,
    )
