"""The pages of a record in a real browser: facts in place, dialogs, live conditions, keys, axe."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, Route, expect

from engine.runtime.actor import ENGINE
from tests.kit import live
from tests.kit.applications import VET
from tests.kit.browser import WIDTHS, axe
from tests.kit.live import sign_in
from tests.kit.web import Site, open_site

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site(VET) as made:
        made.user("hana", "head", name="Hana Head")
        made.user("rada", "reception", name="Rada Reception")
        made.user("vera", "vet", name="Vera Vet")
        yield made


@dataclass(frozen=True)
class Tab(live.Tab):
    """A tab of Hana's, and records made for one test."""

    def owner(self, **values: object) -> int:
        return self.site.create("owner", **{"name": "Anna Petrova", "city": "Sofia", **values})

    def visit(self, **values: object) -> int:
        animal = self.site.create("animal", name="Rex", owner=self.owner())
        vet = self.site.actor("vera").user_id
        return self.site.create("visit", animal=animal, vet=vet, **values)


@pytest.fixture
def tab(page: Page, site: Site, address: str) -> Tab:
    sign_in(page, site, address, "hana")
    return Tab(page, site, address)


def test_a_fact_is_changed_in_its_place_and_keeps_the_focus(tab: Tab) -> None:
    page = tab.open(f"/owner/{tab.owner()}")
    page.click("#fact-city .edit")
    expect(page.locator("#f-city")).to_be_focused()
    page.keyboard.type("Varna")
    page.keyboard.press("Enter")

    expect(page.locator("#fact-city .edit")).to_contain_text("Varna")
    expect(page.locator("#fact-city .edit")).to_be_focused()
    expect(page.locator("#record-said")).to_have_text("Saved")
    expect(page.locator("#story")).to_contain_text("Sofia")


def test_escape_leaves_a_fact_as_it_was(tab: Tab) -> None:
    page = tab.open(f"/owner/{tab.owner()}")
    page.click("#fact-city .edit")
    expect(page.locator("#f-city")).to_be_focused()
    page.keyboard.type("Varna")
    page.keyboard.press("Escape")

    expect(page.locator("#fact-city .edit")).to_contain_text("Sofia")


def test_a_mistake_in_a_fact_stands_below_it(tab: Tab) -> None:
    page = tab.open(f"/owner/{tab.owner()}")
    page.click("#fact-phone .edit")
    expect(page.locator("#f-phone")).to_be_focused()
    page.keyboard.type("12")
    page.keyboard.press("Enter")

    expect(page.locator("#f-phone-below")).to_contain_text("too few")
    assert 'id="f-phone"' in tab.focused


def test_enter_in_a_form_saves_and_does_not_look_for_a_record(tab: Tab) -> None:
    owner = tab.owner()
    page = tab.open(f"/animal/new?owner={owner}")
    page.fill("#f-name", "Mia")
    page.press("#f-name", "Enter")

    expect(page.locator("h1")).to_have_text("Mia of Anna Petrova")


def test_a_new_owner_is_made_in_a_dialog_and_chosen(tab: Tab) -> None:
    page = tab.open("/animal/new")
    page.fill("#f-name", "Otto")
    page.click("#f-owner")
    page.keyboard.type("Boris Iliev")
    page.locator(".picker-list .is-new").click()
    dialog = page.locator("#dialog")
    expect(dialog.locator("[name=name]")).to_have_value("Boris Iliev")
    dialog.locator("[name=phone]").fill("1")
    dialog.locator(".btn.is-main").click()
    expect(dialog.locator(".is-error")).to_have_count(1)
    dialog.locator("[name=phone]").fill("0887 204 511")
    dialog.locator(".btn.is-main").click()

    expect(dialog).not_to_be_visible()
    expect(page.locator("#f-owner")).to_have_value("Boris Iliev")
    page.locator(".form-foot .is-main").click()
    expect(page.locator("h1")).to_have_text("Otto of Boris Iliev")


