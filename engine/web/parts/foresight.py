"""What can be known before a button is pressed: conditions and texts of its steps, on the record.

Only what this person may read is put in. What the dialog asks for, and what the steps will find or
make, is not known yet: a condition on it has no answer, a text has a gap.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import TypeAlias
from zoneinfo import ZoneInfo

from engine.metadata.expressions.compile import Typed, check
from engine.metadata.expressions.evaluate import closure
from engine.metadata.expressions.names import Scope
from engine.metadata.expressions.steps import LADDER_WORDS, placed_steps
from engine.metadata.expressions.templates import parse_template
from engine.metadata.model.application import Application, Workdays
from engine.metadata.model.button import Button
from engine.metadata.model.entity import Entity
from engine.metadata.model.step import (
    AssignOwner,
    CreateRecord,
    If,
    MakeTask,
    Notify,
    SetFields,
    Step,
    Stop,
    UpdateRecord,
    WriteNote,
    every_step,
)
from engine.metadata.model.text import Expression, Slot, Template, Value
from engine.runtime.query.meanings import Judge
from engine.runtime.query.records import Record
from engine.runtime.records.buttons import ButtonState
from engine.web.parts.acts import next_try
from engine.web.parts.desk import Desk
from engine.web.parts.judging import Path, Values, linked_values, own_values
from engine.web.parts.look import Look

GAP = "…"
SAME_RECORD = frozenset({"record", "old"})
KNOWN_WORDS = SAME_RECORD | LADDER_WORDS.keys()
SINCE = ("since",)
Words = Expression | Template
Meaning: TypeAlias = tuple[Typed, Judge]


@dataclass(frozen=True, slots=True)
class Known:
    """The values that are known, as expressions read them."""

    values: Values
    look: Look

    @property
    def now(self) -> datetime:
        """Return the present instant."""
        return self.look.now

    @property
    def zone(self) -> ZoneInfo:
        """Return the company's zone."""
        return self.look.company_zone

    @property
    def workdays(self) -> Workdays:
        """Return the company's working time."""
        return self.look.application.workdays

    def read(self, path: Path) -> Value:
        """Return the value of a path."""
        return self.values.get(plain(path))


class Script:
    """The steps of one button and what their words mean, found out once for a version.

    `place` is the address of the step where words stand, '' for what the record itself says.
    """

    def __init__(self, application: Application, entity: Entity, button: Button) -> None:
        self._application = application
        self._entity = entity
        placed = placed_steps(application, entity, button)
        self._scopes = {one.step.address: one.scope for one in placed}
        self._scopes[""] = Scope(application, entity)
        self.meaning = cache(self._meaning)
        self.text = cache(self._text)
        self.paths = cache(self._paths)
        self.depending = cache(self._depending)

    def scope(self, place: str) -> Scope:
        """Return the names that words may use at a place."""
        return self._scopes[place]

    def _meaning(self, expression: Expression, place: str) -> Meaning | None:
        """Return the meaning of an expression, None where it has none."""
        found, _ = check(expression, self.scope(place))
        return None if found is None else (found, closure(found))

    def _text(self, template: Template, place: str) -> tuple[str | Meaning, ...]:
        """Return the parts of a text."""
        found, _ = parse_template(template, self.scope(place))
        parts = found.parts if found else ()
        return tuple(one if isinstance(one, str) else (one, closure(one)) for one in parts)

    def _paths(self, words: Words, place: str) -> frozenset[Path]:
        """Return what an expression or a text reads of the record."""
        return frozenset(paths_of(words, self.scope(place)))

    def _depending(self, names: frozenset[str]) -> frozenset[str]:
        """Return these fields with all that is computed from them."""
        return depending(self._application, self._entity, names)


@dataclass(frozen=True, slots=True)
class Foresight:
    """The record as it stands, for the steps of one button."""

    desk: Desk
    record: Record
    script: Script
    known: Known
    place: str = ""

    @property
    def scope(self) -> Scope:
        """Return the names that are known here."""
        return self.script.scope(self.place)

    def holds(self, condition: Expression) -> bool | None:
        """Say whether a condition is true, None where nobody can know yet."""
        found = self._known(condition)
        return None if found is None else found[1](self.known) is True

    def value(self, expression: Expression) -> Value:
        """Return the value of an expression, None where it is not known."""
        found = self._known(expression)
        value = None if found is None else found[1](self.known)
        return None if isinstance(value, timedelta) else value

    def typed(self, expression: Expression) -> Typed | None:
        """Return the meaning of an expression, None where what it reads is not known."""
        found = self._known(expression)
        return None if found is None else found[0]

    def _known(self, expression: Expression) -> Meaning | None:
        found = self.script.meaning(expression, self.place)
        return found if found is not None and self.knows(found[0]) else None

    def knows(self, found: Typed) -> bool:
        """Say whether everything is known that an expression reads."""
        return all(
            plain(path) in self.known.values and not is_given(path, self.scope)
            for path in found.paths
        )

    def text(self, template: Template) -> str:
        """Return a text with gaps where something is not known yet."""
        parts = self.script.text(template, self.place)
        filled = (one if isinstance(one, str) else self.piece(*one) for one in parts)
        return " ".join("".join(filled).split())

    def piece(self, found: Typed, judge: Judge) -> str:
        """Return the text of one expression."""
        if not self.knows(found):
            return GAP
        value = judge(self.known)
        return "" if value is None else self.desk.look.shower(value, found)

    def entity_of(self, expression: Expression) -> Entity | None:
        """Return the kind of record that an expression leads to."""
        found = self.script.meaning(expression, self.place)
        return self.scope.application.entities.get((found[0].to if found else None) or "")

    def at(self, step: Step) -> Foresight:
        """Return the same for one step, which knows the names of those before it."""
        return replace(self, place=step.address)


