"""What a search shows: hits with the matching letters marked, and ways that fit the words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.errors import say
from engine.runtime.query.records import Hit
from engine.web.navigation import Navigation, Way, known_icon
from engine.web.parts.look import Look
from engine.web.urls import list_url, record_url

MOST_WAYS = 6


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text; `is_match` where it is what was looked for."""

    text: str
    is_match: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """One line of the results."""

    url: str
    icon: str
    title: tuple[Piece, ...]
    note: str = ""
    kind: str = ""
    is_archived: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Results of one sort under their heading."""

    id: str
    label: str
    found: tuple[Found, ...]


def record_group(look: Look, hits: Sequence[Hit], text: str) -> Group:
    """Return the records that were found."""
    return Group(
        "records", look.text(say("Records")), tuple(_record(look, one, text) for one in hits)
    )


def action_group(look: Look, nav: Navigation, text: str) -> Group:
    """Return what can be created."""
    creates = (
        Found(one.url, "plus", marked(look.text(say("New: {label}", label=one.label)), text))
        for one in nav.creates
        if fits(one.label, text)
    )
    return Group("actions", look.text(say("Actions")), tuple(creates)[:MOST_WAYS])


def page_group(look: Look, nav: Navigation, text: str) -> Group:
    """Return the pages whose names fit the words, and the lists in which to look further."""
    pages = (
        Found(one.url, one.icon or "list", marked(one.label, text))
        for one in pages_of(look, nav)
        if fits(one.label, text)
    )
    return Group(
        "pages", look.text(say("Pages")), (*tuple(pages)[:MOST_WAYS], *_lists(look, nav, text))
    )


def pages_of(look: Look, nav: Navigation) -> Iterable[Way]:
    """Yield every page that this person can go to by its name."""
    yield Way("/my-day", look.text(say("My day")), "sun")
    yield Way("/notifications", look.text(say("Notifications")), "bell")
    for section in nav.sections:
        yield Way(section.url, section.label, section.icon)
        for view in section.views:
            yield Way(view.url, f"{section.label}: {view.label}", "list")
    yield Way("/account", look.text(say("My account")), "user")
    if look.actor.is_admin:
        yield Way("/admin/users", look.text(say("Users")), "team")


def fits(label: str, text: str) -> bool:
    """Say whether each of the words begins a word of the label."""
    words = folded(label).split()
    return all(any(one.startswith(wish) for one in words) for wish in folded(text).split())


def marked(title: str, text: str) -> tuple[Piece, ...]:
    """Return a title in pieces, the first match of the words marked."""
    wish, plain = folded(text.strip()), folded(title)
    at = plain.find(wish) if wish and len(plain) == len(title) else -1
    if at < 0:
        return (Piece(title),)
    end = at + len(wish)
    pieces = (Piece(title[:at]), Piece(title[at:end], is_match=True), Piece(title[end:]))
    return tuple(one for one in pieces if one.text)


def folded(text: str) -> str:
    """Return a text for comparing: letter for letter, without case, ё as е."""
    return text.lower().replace("ё", "е")


def _record(look: Look, hit: Hit, text: str) -> Found:
    entity = look.application.entity(hit.entity)
    return Found(
        record_url(hit.entity, hit.id),
        known_icon(entity.icon),
        marked(hit.title, text),
        hit.subtitle,
        entity.label,
        hit.archived,
    )


def _lists(look: Look, nav: Navigation, text: str) -> Iterable[Found]:
    """Yield the lists in which the words can be looked for."""
    if not text.strip():
        return
    for section in nav.sections[:MOST_WAYS]:
        title = look.text(say("{list} with “{words}”", list=section.label, words=text))
        yield Found(list_url(section.entity, [("q", text)]), "list", (Piece(title),))