def test_conditions_follow_what_is_ticked_and_typed(tab: Tab) -> None:
    page = tab.open("/animal/new")
    expect(page.locator("#f-caution")).to_have_count(0)
    page.check("#f-aggressive")
    expect(page.locator("#f-caution")).to_be_visible()

    page = tab.open("/visit/new")
    page.fill("#f-fee", "80")
    expect(page.locator("#f-total")).to_contain_text("80.00")
    page.fill("#f-paid", "100")
    page.press("#f-paid", "Tab")
    page.fill("#f-medicines", "5")
    expect(page.locator("#f-paid-below")).to_contain_text("More than the visit costs")


def test_a_stage_asks_in_a_dialog_and_the_card_follows(tab: Tab) -> None:
    page = tab.open(f"/visit/{tab.visit()}")
    page.locator("button.path-step", has_text="In treatment").click()
    expect(page.locator(".path .is-now")).to_contain_text("In treatment")
    page.locator("button.path-step", has_text="To pay").click()
    dialog = page.locator("#dialog")
    expect(dialog.locator("[name=diagnosis]")).to_be_focused()
    expect(dialog.locator(".is-error")).to_have_count(0)
    dialog.locator(".dialog-foot .is-main").click()
    expect(dialog.locator(".is-error")).to_have_count(1)
    dialog.locator("[name=diagnosis]").fill("Flu")
    dialog.locator(".dialog-foot .is-main").click()

    expect(dialog).not_to_be_visible()
    expect(page.locator(".path .is-now")).to_contain_text("To pay")
    expect(page.locator("#fact-diagnosis")).to_contain_text("Flu")


def test_the_story_is_filtered_without_losing_what_is_typed(tab: Tab) -> None:
    owner = tab.owner()
    for number in range(25):
        tab.site.services.records.note(ENGINE, "owner", owner, f"Note {number}.")
    page = tab.open(f"/owner/{owner}")
    page.fill("#note-text", "Half a sentence")
    page.locator("#story-filter a", has_text="Talks").click()

    expect(page.locator("#story-filter [aria-current]")).to_have_text("Talks")
    expect(page.locator("#note-text")).to_have_value("Half a sentence")
    assert page.url.endswith("?show=talks")
    page.locator(".story-older a").click()
    expect(page.locator("#story-list")).to_contain_text("Note 0.")
    expect(page.locator("#story-list h2.story-day")).to_have_count(1)


def test_a_note_is_saved_without_leaving_the_page(tab: Tab) -> None:
    page = tab.open(f"/owner/{tab.owner()}")
    page.fill("#note-text", "Wants a call in April")
    page.press("#note-text", "Control+Enter")

    expect(page.locator("#story")).to_contain_text("Wants a call in April")
    expect(page.locator("#note-text")).to_have_value("")


def test_what_is_typed_stays_when_the_card_is_drawn_anew_meanwhile(tab: Tab) -> None:
    page = tab.open(f"/visit/{tab.visit()}")
    page.click("#fact-diagnosis .edit")
    page.fill("#f-diagnosis", "Limps")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/move", hold)
    with page.expect_request("**/move"):
        page.locator("button.path-step", has_text="In treatment").click()
    page.fill("#note-text", "She asks for the price")
    page.click("#composer summary")
    page.fill("#composer [name=_step]", "Send the price")
    page.fill("#composer [name=_step_due]", "in 2 h")
    page.focus("#note-text")
    page.evaluate("document.activeElement.setSelectionRange(4, 8)")
    held[0].continue_()

    expect(page.locator(".path .is-now")).to_contain_text("In treatment")
    expect(page.locator("#note-text")).to_have_value("She asks for the price")
    expect(page.locator("#note-text")).to_be_focused()
    marks = "[document.activeElement.selectionStart, document.activeElement.selectionEnd]"
    assert page.evaluate(marks) == [4, 8]
    expect(page.locator("#composer [name=_step]")).to_have_value("Send the price")
    expect(page.locator("#f-diagnosis")).to_have_value("Limps")
    page.click("#fact-diagnosis .is-main")
    expect(page.locator("#fact-diagnosis .edit")).to_contain_text("Limps")
    expect(page.locator("#note-text")).to_have_value("She asks for the price")
    page.click("#composer .push")
    expect(page.locator("#story")).to_contain_text("She asks for the price")
    expect(page.locator("#next")).to_contain_text("Send the price")
    expect(page.locator("#note-text")).to_have_value("")
    expect(page.locator("#composer details")).not_to_have_attribute("open", "")


