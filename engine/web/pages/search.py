"""Search: records, actions and pages by their words.

The palette asks for the same results as the page, drawn as a listbox (`_in=palette`).
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, request

from engine.errors import say
from engine.web import request as asked
from engine.web.htmx import respond, show
from engine.web.navigation import Navigation
from engine.web.parts.desk import Desk, current_desk
from engine.web.parts.hits import Group, action_group, page_group, record_group

bp = Blueprint("search", __name__)

MOST_HITS = 20
LONGEST = 200
NAMES = ("q", "_in")


@dataclass(frozen=True, slots=True)
class SearchContext:
    """What the page and the palette show; fruitless words have found no record."""

    query: str
    groups: tuple[Group, ...]
    count: int
    count_words: str
    is_fruitless: bool


@bp.get("/search")
def search() -> Response:
    """Show what the words find."""
    values = asked.read_values(request.args, NAMES)
    context = results(current_desk(), values["q"].strip()[:LONGEST])
    if values["_in"] == "palette":
        return show("parts/palette_hits.html", context)
    return respond("pages/search.html", "parts/search_results.html", context)


def results(desk: Desk, text: str) -> SearchContext:
    """Return what the words find: records first, then what can be done, then pages."""
    look, nav = desk.look, Navigation()
    hits = desk.reader.search(desk.actor, text, MOST_HITS) if text else ()
    groups = (
        record_group(look, hits, text),
        action_group(look, nav, text),
        page_group(look, nav, text),
    )
    count = sum(len(one.found) for one in groups)
    words = look.text(say("Found: {count}", count=count))
    shown = tuple(one for one in groups if one.found)
    return SearchContext(text, shown, count, words, is_fruitless=bool(text) and not hits)
