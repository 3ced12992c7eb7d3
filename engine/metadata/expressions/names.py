"""What names mean: fields, paths through links, `user`, `old`, and the words of a place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

from engine.metadata.closeness import closest
from engine.metadata.expressions import types
from engine.metadata.expressions.mistakes import ExpressionProblem, Span
from engine.metadata.expressions.nodes import Read
from engine.metadata.expressions.syntax import Name
from engine.metadata.expressions.types import Type
from engine.metadata.fieldtypes.base import Kind
from engine.metadata.model.application import Application
from engine.metadata.model.entity import Entity
from engine.metadata.model.field import Field

Named: TypeAlias = Field | Entity | Mapping[str, Field]

MAX_PATH = 6
NO_NAMES: Mapping[str, Named] = MappingProxyType({})
NOWHERE: Mapping[str, str] = MappingProxyType({})
LATER_WORDS = frozenset({"inputs"})
# Words of the language that are known in some places only: where.
ELSEWHERE: Mapping[str, str] = MappingProxyType(
    {
        "ask": "it is known in the steps of a button that asks",
        "record": "it is known in the steps of buttons and rules",
        "try": "it is known in the steps of a ladder",
        "tries": "it is known in the steps of a ladder",
        "next_try": "it is known in the steps of a ladder",
    }
)
USER = Type(Kind.LINK, to="user")
SYSTEM_TYPES: Mapping[str, Type] = {
    "id": types.INTEGER,
    "title": types.TEXT,
    "created_at": types.INSTANT,
    "created_by": USER,
    "updated_at": types.INSTANT,
    "updated_by": USER,
    "archived": types.BOOL,
    "last_activity_at": types.INSTANT,
}
_OTHER_WORDS = {
    "yes": "true",
    "no": "false",
    "nil": "none",
    "empty": "is none",
    "me": "user",
    "current_user": "user",
    "self": "the field's name alone",
    "this": "the field's name alone",
    "null": "none",
}


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an expression stands: the entity whose record it is about, and more names.

    `extra` binds names of the place: a Field is a value, an Entity a record whose fields follow a
    dot, a mapping a group of values (`ask.comment`). `later` has the addresses `entity.field` of
    fields whose type does not run yet. `elsewhere` says of names that are not known here where
    they are.
    """

    application: Application
    entity: Entity | None = None
    extra: Mapping[str, Named] = field(default_factory=lambda: NO_NAMES)
    later: frozenset[str] = frozenset()
    with_old: bool = True
    elsewhere: Mapping[str, str] = field(default_factory=lambda: NOWHERE)


def resolve(name: Name, scope: Scope) -> Read:
    """Say what a name or path reads."""
    if len(name.parts) > MAX_PATH:
        raise ExpressionProblem("E302", name.span, f"a path has at most {MAX_PATH} names")
    return _Path(name, scope).read()


def _later_type(span: Span, name: str) -> ExpressionProblem:
    return ExpressionProblem(
        "L302", span, f"the field '{name}' is of a type that this version does not run yet"
    )


