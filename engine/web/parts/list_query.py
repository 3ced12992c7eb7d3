"""The query of a list as its page works with it: request, controls, addresses of changes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.errors import BadQuery, say
from engine.metadata.model.entity import Entity
from engine.metadata.model.text import Template
from engine.metadata.model.view import View
from engine.runtime.query.request import ListRequest
from engine.web.parts.desk import Desk

Pairs = Sequence[tuple[str, str]]

USUAL_COLUMNS = 7
UNSHOWN = frozenset({"long_text", "url"})
RANKS = {"stage": 0, "timezone": 2, "bool": 2}  # the others keep the author's order between them

PAGE_CONTROLS = frozenset({"_filter", "_was", "_part"})


@dataclass(frozen=True, slots=True)
class ListQuery:
    """A list as it was asked for at `path`: of an entity, or of a view with its own address."""

    entity: Entity
    path: str
    view: View | None
    request: ListRequest
    controls: Mapping[str, str]

    def control(self, name: str) -> str:
        """Return a control of the page, '' where the address has none."""
        return self.controls.get(name, "")

    def url(self, changes: Mapping[str, str | None] | None = None) -> str:
        """Return the address with parameters changed, on its first page."""
        own = {"view": None} if self.view else {}
        query = self.request.query_with({**own, **(changes or {})})
        return f"{self.path}?{query}" if query else self.path

    def opening(self, name: str) -> str:
        """Return the beginning of addresses that differ in one parameter; its value follows."""
        return self.url({name: ""})

    def kept(self, *changed: str) -> Pairs:
        """Return the parameters that a form keeps which is about to change some of them."""
        dropped = {*changed, "view"} if self.view else set(changed)
        return tuple(one for one in self.request.parameters if one[0] not in dropped)

    @property
    def is_narrowed(self) -> bool:
        """Say whether the address itself narrows the list."""
        return bool(self.request.search or any(not one.from_view for one in self.request.filters))


def read_list(
    desk: Desk,
    entity: Entity,
    path: str,
    pairs: Pairs,
    view: View | None,
    known: frozenset[str] = PAGE_CONTROLS,
    brought: Pairs = (),
) -> ListQuery:
    """Read the pairs of an address; a view with its own address brings its name.

    A page without a view may bring filters all the same: they are its own as those of a view are.
    """
    controls: dict[str, str] = {}
    for name, text in pairs:
        if name in known and controls.setdefault(name, text) != text:
            raise BadQuery(name, say("{name} is given more than once.", name=name))
    plain = [(name, text) for name, text in pairs if name not in known]
    if view is not None:
        plain.append(("view", view.id))
    own = [one for one in brought if one[0] not in dict(plain)]
    request = with_own(desk.reader.parse(desk.actor, entity.id, [*plain, *own]), dict(own))
    columns = desk.look.application.views[request.view].columns if request.view else ()
    if not columns and not any(name == "columns" for name, _ in plain):
        request = replace(request, columns=usual_columns(desk, entity))
    return ListQuery(entity, path, view, request, controls)


def with_own(request: ListRequest, own: Mapping[str, str]) -> ListRequest:
    """Return a request whose filters of these names are not the address's, but the page's."""
    return replace(
        request,
        filters=tuple(
            replace(one, from_view=True) if one.parameter in own else one for one in request.filters
        ),
        parameters=tuple(one for one in request.parameters if one[0] not in own),
    )


def usual_columns(desk: Desk, entity: Entity) -> tuple[str, ...]:
    """Return the columns of a list of which nobody said any.

    The name first and then the stage; what the name consists of is not said twice, and what tells
    records apart least comes last of all.
    """
    known = desk.access.readable(desk.actor, entity.id)
    said = {entity.title_field, *_named_in(entity.title)}
    fields = [
        one
        for one in entity.fields.values()
        if one.id in known and one.id not in said and not one.hidden and one.type not in UNSHOWN
    ]
    fields.sort(key=lambda one: RANKS.get(one.type, 1))
    return ("title", *(one.id for one in fields[: USUAL_COLUMNS - 1]))


def _named_in(title: Template | None) -> Iterable[str]:
    return re.findall(r"\{\{\s*([a-z][a-z0-9_]*)\s*\}\}", title.text) if title else ()
