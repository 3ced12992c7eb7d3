"""Buttons in a real browser: presses and dialogs with a script and without, keys, touch, axe."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.kit import live
from tests.kit.applications import CALLS
from tests.kit.browser import WIDTHS, axe
from tests.kit.live import sign_in
from tests.kit.web import Site, open_site

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site(CALLS) as made:
        made.user("hana", "head", name="Hana Head")
        made.user("ivan", "seller", name="Ivan Seller")
        yield made


@dataclass(frozen=True)
class Tab(live.Tab):
    """A tab of Ivan's, and records made for one test."""

    def request(self, **values: object) -> str:
        fields = {"name": "Anna Petrova", "phone": "+447700900123", "timezone": "Europe/London"}
        ivan = self.site.actor("ivan").user_id
        return f"/request/{self.site.create('request', owner=ivan, **{**fields, **values})}"

    def deal(self, **values: object) -> str:
        ivan = self.site.actor("ivan").user_id
        client = self.site.create("client", name="Boris Iliev", owner=ivan)
        return f"/deal/{self.site.create('deal', client=client, owner=ivan, **values)}"


@pytest.fixture
def tab(page: Page, site: Site, address: str) -> Tab:
    sign_in(page, site, address, "ivan")
    return Tab(page, site, address)


def test_busy_is_pressed_again_and_again_without_leaving_the_page(tab: Tab) -> None:
    page = tab.open(tab.request())
    page.evaluate("window.here = true")
    busy = page.locator("#next .act .btn", has_text="Busy")
    for number, due in ((1, "11:05"), (2, "11:10"), (3, "11:30")):
        busy.click()
        expect(busy).to_contain_text(f"{number} of 3")
        expect(page.locator(".next-when time")).to_have_text(due)
        expect(page.locator(".toast").last).to_contain_text(f"Busy, try {number} of 3.")
        expect(busy).to_be_focused()
    expect(busy).to_contain_text("next archives")
    busy.click()

    expect(page.locator(".record-state")).to_contain_text("Archived")
    assert page.evaluate("window.here") is True


def test_a_quote_is_sent_with_two_presses_of_a_date(tab: Tab) -> None:
    page = tab.open(tab.deal())
    opener = page.locator("#next .btn", has_text="Quote sent")
    opener.click()
    dialog = page.locator("#dialog")
    expect(dialog.locator("h2")).to_have_text("Quote sent")
    expect(dialog.locator(".then")).to_contain_text("Moves to Client is thinking")
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    expect(opener).to_be_focused()

    opener.click()
    dialog.locator(".dialog-foot .is-main").click()
    expect(dialog.locator(".is-error")).to_have_count(1)
    dialog.locator("label", has_text="Tomorrow").last.click()
    dialog.locator(".is-times label", has_text="10:00").click()
    dialog.locator("textarea").fill("Wants oak")
    dialog.locator("textarea").press("Control+Enter")

    expect(dialog).not_to_be_visible()
    expect(page.locator(".path .is-now")).to_contain_text("Client is thinking")
    expect(page.locator("#next")).to_contain_text("Ask Boris Iliev about the quote")
    expect(page.locator("#story")).to_contain_text("Wants oak")
    expect(page.locator(".toast")).to_contain_text("Moved to Client is thinking")


def test_what_was_made_is_one_press_away(tab: Tab) -> None:
    page = tab.open(tab.request(phone="+359888112233", name="Vera Koleva"))
    page.locator("#next .btn", has_text="New client").click()
    page.locator(".toast a", has_text="Open D-").click()

    expect(page.locator("h1")).to_contain_text("Vera Koleva")
    assert "/deal/" in page.url


def test_the_reason_of_a_disabled_button_is_read_by_keyboard_and_touch(
    tab: Tab, browser: Browser
) -> None:
    path = tab.request(phone="")
    page = tab.open(path)
    button = page.locator("#next .btn", has_text="New client")
    reason = page.locator(f"#{button.get_attribute('aria-describedby')}")
    expect(reason).not_to_be_visible()
    page.locator("#next .btn", has_text="No answer").focus()
    for _ in range(3):
        page.keyboard.press("Tab")  # over the rest of the group and its menu
    expect(button).to_be_focused()
    expect(reason).to_contain_text("Take down the phone first")
    page.keyboard.press("Escape")
    expect(reason).not_to_be_visible()

    with browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    ) as context:
        phone = context.new_page()
        sign_in(phone, tab.site, tab.address, "ivan")
        phone.goto(tab.address + path)
        expect(phone.locator("#next")).to_contain_text("Take down the phone first")
        expect(phone.locator("#next .act-said", has_text="Next call at").first).to_be_visible()