@dataclass(slots=True)
class _Path:
    name: Name
    scope: Scope

    def read(self) -> Read:
        """Follow the path from its first name."""
        first = self.name.parts[0]
        at, type_ = self._first(first)
        for index in range(at, len(self.name.parts)):
            type_ = self._step(type_, index)
        return Read(type_, self.name.parts)

    def _first(self, first: str) -> tuple[int, Type]:
        """Return how many names are used up, and the type they lead to."""
        entity = self.scope.entity
        if first in self.scope.extra:
            return self._extra(self.scope.extra[first])
        if first == "user" and "user" in self.scope.application.entities:
            return 1, USER
        if first == "old" and entity is not None and self.scope.with_old:
            return 2, self._member(entity, self._second("old"), 1)
        if first in LATER_WORDS:
            raise ExpressionProblem(
                "L302", self.name.span, f"'{first}' is not run by this version yet"
            )
        place = self.scope.elsewhere.get(first) or ELSEWHERE.get(first)
        if place and not (entity and first in entity.fields):
            raise ExpressionProblem(
                "E320", self.name.places[0], f"'{first}' is not known here", place
            )
        if entity is None:
            raise self._unknown(0, "there is no record here", self._known())
        return 1, self._member(entity, first, 0)

    def _extra(self, named: Named) -> tuple[int, Type]:
        if isinstance(named, Field):
            return 1, self._typed(named, 0)
        if isinstance(named, Entity):
            return 1, Type(Kind.LINK, to=named.id)
        second = self._second(self.name.parts[0])
        if second not in named:
            raise self._unknown(1, f"{self.name.parts[0]} has no such name", tuple(named))
        return 2, self._typed(named[second], 1)

    def _second(self, first: str) -> str:
        if len(self.name.parts) < 2:  # noqa: PLR2004 - the name and the one after the dot
            raise ExpressionProblem(
                "E303", self.name.span, f"'{first}' needs a name behind it", f"write {first}.NAME"
            )
        return self.name.parts[1]

    def _step(self, type_: Type, index: int) -> Type:
        """Follow one dot."""
        before = ".".join(self.name.parts[:index])
        if type_.kind is not Kind.LINK or type_.to is None:
            hint = "name the kind of record: deal.client" if type_.kind is Kind.ANY_LINK else ""
            span = Span(self.name.span.start, self.name.places[index].end)
            raise ExpressionProblem(
                "E303", span, f"'{before}' is {type_.words} and has no fields", hint
            )
        entity = self.scope.application.entities.get(type_.to)
        if entity is None:
            raise ExpressionProblem(
                "L302", self.name.span, f"'{before}' leads to records that do not run yet"
            )
        return self._member(entity, self.name.parts[index], index)

    def _member(self, entity: Entity, name: str, index: int) -> Type:
        if name in entity.fields:
            return self._typed(entity.fields[name], index)
        if name in SYSTEM_TYPES:
            return SYSTEM_TYPES[name]
        if f"{entity.id}.{name}" in self.scope.later:
            raise _later_type(self.name.places[index], name)
        if name in self.scope.application.entities and _points_anywhere(entity):
            return self._behind_any_link(name, index)
        if name in self._reverse_names(entity):
            raise ExpressionProblem(
                "E303",
                self.name.places[index],
                f"'{name}' are many records",
                f"use an aggregate: count({name})",
            )
        candidates = self._known() if index == 0 else _members(entity)
        raise self._unknown(index, f"'{name}' is not a field of {entity.id}", candidates)

    def _behind_any_link(self, name: str, index: int) -> Type:
        if index == len(self.name.parts) - 1:
            raise ExpressionProblem(
                "E303",
                self.name.places[index],
                f"'{name}' needs a field behind it",
                f"write {name}.title",
            )
        return Type(Kind.LINK, to=name)

    def _typed(self, one: Field, index: int) -> Type:
        type_ = types.field_type(one, self.scope.application)
        if type_ is None:
            raise _later_type(self.name.places[index], one.id)
        return type_

    def _reverse_names(self, entity: Entity) -> set[str]:
        return {
            one.reverse for one in self.scope.application.reverse_links(entity.id) if one.reverse
        }

    def _known(self) -> tuple[str, ...]:
        own = _members(self.scope.entity) if self.scope.entity else ()
        return (*own, *self.scope.extra, "user", "old")

    def _unknown(self, index: int, message: str, known: tuple[str, ...]) -> ExpressionProblem:
        written = self.name.parts[index]
        for group, named in self.scope.extra.items() if index == 0 else ():
            if isinstance(named, Mapping) and written in named:
                hint = f"write {group}.{written}"
                return ExpressionProblem("E303", self.name.places[0], message, hint)
        message = message if written in message else f"unknown name '{written}': {message}"
        return ExpressionProblem("E303", self.name.places[index], message, suggest(written, known))


def suggest(written: str, known: tuple[str, ...]) -> str:
    """Offer what may have been meant."""
    if written.lower() in _OTHER_WORDS:
        return f"write {_OTHER_WORDS[written.lower()]}"
    close = closest(written.lower(), known)
    if close:
        return f"did you mean '{close}'?"
    shown = [one for one in known if one not in SYSTEM_TYPES][:12]
    return f"there are: {', '.join(shown)}" if shown else ""


def _members(entity: Entity | None) -> tuple[str, ...]:
    return (*entity.fields, *SYSTEM_TYPES) if entity else ()


def _points_anywhere(entity: Entity) -> bool:
    return any(one.type == "any_link" for one in entity.fields.values())


def reverse_names(scope: Scope) -> Iterator[str]:
    """Yield the names by which other entities' links are reached from this one."""
    if scope.entity is not None:
        for one in scope.application.reverse_links(scope.entity.id):
            if one.reverse:
                yield one.reverse
