"""A page's context is a documented dataclass: its template asks for its fields and no others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

import pytest
from jinja2 import Environment, FileSystemLoader, meta, nodes

from engine.resources import resource_dir
from engine.web.pages.board import BoardContext, CardContext, CardsContext, HeadsContext
from engine.web.pages.calendar import CalendarContext
from engine.web.pages.configuration import ConfigurationContext, VersionContext
from engine.web.pages.listing import CountContext, ListingContext
from engine.web.pages.listing import PicksContext as FilterPicksContext
from engine.web.pages.moment import MomentContext
from engine.web.pages.my_day import DayContext
from engine.web.pages.notifications import NotificationsContext
from engine.web.pages.press import PressContext
from engine.web.pages.runs import RunContext, RunsContext
from engine.web.pages.search import SearchContext
from engine.web.parts.small_form import SmallFormContext

# What every template sees: see `web/templating.py`, `web/frame.py` and `web/navigation.py`.
EVERYWHERE = {
    "frame",
    "nav",
    "icon",
    "static",
    "csrf_input",
    "_",
    "gettext",
    "ngettext",
    "list_url",
    "zip",
    "once",
}
CONTEXTS = {
    "pages/listing.html": ListingContext,
    "pages/board.html": BoardContext,
    "parts/board_heads.html": HeadsContext,
    "parts/board_cards.html": CardsContext,
    "parts/board_card.html": CardContext,
    "parts/list_count.html": CountContext,
    "parts/picks.html": FilterPicksContext,
    "pages/my_day.html": DayContext,
    "pages/calendar.html": CalendarContext,
    "pages/configuration.html": ConfigurationContext,
    "pages/configuration_version.html": VersionContext,
    "pages/small_form.html": SmallFormContext,
    "pages/notifications.html": NotificationsContext,
    "pages/press.html": PressContext,
    "pages/run.html": RunContext,
    "pages/runs.html": RunsContext,
    "pages/search.html": SearchContext,
    "parts/moment.html": MomentContext,
}
ENVIRONMENT = Environment(
    loader=FileSystemLoader(resource_dir("ui_templates")),
    extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    autoescape=True,
)
ENVIRONMENT.filters.update(dict.fromkeys(("say", "show", "initials", "moment"), str))


@pytest.mark.parametrize("template", CONTEXTS)
def test_a_template_asks_for_the_fields_of_its_context(template: str) -> None:
    asked = {name for one in family(template) for name in free_names(one)} - EVERYWHERE
    known = {one.name for one in fields(CONTEXTS[template])}

    assert asked - known == set()
    assert known - asked - {"count"} == set()  # the palette shows the count of the same results


def free_names(template: str) -> set[str]:
    """Returns the names that a template takes from outside; what it makes itself is its own."""
    tree = parsed(template)
    optional = {
        test.node.name
        for test in tree.find_all(nodes.Test)
        if test.name == "defined" and isinstance(test.node, nodes.Name)
    }
    imported = {
        one if isinstance(one, str) else one[1]
        for line in tree.find_all(nodes.FromImport)
        for one in line.names
    }
    made = {one.name for one in tree.find_all(nodes.Macro)}
    given = {one.name for one in tree.find_all(nodes.Name) if one.ctx in ("store", "param")}
    return meta.find_undeclared_variables(tree) - optional - imported - made - given


def family(template: str) -> Iterator[str]:
    """Yields a template and all that it extends, includes or imports."""
    seen: set[str] = set()
    waiting: list[str | None] = [template]
    while waiting:
        name = waiting.pop()
        if name is None or name in seen or name.startswith("widgets/"):
            continue
        seen.add(name)
        yield name
        waiting.extend(meta.find_referenced_templates(parsed(name)))


def parsed(template: str) -> nodes.Template:
    return ENVIRONMENT.parse((resource_dir("ui_templates") / template).read_text("utf-8"))