def test_what_is_being_typed_stays_when_a_button_is_pressed(tab: Tab) -> None:
    page = tab.open(tab.request())
    page.fill("#note-text", "Half a sentence")
    page.locator("#next .act .btn", has_text="Busy").click()

    expect(page.locator("#next")).to_contain_text("try 1 of 3")
    expect(page.locator("#note-text")).to_have_value("Half a sentence")


def test_why_unfolds_below_its_line_and_folds_again(tab: Tab) -> None:
    path = tab.request(name="Stefan")
    page = tab.open(path)
    page.locator("#next .act .btn", has_text="Busy").click()
    line = page.locator(".event.is-auto", has_text="Planned")
    ask, said = line.locator("a.why"), line.locator(".why-said")
    expect(said).not_to_be_visible()
    ask.focus()
    page.keyboard.press("Enter")
    expect(said).to_contain_text("Button Busy has run")
    expect(ask).to_have_attribute("aria-expanded", "true")
    expect(ask).to_be_focused()
    assert axe(page) == []
    ask.click()
    expect(said).not_to_be_visible()
    ask.click()
    expect(said).to_be_visible()
    assert page.url.endswith(path)

    page.locator(".record-acts summary").click()
    page.locator(".record-acts a", has_text="What the rules did").click()
    quiet = page.locator(".runs li.is-quiet")
    expect(quiet).to_contain_text(
        "did not run, because owner is none was false; Owner: Ivan Seller"
    )
    quiet.locator("summary").click()
    expect(quiet.locator(".trace")).to_contain_text("The record was made")


def test_everything_works_without_a_script(tab: Tab, browser: Browser) -> None:
    request, deal = tab.request(name="Stefan"), tab.deal()
    with browser.new_context(java_script_enabled=False, locale="en-GB") as context:
        page = context.new_page()
        sign_in(page, tab.site, tab.address, "ivan")
        page.goto(tab.address + request)
        page.locator("#next .act .btn", has_text="Busy").click()
        expect(page.locator("#next")).to_contain_text("Call Stefan again, try 1 of 3")
        expect(page.locator(".toast")).to_contain_text("Busy, try 1 of 3.")
        page.locator("#next .act .btn", has_text="Reached").click()
        expect(page.locator("#next")).to_contain_text("Nothing is planned here.")
        page.locator("#next summary[aria-label^=More]").first.click()
        page.locator("#next .menu button", has_text="Wrong number").click()
        expect(page.locator("#next")).to_contain_text("Take down the phone first")
        page.locator("a.why").first.click()
        expect(page.locator("main .trace")).to_contain_text("Button Wrong number has run")

        page.goto(tab.address + deal)
        page.locator("#next .btn", has_text="Quote sent").click()
        page.locator(".dialog-foot .is-main").click()
        expect(page.locator("[data-mistakes]")).to_contain_text("Fill in Next contact.")
        page.locator(".quick-row label", has_text="Tomorrow").last.click()
        page.locator(".is-times label", has_text="10:00").click()
        page.locator(".dialog-foot .is-main").click()
        expect(page.locator(".path .is-now")).to_contain_text("Client is thinking")
        expect(page.locator("#next time").first).to_have_text("10:00")


Make = Callable[[Tab], str]


def tried(tab: Tab) -> str:
    """A request that was called twice, with a promise and a disabled button."""
    path = tab.request(phone="")
    number = int(path.rpartition("/")[2])
    for _ in range(2):
        tab.site.services.records.press(tab.site.actor("ivan"), "request", number, "busy")
    return path


PAGES: dict[str, Make] = {
    "card": tried,
    "bare": lambda tab: tab.deal(),
    "dialog": lambda tab: f"{tab.deal()}/press/quote_sent",
    "runs": lambda tab: f"{tried(tab)}/runs",
    "picker": lambda tab: f"{tab.deal()}/press/introduce",
}


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_accessible_and_fits(tab: Tab, name: str) -> None:
    page = tab.open(PAGES[name](tab))
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(50)
        wider = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert page.evaluate(wider) is False, f"{name} at {width}"
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        assert axe(page) == [], f"{name} in {theme}"