def test_a_task_is_done_with_a_next_step_from_the_strip(tab: Tab) -> None:
    owner = tab.owner()
    hana = tab.site.actor("hana")
    task = {"subject": "Call Anna", "about": f"owner/{owner}", "due": "in 1 h"}
    tab.site.services.records.create(hana, "task", task)
    page = tab.open(f"/owner/{owner}")
    page.click("#next [data-done]")
    dialog = page.locator("#dialog")
    expect(dialog.locator("[name=result]")).to_be_focused()
    dialog.locator("[name=result]").fill("Busy")
    dialog.locator("[name=subject]").fill("Call again")
    dialog.locator("[name=due]").fill("soon")
    dialog.locator(".is-main").click()
    expect(dialog.locator("[data-mistakes]")).to_be_visible()
    expect(dialog.locator("[name=result]")).to_have_value("Busy")
    dialog.locator("[name=due]").fill("in 2 h")
    dialog.locator(".is-main").click()

    expect(page.locator("#next")).to_contain_text("Call again")
    expect(page.locator("#story")).to_contain_text("Busy")


def test_undo_brings_an_archived_record_back(tab: Tab) -> None:
    page = tab.open(f"/owner/{tab.owner()}")
    page.click(".record-acts summary")
    page.locator(".record-acts button", has_text="Archive").click()
    expect(page.locator(".record-state")).to_contain_text("Archived")
    page.locator(".toast button", has_text="Undo").click()

    expect(page.locator(".record-state")).to_have_count(0)


Make = Callable[[Tab], str]


def full_card(tab: Tab) -> str:
    owner = tab.owner(
        phone=f"+4477009{tab.site.create('owner', name='x'):05}", timezone="Europe/London"
    )
    animal = tab.site.create("animal", name="Rex", owner=owner, aggressive=True, caution="Bites")
    vera = tab.site.actor("vera").user_id
    visit = tab.site.create("visit", animal=animal, vet=vera, diagnosis="Flu")
    hana = tab.site.actor("hana")
    for subject, due in (("Call Anna", "1 h ago"), ("Write", "in 1 d")):
        task = {"subject": subject, "about": f"visit/{visit}", "due": due}
        tab.site.services.records.create(hana, "task", task)
    tab.site.services.records.note(hana, "visit", visit, "She asked for the price")
    tab.site.services.records.move(hana, "visit", visit, "treatment")
    return f"/visit/{visit}"


def archived_card(tab: Tab) -> str:
    owner = tab.owner()
    tab.site.services.records.archive(ENGINE, "owner", owner)
    return f"/owner/{owner}"


PAGES: dict[str, Make] = {
    "card": full_card,
    "archived": archived_card,
    "new": lambda _: "/visit/new",
    "edit": lambda tab: f"{full_card(tab)}/edit",
    "part": lambda tab: f"{full_card(tab)}/edit?field=animal",
    "move": lambda tab: f"{full_card(tab)}/move?stage=to_pay",
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


def test_a_refused_form_is_accessible_and_its_first_mistake_has_the_focus(tab: Tab) -> None:
    page = tab.open("/animal/new")
    page.locator(".form-foot .is-main").click()
    expect(page.locator("[data-mistakes]")).to_be_visible()

    assert axe(page) == []
    assert 'id="f-name"' in tab.focused
