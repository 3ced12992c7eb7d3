"""The ways to look at the same records: the entity's list, its boards, its calendars.

Filters, words and state go along, as they mean the same everywhere; an order and columns stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from engine.errors import Message, say
from engine.metadata.model.view import View
from engine.web.navigation import VIEW_ICONS, Way, views_for
from engine.web.parts.desk import Desk
from engine.web.parts.list_query import ListQuery, Pairs
from engine.web.urls import list_url, view_url, with_query

LIST = "list"
OWN_TO_A_PAGE = frozenset({"view", "sort", "columns", "size", "show", "on"})
NAMES: Mapping[str, Message] = MappingProxyType(
    {"board": say("Board"), "calendar": say("Calendar")}
)


def show_as(desk: Desk, query: ListQuery) -> tuple[Way, ...]:
    """Return the ways to show these records, none where there is only the list."""
    entity, here = query.entity, query.view
    views = views_for(entity.id, desk.actor, *NAMES)
    if not views:
        return ()
    shared = tuple(_shared(query.request.parameters))
    is_list = here is None or here.type == LIST
    plain = desk.look.text(say("List"))
    return (
        Way(list_url(entity.id, shared), plain, VIEW_ICONS[LIST], is_list),
        *(_way(desk, one, views, shared, here) for one in views),
    )


def _way(desk: Desk, view: View, views: tuple[View, ...], shared: Pairs, here: View | None) -> Way:
    """Return the way to a view, by the name of its kind where it is the only one of it."""
    is_only = sum(one.type == view.type for one in views) == 1
    label = desk.look.text(NAMES[view.type]) if is_only else view.label
    url = with_query(view_url(view.id), shared)
    return Way(url, label, VIEW_ICONS[view.type], view is here)


def _shared(parameters: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for name, text in parameters:
        if name not in OWN_TO_A_PAGE and text.strip():
            yield name, text
