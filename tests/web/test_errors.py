"""Errors: a sentence and a way out, in the language of whoever reads it, and never a traceback."""

from collections.abc import Iterator
from unittest.mock import patch

import pytest
from flask import Blueprint
from playwright.sync_api import Page

from engine.errors import (
    BadQuery,
    Conflict,
    NotAllowed,
    NotFound,
    TooManyAttempts,
    Unavailable,
    ValidationFailed,
    say,
)
from engine.web.pages import registry
from engine.web.request import public
from tests.kit.browser import WIDTHS, axe
from tests.kit.live import serving, sign_in
from tests.kit.web import Site, open_site, words

CRM = """
    label: Kitchens
    entities:
      client: {fields: {name: text}}
"""

ERRORS: dict[str, Exception] = {
    "bad_query": BadQuery("sort", say("There is no field '{name}'.", name="<blink>")),
    "not_allowed": NotAllowed(say("You may look, not touch."), say("Ask your administrator.")),
    "not_found": NotFound(say("There is no such record.")),
    "conflict": Conflict(say("Somebody else changed this.")),
    "refused": ValidationFailed({"name": (say("Write a name."),)}),
    "too_many": TooManyAttempts(say("Too many attempts."), 120),
    "unavailable": Unavailable(say("The database can't be reached.")),
    "defect": ZeroDivisionError("secret in a traceback"),
}
STATUS = {
    "bad_query": 400,
    "not_allowed": 403,
    "not_found": 404,
    "conflict": 409,
    "refused": 422,
    "too_many": 429,
    "unavailable": 503,
    "defect": 500,
}


def failing_page() -> Blueprint:
    bp = Blueprint("failing", __name__)

    @bp.get("/fails/<kind>")
    def fails(kind: str) -> str:
        raise ERRORS[kind]

    @bp.get("/fails-in-the-open/<kind>")
    @public
    def fails_in_the_open(kind: str) -> str:
        raise ERRORS[kind]

    return bp


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with (
        patch("engine.web.factory.PAGES", (*registry.PAGES, failing_page())),
        open_site(CRM) as made,
    ):
        made.user("boss", "admin")
        yield made


@pytest.mark.parametrize("kind", ERRORS)
def test_every_error_is_a_page_with_a_way_out(site: Site, kind: str) -> None:
    page = site.browser("boss").get(f"/fails/{kind}")
    assert page.status_code == STATUS[kind]
    assert page.mimetype == "text/html"
    assert 'href="/"' in page.text
    assert "Traceback" not in page.text
    assert "secret" not in page.text
    assert "<blink>" not in page.text


@pytest.mark.parametrize("kind", sorted(ERRORS.keys() - {"unavailable"}))
def test_whoever_is_signed_in_keeps_the_frame(site: Site, kind: str) -> None:
    inside = site.browser("boss").get(f"/fails/{kind}")
    outside = site.browser().get(f"/fails-in-the-open/{kind}")
    assert inside.status_code == outside.status_code == STATUS[kind]
    assert all(one in inside.text for one in ('id="sections"', 'class="top"', 'id="palette"'))
    assert 'id="sections"' not in outside.text
    assert 'class="door"' in outside.text


def test_a_database_that_is_away_is_not_asked_for_a_frame(site: Site) -> None:
    page = site.browser("boss").get("/fails/unavailable")
    assert page.status_code == 503
    assert 'class="door"' in page.text


@pytest.mark.parametrize("part", ["sections", "unread", "creates"])
def test_a_frame_that_breaks_leaves_the_error_as_it_is(site: Site, part: str) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    with patch(f"engine.web.navigation.Navigation.{part}", property(fail)):
        page = site.browser("boss").get("/fails/conflict")
    assert page.status_code == 409
    assert "Somebody else changed this." in words(page)
    assert 'class="door"' in page.text