def foresight(desk: Desk, record: Record, state: ButtonState, steps: Iterable[Step]) -> Foresight:
    """Return what can be known for these steps; fields behind links cost one query."""
    entity = desk.look.application.entity(record.entity)
    script = desk.access.kept.get(
        ("script", entity.id, state.button.id),
        lambda: Script(desk.look.application, entity, state.button),
    )
    asked = script.depending(frozenset(one.id for one in state.button.ask))
    own = {
        path: value
        for path, value in {**own_values(desk, entity, record), **titles_of(record)}.items()
        if path[0] not in asked
    }
    paths = {
        path
        for step in every_step(tuple(steps))
        for words in words_of(step)
        for path in script.paths(words, step.address)
    }
    since = stays_of(desk, record) if any(path[1:] == SINCE for path in paths) else {}
    far = sorted(path for path in paths - own.keys() - since.keys() if is_far(path, record, asked))
    values = {**own, **since, **linked_values(desk, record, far), **tries_of(desk.look, state)}
    return Foresight(desk, record, script, Known(values, desk.look))


def depending(application: Application, entity: Entity, names: Collection[str]) -> frozenset[str]:
    """Return these fields with all that is computed from them: formulas, and the title."""
    scope = Scope(application, entity, with_old=False)
    computed: dict[str, Words | None] = {one.id: one.formula for one in entity.fields.values()}
    computed["title"] = entity.title
    reads = {
        name: {path[0] for path in paths_of(words, scope)}
        for name, words in computed.items()
        if words is not None
    }
    reads.setdefault("title", {entity.title_field or "title"})
    found = set(names)
    while more := {name for name, read in reads.items() if read & found} - found:
        found |= more
    return frozenset(found)


def plain(path: Path) -> Path:
    """Return a path without the words that mean the record itself."""
    return path[1:] if len(path) > 1 and path[0] in SAME_RECORD else path


def titles_of(record: Record) -> dict[Path, Value]:
    """Return the titles of the records that a record is linked to."""
    return {(name, "title"): one.title for name, one in record.links.items() if one is not None}


def tries_of(look: Look, state: ButtonState) -> dict[Path, Value]:
    """Return the words of a ladder."""
    ladder = state.button.ladder
    if ladder is None:
        return {}
    due = next_try(look, ladder, state)
    return {("try",): state.count + 1, ("tries",): state.tries, ("next_try",): due}


def stays_of(desk: Desk, record: Record) -> dict[Path, Value]:
    """Return since when the record stands in its stages."""
    return {(name, *SINCE): one.entered_at for name, one in desk.stays(record).items()}


def is_far(path: Path, record: Record, asked: Collection[str]) -> bool:
    """Say whether a path leads through a link of the record that does not change."""
    return len(path) > 1 and path[0] in record.values and path[0] not in asked


def paths_of(words: Words, scope: Scope) -> Iterator[Path]:
    """Yield what an expression or a text reads of the record."""
    if isinstance(words, Template):
        found, _ = parse_template(words, scope)
        paths = found.paths if found else ()
    else:
        typed, _ = check(words, scope)
        paths = typed.paths if typed else ()
    yield from (plain(path) for path in paths if not is_given(path, scope))


def is_given(path: Path, scope: Scope) -> bool:
    """Say whether a path begins with a name that the dialog or an earlier step gives."""
    return path[0] in scope.extra and path[0] not in KNOWN_WORDS


def words_of(step: Step) -> Iterator[Words]:
    """Yield the expressions and texts of one step, without those of steps inside it."""
    match step:
        case SetFields() | CreateRecord() | MakeTask():
            yield from slots_of(step.values)
        case UpdateRecord():
            yield step.record
            yield from slots_of(step.values)
        case WriteNote() | Notify():
            yield step.text
        case If():
            yield step.when
        case Stop() if step.message is not None:
            yield step.message
        case _:
            pass
    if isinstance(step, MakeTask | AssignOwner | Notify):
        yield from (target.person for target in step.to if target.person is not None)


def slots_of(values: Mapping[str, Slot]) -> Iterator[Words]:
    """Yield the slots that are no plain values."""
    yield from (one for one in values.values() if isinstance(one, Expression | Template))
