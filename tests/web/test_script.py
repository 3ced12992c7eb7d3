"""What the script adds, in a real browser; and that every page works without it."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from tests.kit.applications import VET
from tests.kit.browser import axe
from tests.kit.web import Site, open_site

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site(VET) as opened:
        opened.user("hana", "head", name="Hana Head")
        for name, city in (("Anna Petrova", "Sofia"), ("Boris Iliev", "Varna")):
            owner = opened.create("owner", name=name, city=city)
            opened.create("animal", name=f"Rex {name[0]}", owner=owner)
        hana = opened.actor("hana").user_id
        opened.create("task", subject="Call Anna back", due="in 1 h", to=hana, type="call")
        yield opened


@pytest.fixture(scope="module")
def address(site: Site) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, site.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def hana(page: Page, site: Site, address: str) -> Page:
    sign_in(page, site, address)
    return page


@pytest.fixture
def plain(browser: Browser, site: Site, address: str) -> Iterator[Page]:
    """A browser whose scripts are turned off."""
    with browser.new_context(java_script_enabled=False) as context:
        tab = context.new_page()
        sign_in(tab, site, address)
        yield tab


def sign_in(page: Page, site: Site, address: str) -> None:
    cookie = site.browser("hana").cookie("kartoteka")
    page.context.add_cookies([{"name": "kartoteka", "value": cookie, "url": address}])
    page.goto(f"{address}/my-day")


def go(page: Page, path: str) -> None:
    page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/")[2] + path)


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.outerHTML"))


def test_the_palette_finds_while_typing_and_opens_with_enter(hana: Page) -> None:
    hana.keyboard.press("/")
    hana.keyboard.type("anna p")
    expect(hana.locator("#palette .hit").first).to_contain_text("Anna Petrova")
    hana.keyboard.press("Enter")

    expect(hana.locator("h1")).to_contain_text("Anna Petrova")


def test_keys_lead_to_sections_and_can_be_turned_off(hana: Page) -> None:
    hana.keyboard.press("g")
    hana.keyboard.press("a")
    expect(hana).to_have_url(re.compile("/animal$"))
    hana.keyboard.press("?")
    hana.get_by_label("Single keys act").uncheck()
    hana.keyboard.press("Escape")
    hana.keyboard.press("/")

    expect(hana.locator("#palette")).to_be_hidden()


def test_a_filter_is_made_without_leaving_the_page_and_the_focus_stays_near(hana: Page) -> None:
    go(hana, "/owner")
    hana.get_by_text("Add filter").click()
    hana.locator(".filters .menu").get_by_text("City").click()
    expect(hana.locator("#filter-panel [name=_value]")).to_be_focused()
    hana.keyboard.type("Varna")
    hana.keyboard.press("Enter")

    expect(hana.locator(".chip")).to_contain_text("City is Varna")
    expect(hana.locator("tbody tr")).to_have_count(1)
    assert hana.url.endswith("/owner?city=Varna")
    hana.get_by_label("Remove filter City").click()
    expect(hana.locator("tbody tr")).to_have_count(2)
    assert "Add filter" in focused(hana)
    hana.go_back()
    expect(hana.locator(".chip")).to_contain_text("City is Varna")


def test_the_box_of_a_list_finds_while_typing_and_keeps_the_focus(hana: Page) -> None:
    go(hana, "/owner")
    hana.keyboard.press("f")
    hana.keyboard.type("bor", delay=30)

    expect(hana.locator("tbody tr")).to_have_count(1)
    expect(hana.locator("#q")).to_be_focused()
    expect(hana.locator("#q")).to_have_value("bor")


def test_one_press_writes_a_moment_and_words_are_read_back(hana: Page) -> None:
    go(hana, "/visit/new")
    field = hana.locator("#f-at-box")
    field.locator("[data-press=day] + span", has_text="Tomorrow").locator("..").click()
    assert hana.input_value("#f-at") == "2026-03-03 09:00"
    field.locator("[data-press=time] + span", has_text="14:00").locator("..").click()
    assert hana.input_value("#f-at") == "2026-03-03 14:00"
    hana.fill("#f-at", "in 3 days")

    expect(field.locator(".quick-said")).to_contain_text("Thursday, 5 March")


def test_a_link_is_found_while_typing_and_a_new_record_is_made_in_place(hana: Page) -> None:
    go(hana, "/animal/new")
    hana.fill("#f-owner", "bori")
    expect(hana.locator("#f-owner-found [role=option]").first).to_contain_text("Boris Iliev")
    hana.keyboard.press("Enter")
    expect(hana.locator("#f-owner")).to_have_value("Boris Iliev")
    hana.fill("#f-owner", "Somebody New")
    hana.locator("#f-owner-found .is-new").click()
    dialog = hana.locator("#dialog")
    expect(dialog.locator("[name=name]")).to_have_value("Somebody New")
    assert (
        hana.evaluate(
            "[...document.querySelectorAll('[id]')].map((one) => one.id).sort()"
            ".filter((id, at, ids) => id === ids[at + 1])"
        )
        == []
    )
    assert axe(hana) == []
    dialog.get_by_role("button", name="Save").first.click()

    expect(hana.locator("#f-owner")).to_have_value("Somebody New")
    expect(dialog).to_be_hidden()


def test_conditions_follow_what_is_pressed(hana: Page) -> None:
    go(hana, "/animal/new")
    expect(hana.locator("#f-caution")).to_have_count(0)
    hana.locator("#f-aggressive").check()

    expect(hana.locator("#f-caution")).to_be_visible()
    expect(hana.locator("#f-caution-box .must")).to_be_visible()


def test_a_draft_waits_for_its_return_and_is_gone_after_saving(hana: Page) -> None:
    go(hana, "/owner/new")
    hana.fill("#f-name", "Half A Name")
    expect(hana.locator("[data-draft-note]").first).to_contain_text("Draft kept")
    go(hana, "/owner")
    go(hana, "/owner/new")
    expect(hana.locator("#f-name")).to_have_value("Half A Name")
    expect(hana.locator("[data-draft-note]").first).to_contain_text("is back")
    hana.locator("#f-name").press("Control+Enter")
    expect(hana.locator("h1")).to_contain_text("Half A Name")
    go(hana, "/owner/new")

    expect(hana.locator("#f-name")).to_have_value("")


def test_help_is_shown_by_focus_and_hidden_by_escape(hana: Page) -> None:
    go(hana, "/owner/new")
    button = hana.get_by_label("Help: Name")
    button.focus()
    tip = hana.locator("#f-name-help")
    expect(tip).to_be_visible()
    hana.keyboard.press("Escape")

    expect(tip).to_be_hidden()


def test_a_menu_opens_closes_and_gives_the_focus_back(hana: Page) -> None:
    summary = hana.locator("summary", has_text="Create").first
    summary.press("Enter")
    hana.keyboard.press("ArrowDown")
    assert "/new" in focused(hana)
    hana.keyboard.press("Escape")

    expect(summary).to_be_focused()
    expect(hana.locator("details.menu-box[open]")).to_have_count(0)


def test_axe_finds_nothing_in_what_opens(hana: Page) -> None:
    hana.keyboard.press("/")
    hana.keyboard.type("anna")
    expect(hana.locator("#palette .hit").first).to_be_visible()
    assert axe(hana) == []
    hana.keyboard.press("Escape")
    hana.keyboard.press("?")

    assert axe(hana) == []


def test_a_plain_browser_filters_sorts_and_searches(plain: Page) -> None:
    go(plain, "/owner")
    plain.get_by_text("Add filter").click()
    plain.locator(".filters .menu").get_by_text("City").click()
    plain.fill("#filter-panel [name=_value]", "Varna")
    plain.get_by_role("button", name="Filter").click()
    expect(plain.locator("tbody tr")).to_have_count(1)
    plain.get_by_role("link", name="City", exact=True).first.click()
    assert "sort=" in plain.url
    go(plain, "/search")
    plain.fill("#search-q", "anna")
    plain.get_by_role("button", name="Search").click()

    expect(plain.locator(".found .hit").first).to_contain_text("Anna")


def test_a_plain_browser_finishes_a_task_on_my_day(plain: Page) -> None:
    row = plain.locator(".promise-next, .promise", has_text="Call Anna back")
    row.get_by_text("Done").first.click()
    plain.get_by_label("What was agreed").fill("she will come on Friday")
    plain.get_by_role("button", name="Done").click()

    expect(plain.locator(".changes.is-done")).to_contain_text("she will come on Friday")


def test_a_plain_browser_reaches_the_sections_on_a_phone(plain: Page) -> None:
    plain.set_viewport_size({"width": 390, "height": 844})
    plain.locator(".dock").get_by_text("Sections").click()
    plain.locator(".side").get_by_role("link", name="Animals").click()

    expect(plain.locator("h1")).to_contain_text("Animals")