@pytest.mark.journey
def test_an_error_in_the_frame_is_accessible_and_fits(page: Page, site: Site) -> None:
    with serving(site) as address:
        sign_in(page, site, address, "boss")
        for path in ("/fails/not_allowed", "/no/such/place/at/all"):
            page.goto(address + path)
            for width, height in WIDTHS.items():
                page.set_viewport_size({"width": width, "height": height})
                wider = "document.documentElement.scrollWidth > innerWidth"
                assert page.evaluate(wider) is False, f"{path} at {width}"
            for theme in ("light", "dark"):
                page.emulate_media(color_scheme=theme, reduced_motion="reduce")
                assert axe(page) == [], f"{path} in {theme}"


@pytest.mark.parametrize("kind", ERRORS)
def test_a_part_gets_a_part(site: Site, kind: str) -> None:
    part = site.browser("boss").get(f"/fails/{kind}", htmx=True)
    assert part.status_code == STATUS[kind]
    assert part.text.lstrip().startswith('<div class="notice')
    assert 'role="alert"' in part.text


def test_a_bad_query_names_its_parameter(site: Site) -> None:
    said = words(site.browser("boss").get("/fails/bad_query"))
    assert "There is no field '<blink>'." in said
    assert "It is about the parameter sort." in said


def test_a_hint_says_what_helps(site: Site) -> None:
    assert "Ask your administrator." in words(site.browser("boss").get("/fails/not_allowed"))


def test_refused_values_say_why(site: Site) -> None:
    assert "Write a name." in words(site.browser("boss").get("/fails/refused"))


def test_waiting_has_a_length(site: Site) -> None:
    browser = site.browser("boss")
    assert browser.get("/fails/too_many").headers["Retry-After"] == "120"
    assert browser.get("/fails/unavailable").headers["Retry-After"] == "5"


def test_a_defect_has_a_key_that_the_log_knows(site: Site) -> None:
    said = words(site.browser("boss").get("/fails/defect"))
    assert "Something broke on our side" in said
    assert "name this key: " in said


def test_unknown_addresses_and_methods_are_pages_too(site: Site) -> None:
    browser = site.browser("boss")
    nowhere, wrong = browser.get("/no/such/place/at/all"), browser.get("/admin/users/1/enable")
    assert (nowhere.status_code, wrong.status_code) == (404, 405)
    assert wrong.headers["Allow"]
    for page in (nowhere, wrong):
        assert 'href="/"' in page.text


@pytest.mark.parametrize(
    "broken", ["engine.runtime.accounts.door.Door.session", "engine.web.frame.Frame.brand"]
)
def test_an_error_page_needs_nothing_that_may_be_broken(site: Site, broken: str) -> None:
    def fail(*_: object) -> None:
        raise Unavailable(say("The database can't be reached."))

    browser = site.browser("boss")
    with patch(broken, fail if broken.endswith("session") else property(fail)):
        page = browser.get("/fails-in-the-open/not_found")
        other = browser.get("/account")
    assert page.status_code == 404
    assert "There is no such record." in words(page)
    assert other.status_code in {500, 503}
    assert "Traceback" not in other.text


def test_readiness_and_life_are_different_things(site: Site) -> None:
    browser = site.browser()
    assert (browser.get("/healthz").status_code, browser.get("/healthz").text) == (200, "ok\n")
    assert browser.get("/readyz").status_code == 200

    def fail(*_: object) -> bool:
        raise Unavailable(say("The database can't be reached."))

    with patch("engine.web.pages.health.ready", fail):
        assert browser.get("/readyz").status_code == 503
        assert browser.get("/healthz").status_code == 200


def test_the_last_resort_is_plain_text(site: Site) -> None:
    with patch("engine.web.htmx.render_template", side_effect=ZeroDivisionError):
        page = site.browser("boss").get("/no/such/place/at/all")
    assert (page.status_code, page.mimetype) == (404, "text/plain")
    assert "Not found" in page.text
