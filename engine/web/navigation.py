"""Ways through the CRM for one person: sections with their views, what can be created, what waits.

Templates see it as `nav` beside `frame`; what a template does not ask for is not looked up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from types import MappingProxyType

from flask import request

from engine.metadata.model.entity import Entity
from engine.metadata.model.view import View
from engine.resources import resource_dir
from engine.runtime.actor import Actor
from engine.web import request as asked
from engine.web.parts.mine import LATE_TASKS, UNREAD, how_many
from engine.web.urls import list_url, new_url, view_url

NOT_SECTIONS = frozenset({"user", "team", "notification", "activity"})
TAKEN_KEYS = frozenset("dn")  # `g d` is My day, `g n` the notifications
NO_ICON = "cards"
# The kinds of views that have a page, with their icons.
VIEW_ICONS: Mapping[str, str] = MappingProxyType(
    {"list": "list", "board": "board", "calendar": "calendar"}
)


@dataclass(frozen=True, slots=True)
class Way:
    """A place to go to."""

    url: str
    label: str
    icon: str = ""
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """An entity at the side with its saved views; `key` follows `g` on the keyboard."""

    entity: str
    url: str
    label: str
    icon: str
    key: str
    is_current: bool
    views: tuple[Way, ...]


class Navigation:
    """The ways of the person who asks."""

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The entities whose records this person may see, with the views shown to them."""
        actor = asked.visitor()
        if actor is None:
            return ()
        parts = asked.services()
        seen = [one for one in parts.access.entities(actor) if one not in NOT_SECTIONS]
        found = [parts.application.entity(one) for one in dict.fromkeys((*seen, "task"))]
        keys = choose_keys(one.id for one in found)
        return tuple(self._section(one, keys[one.id], actor) for one in found)

    @cached_property
    def creates(self) -> tuple[Way, ...]:
        """The forms for a new record that this person may open."""
        actor = asked.visitor()
        if actor is None:
            return ()
        parts = asked.services()
        return tuple(
            Way(new_url(one), entity.label, known_icon(entity.icon))
            for one, entity in parts.application.entities.items()
            if one not in NOT_SECTIONS and parts.access.may(actor, one, "create")
        )

    @property
    def here(self) -> str:
        """The address of the page, to come back to."""
        return request.full_path.removesuffix("?")

    @property
    def late(self) -> int:
        """How many of this person's tasks are late."""
        return self._waiting[0]

    @property
    def unread(self) -> int:
        """How many notifications wait to be read."""
        return self._waiting[1]

    @cached_property
    def _waiting(self) -> tuple[int, ...]:
        actor = asked.visitor()
        if actor is None:
            return 0, 0
        return how_many(actor, ("task", LATE_TASKS), ("notification", UNREAD))

    def _section(self, entity: Entity, key: str, actor: Actor) -> Section:
        views = tuple(
            Way(
                view_url(one.id),
                one.label,
                "" if one.type == "list" else VIEW_ICONS[one.type],
                request.path == view_url(one.id),
            )
            for one in views_for(entity.id, actor, *VIEW_ICONS)
        )
        here = request.path.split("/")[1] == entity.id
        return Section(
            entity.id,
            list_url(entity.id),
            entity.plural,
            known_icon(entity.icon),
            key,
            here and not any(one.is_current for one in views),
            views,
        )


def views_for(entity_id: str, actor: Actor, *types: str) -> tuple[View, ...]:
    """Return the saved views of an entity, of some types, that this person may open."""
    parts = asked.services()
    return tuple(
        one
        for one in parts.application.views.values()
        if one.entity == entity_id and one.type in types and parts.reader.opens(actor, one)
    )


def choose_keys(entity_ids: Iterable[str]) -> Mapping[str, str]:
    """Give each section the first letter of its id that no earlier one has taken."""
    taken, keys = set(TAKEN_KEYS), {}
    for one in entity_ids:
        free = [letter for letter in one if letter.isalpha() and letter not in taken]
        keys[one] = free[0] if free else ""
        taken |= set(keys[one])
    return keys


def known_icon(name: str) -> str:
    """Return the icon's name where the sprite has it, else the plain one."""
    return name if name in icon_names() else NO_ICON


@cache
def icon_names() -> frozenset[str]:
    """Return the names of all icons of the sprite."""
    sprite = (resource_dir("ui_templates") / "static" / "icons.svg").read_text(encoding="utf-8")
    return frozenset(re.findall(r'id="i-([a-z0-9-]+)"', sprite))


def initials(name: str) -> str:
    """Return two letters for a person: Ирина Маринова -> ИМ."""
    words = [word for word in name.replace(".", " ").split() if word[0].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else words[0][1:2])).upper()
