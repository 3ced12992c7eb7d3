"""The query of an address -> a `ListRequest`; a name or value that does not fit is refused by name.

    ?stage=new,quoting&amount.gt=1000&owner=me&due.lt=today&client.city=Sofia&q=anna&sort=-amount
     &columns=title,amount&view=hot&archived=only&size=100&after=CURSOR

A view brings filters, order and columns; what the address says goes before it, and an empty value
(`stage=`) takes a filter of the view away.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache

from engine.errors import BadQuery, say
from engine.metadata.fieldtypes.base import Storage
from engine.metadata.fieldtypes.scale import scale_of
from engine.metadata.model.application import Application
from engine.metadata.model.entity import SortKey
from engine.metadata.model.view import View
from engine.runtime.access import Access
from engine.runtime.actor import Actor
from engine.runtime.query.asking import Asked, Asking, Unclear, zone_of
from engine.runtime.query.cursor import goes_backwards
from engine.runtime.query.operands import read_operand
from engine.runtime.query.operators import OPERATORS
from engine.runtime.query.paths import FieldPath, PathFinder, unknown
from engine.runtime.query.request import PAGE_SIZE, Filter, ListRequest, State

CONTROLS = ("q", "sort", "columns", "view", "archived", "trashed", "size", "after")
STATES = ("archived", "trashed")
LONGEST_TEXT = 1_000
LONGEST_QUERY = 200
MOST_PARAMETERS = 60
MOST_COLUMNS = 40
MOST_SORT_KEYS = 4
LARGEST_PAGE = 200
DEFAULT_COLUMNS = 6
UNSHOWN = frozenset({"long_text"})
MOST_KEPT, LONGEST_KEPT = 500, 300
SOME_TIME = datetime(2026, 1, 1, tzinfo=UTC)  # while reading what is meant at every moment
_SIZE = re.compile(r"[1-9]\d{0,2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Given:
    """One parameter of an address."""

    name: str
    text: str


def parse_query(
    application: Application,
    access: Access,
    actor: Actor,
    entity_id: str,
    args: Iterable[tuple[str, str]],
    now: datetime,
) -> ListRequest:
    """Read the query of a list for an actor; `BadQuery` names the parameter that does not fit."""
    return QueryParser(application, access).parse(actor, entity_id, args, now)


class QueryParser:
    """Reads queries for the entities of an application."""

    def __init__(
        self, application: Application, access: Access, paths: PathFinder | None = None
    ) -> None:
        self._application = application
        self._access = access
        self.paths = paths or PathFinder(application, access)
        self._read_once = lru_cache(maxsize=MOST_KEPT)(self._read)

    def parse(
        self, actor: Actor, entity_id: str, args: Iterable[tuple[str, str]], now: datetime
    ) -> ListRequest:
        """Read the query of a list; of one that was read before only what the clock says anew."""
        pairs = tuple(args)
        if sum(len(text) for pair in pairs for text in pair) > LONGEST_KEPT:
            return self._read(actor, entity_id, pairs, now)
        return self._at(now, actor, self._read_once(actor, entity_id, pairs, SOME_TIME))

    def _at(self, now: datetime, actor: Actor, request: ListRequest) -> ListRequest:
        """Return a list whose dates and moments are meant now."""
        if not any(one.is_of_time for one in request.filters):
            return request
        asking = self._asking(actor, now)
        filters = tuple(
            self.filter(
                asking, request.entity, Given(one.parameter, one.text), from_view=one.from_view
            )
            if one.is_of_time
            else one
            for one in request.filters
        )
        return replace(request, filters=filters)

    def _read(
        self, actor: Actor, entity_id: str, pairs: tuple[tuple[str, str], ...], now: datetime
    ) -> ListRequest:
        given = _each_once(pairs)
        own = self._application.entity(entity_id).fields
        controls = {name: given[name] for name in CONTROLS if name in given and name not in own}
        asked = {name: text for name, text in given.items() if name not in controls}
        view = self._view(actor, entity_id, controls.get("view", ""))
        asking = self._asking(actor, now)
        cursor = controls.get("after") or None
        backwards = cursor is not None and goes_backwards(cursor)
        return ListRequest(
            entity=entity_id,
            filters=tuple(self._filters(asking, entity_id, asked, view)),
            search=controls.get("q", "").strip()[:LONGEST_QUERY],
            sort=self._sort(actor, entity_id, controls.get("sort", ""), view),
            columns=self._columns(actor, entity_id, controls.get("columns", ""), view),
            view=view.id if view else None,
            state=self._state(actor, entity_id, controls),
            after=None if backwards else cursor,
            before=cursor if backwards else None,
            size=_size(controls.get("size", "")),
            parameters=tuple((name, text) for name, text in given.items() if name != "after"),
        )

    def filter(
        self, asking: Asking, entity_id: str, given: Given, *, from_view: bool = False
    ) -> Filter:
        """Read one filter."""
        path, operator_id = self._named(asking.actor, entity_id, given.name)
        operator = OPERATORS[operator_id]
        asked = Asked(path.field, scale_of(path.field, self._application))
        try:
            operand = read_operand(given.text, operator, asked, asking)
        except Unclear as unclear:
            raise BadQuery(given.name, unclear.message) from None
        return Filter(path.text, operator_id, operand, given.name, given.text, from_view=from_view)

    def opens(self, actor: Actor, view: View) -> bool:
        """Say whether a view is meant for the actor and looks at nothing that it may not know."""
        leading = self._application.leading_field(view)
        names = (*view.filters, *([leading.id] if leading else ()))
        known = (self._split(actor, view.entity, name)[0] is not None for name in names)
        return _is_for(view, actor) and all(known)

    def default_columns(self, actor: Actor, entity_id: str) -> tuple[str, ...]:
        """Return the columns of a list that nobody chose: title, stage, and the first fields."""
        entity = self._application.entity(entity_id)
        readable = self._access.readable(actor, entity_id)
        others = [
            one.id
            for one in entity.fields.values()
            if one.id in readable
            and one.type not in UNSHOWN
            and one.id != entity.title_field
            and (one.to is None or self._access.may(actor, one.to, "peek"))
        ]
        others.sort(key=lambda name: entity.fields[name].type != "stage")  # stable: stages first
        return ("title", *others[: DEFAULT_COLUMNS - 1])

    def sorts(self, actor: Actor, entity_id: str, text: str) -> FieldPath | None:
        """Return the path of a field that the actor may sort by, None where it may not."""
        path = self.paths.find(actor, entity_id, text)
        if path is None or not path.type.sortable:
            return None
        if path.type.storage is Storage.LINK:  # sorted by the titles behind it
            return path if self.paths.find(actor, entity_id, f"{text}.title") else None
        return path

    def _asking(self, actor: Actor, now: datetime) -> Asking:
        application = self._application
        zone = zone_of(actor, application)
        return Asking(actor, now, zone, application.workdays, application.phone_region)

    def _view(self, actor: Actor, entity_id: str, name: str) -> View | None:
        if not name:
            return None
        view = self._application.views.get(name)
        if view is None or view.entity != entity_id or not self.opens(actor, view):
            raise _unknown_view(name)
        return view

    def _filters(
        self, asking: Asking, entity_id: str, asked: dict[str, str], view: View | None
    ) -> Iterator[Filter]:
        if view is not None:
            for name, text in view.filters.items():
                if name not in asked:
                    yield self.filter(asking, entity_id, Given(name, text), from_view=True)
        for name, text in asked.items():
            self._named(asking.actor, entity_id, name)
            if text.strip():
                yield self.filter(asking, entity_id, Given(name, text))

    def _named(self, actor: Actor, entity_id: str, name: str) -> tuple[FieldPath, str]:
        """Return the field and the operator that a parameter names."""
        path, operator, _ = self._split(actor, entity_id, name)
        if path is None:
            raise unknown(name, name)
        if operator not in path.type.operators:
            words = say("'{operator}' does not go with this field.", operator=operator)
            raise BadQuery(name, words)
        return path, operator

    def _split(self, actor: Actor, entity_id: str, name: str) -> tuple[FieldPath | None, str, str]:
        path = self.paths.find(actor, entity_id, name)
        if path is not None:
            return path, "eq", name
        before, _, last = name.rpartition(".")
        if last not in OPERATORS:
            return None, "eq", name
        return self.paths.find(actor, entity_id, before), last, before

    def _sort(
        self, actor: Actor, entity_id: str, text: str, view: View | None
    ) -> tuple[SortKey, ...]:
        if text.strip():
            return self._asked_sort(actor, entity_id, text)
        entity = self._application.entity(entity_id)
        keys = (view.sort if view else ()) or entity.order
        return tuple(one for one in keys if self.sorts(actor, entity_id, one.path))

    def _asked_sort(self, actor: Actor, entity_id: str, text: str) -> tuple[SortKey, ...]:
        keys = tuple(
            SortKey(one.removeprefix("-"), one.startswith("-")) for one in _items("sort", text)
        )
        if len(keys) > MOST_SORT_KEYS or len({one.path for one in keys}) < len(keys):
            raise BadQuery("sort", say("Sort by at most {count} fields.", count=MOST_SORT_KEYS))
        for one in keys:
            self.paths.require(actor, entity_id, one.path, "sort")
            if self.sorts(actor, entity_id, one.path) is None:
                raise BadQuery("sort", say("Nothing can be sorted by '{name}'.", name=one.path))
        return keys

    def _columns(
        self, actor: Actor, entity_id: str, text: str, view: View | None
    ) -> tuple[str, ...]:
        if text.strip():
            names = tuple(dict.fromkeys(_items("columns", text)))
            if len(names) > MOST_COLUMNS:
                raise BadQuery("columns", say("At most {count} columns.", count=MOST_COLUMNS))
            for name in names:
                if name != "title":  # every record has a name to be shown by
                    self.paths.require(actor, entity_id, name, "columns")
            return names
        named = view.columns if view else ()
        return tuple(
            name for name in named if name == "title" or self.paths.find(actor, entity_id, name)
        ) or self.default_columns(actor, entity_id)

    def _state(self, actor: Actor, entity_id: str, controls: dict[str, str]) -> State:
        named = [name for name in STATES if controls.get(name)]
        for name in named:
            if controls[name] != "only":
                raise BadQuery(name, say("Write {name}=only.", name=name))
        if len(named) > 1:
            raise BadQuery("trashed", say("Show the archive or the trash, not both."))
        if named == ["trashed"] and not self._access.may(actor, entity_id, "delete"):
            raise unknown("trashed", "trashed")
        return "trashed" if named == ["trashed"] else "archived" if named else "active"


def _each_once(args: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the parameters by name; a repeated one, or one that no database takes, is refused."""
    given: dict[str, str] = {}
    for name, text in args:
        if name in given:
            raise BadQuery(name, say("'{name}' is given more than once.", name=name))
        if len(given) >= MOST_PARAMETERS:
            raise BadQuery(name, say("At most {count} parameters.", count=MOST_PARAMETERS))
        if name != "after" and len(text) > LONGEST_TEXT:
            raise BadQuery(name, say("The value of '{name}' is too long.", name=name))
        if not _is_plain(text):
            raise BadQuery(name, say("The value of '{name}' can't be read.", name=name))
        given[name] = text
    return given


def _is_plain(text: str) -> bool:
    """Say whether a database takes the text: no NUL, no half of a pair."""
    return "\0" not in text and text.encode("utf-8", "ignore").decode() == text


def _items(parameter: str, text: str) -> Sequence[str]:
    items = [one.strip() for one in text.split(",")]
    if not all(items):
        raise BadQuery(parameter, say("There is a comma too many in '{name}'.", name=parameter))
    return items


def _size(text: str) -> int:
    if not text:
        return PAGE_SIZE
    if _SIZE.fullmatch(text) and int(text) <= LARGEST_PAGE:
        return int(text)
    raise BadQuery("size", say("Write a number from 1 to {most}.", most=LARGEST_PAGE))


def _is_for(view: View, actor: Actor) -> bool:
    return not actor.is_person or not view.roles or bool(set(view.roles) & set(actor.roles))


def _unknown_view(name: str) -> BadQuery:
    return BadQuery("view", say("There is no view '{name}' here.", name=name[:60]))
