"""The engine's own sections speak the language in which the configuration is written."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import pytest

from tests.kit.web import Site, open_site, words

# Sections of the sidebar and the kinds of a task, in the order in which they stand.
SAID: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "en": ("Tasks", ("Call", "Mail", "Meeting", "Visit", "Other")),
        "bg": ("Задачи", ("Обаждане", "Писмо", "Среща", "Посещение", "Друго")),
        "ru": ("Задачи", ("Звонок", "Письмо", "Встреча", "Визит", "Другое")),
    }
)
CRM = """
entities: {client: {fields: {name: text}}}
roles: {seller: {can: {client: {every: all}}}}
"""


@pytest.fixture(params=SAID)
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    with open_site(f"language: {request.param}\n{CRM}") as made:
        made.user("ivan", "seller", "admin")
        yield made


def test_the_sidebar_names_the_tasks(site: Site) -> None:
    tasks, _ = SAID[site.services.application.language]
    page = site.browser("ivan").get("/client", Accept_Language="en").text
    sidebar = page.partition("<nav")[2].partition("</nav>")[0]
    assert 'href="/task"' in sidebar
    assert f">{tasks}<" in sidebar


def test_a_task_offers_its_kinds(site: Site) -> None:
    _, kinds = SAID[site.services.application.language]
    read = words(site.browser("ivan").get("/task/new", Accept_Language="en"))
    places = [read.find(one) for one in kinds]
    assert -1 not in places
    assert places == sorted(places)
