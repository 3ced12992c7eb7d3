"""Another version is served: pages follow in their place, and never under somebody's hands."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count

import pytest
from playwright.sync_api import Page, expect

from engine.runtime.actor import ENGINE
from engine.runtime.plan.agreement import Agreement
from engine.runtime.plan.folder import Standing
from engine.runtime.plan.renames import NO_RENAMES
from tests.kit import live
from tests.kit.applications import VET
from tests.kit.browser import axe
from tests.kit.followed import Followed, followed
from tests.kit.web import Site

pytestmark = pytest.mark.journey

NUMBERS = count(1)
NOTE = "      note: long_text\n"
WITH_BOARD = VET.replace(
    "\nviews:\n", "\nviews:\n  by_stage: {entity: visit, type: board, label: By stage}\n"
)
WITH_RULE = """
automations:
  sea:
    label: Set the clock of the sea
    entity: owner
    on: [created]
    when: city == 'Varna'
    do: [{set: {timezone: Europe/Athens}}]
"""


@pytest.fixture(scope="module")
def crm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Followed]:
    with followed(WITH_BOARD + WITH_RULE, tmp_path_factory.mktemp("vet")) as made:
        made.site.user("hana", "head", name="Hana Head")
        made.site.user("eva", "admin", "head", name="Eva Admin")
        yield made


@pytest.fixture(scope="module")
def site(crm: Followed) -> Site:
    return crm.site


@dataclass(frozen=True)
class Watched(live.Tab):
    """A tab, and the folder of the CRM that it shows."""

    crm: Followed

    def owner(self, **values: object) -> int:
        payload = {"name": "Anna Petrova", "city": "Sofia", **values}
        return self.crm.services.records.create(ENGINE, "owner", payload).id

    def improve(self) -> str:
        """Gives the CRM another name, which every page shows, and returns it."""
        old = self.crm.services.application.label
        self.crm.edit(f"label: {old}", f"label: Vet {(number := next(NUMBERS))}")
        return f"Vet {number}"

    def loses_the_note(self) -> None:
        """Retires a field, as an administrator has agreed."""
        state = self.crm.edit(NOTE, "")
        assert state.standing is Standing.ASKS
        plan = self.crm.live.plan(NO_RENAMES)
        assert plan is not None
        self.crm.live.apply(plan, Agreement(yes=True, consent=plan.consent), "eva")

    def is_followed(self, name: str) -> None:
        """Waits until the page shows the new version, without having been loaded anew."""
        expect(self.page.locator(".side-brand")).to_contain_text(name)
        assert self.page.evaluate("window.here") is True

    def waits(self, name: str) -> None:
        """Waits for the bar; the page stays as it is."""
        expect(self.page.locator("#fresh")).to_be_visible()
        expect(self.page.locator(".side-brand")).not_to_contain_text(name)

    def go(self, path: str) -> Page:
        page = self.open(path)
        page.evaluate("window.here = true")
        return page


@pytest.fixture
def tab(tab_of: Callable[[str], live.Tab], crm: Followed) -> Watched:
    found = tab_of("hana")
    return Watched(found.page, found.site, found.address, crm)


def test_a_page_follows_and_keeps_its_place_its_focus_and_what_was_unfolded(tab: Watched) -> None:
    for number in range(30):
        tab.owner(name=f"Owner {number:02}")
    page = tab.go("/owner?size=50")
    page.set_viewport_size({"width": 1440, "height": 500})
    link = page.get_by_role("link", name="Owner 17")
    link.focus()
    top = page.evaluate("window.scrollY")
    assert top > 0
    tab.is_followed(tab.improve())

    expect(page.get_by_role("link", name="Owner 17")).to_be_focused()
    assert page.evaluate("window.scrollY") == top
    expect(page.locator("#fresh")).to_have_count(0)
    assert axe(page) == []


def test_the_cards_that_were_loaded_below_a_lane_stay(tab: Watched) -> None:
    records, anna = tab.crm.services.records, tab.owner()
    rex = records.create(ENGINE, "animal", {"name": "Rex", "owner": anna}).id
    (hana,) = [one.id for one in tab.crm.services.accounts.people.listed() if one.login == "hana"]
    for _ in range(45):
        records.create(ENGINE, "visit", {"animal": rex, "vet": hana})
    page = tab.go("/views/by_stage")
    tiles = page.locator("[data-lane=booked] > .col-body > .tile")
    at_first = tiles.count()
    page.locator("[data-lane=booked] [data-more]").click()
    expect(tiles).not_to_have_count(at_first)
    loaded = tiles.count()
    tiles.last.locator("a").first.focus()
    last, top = tiles.last.get_attribute("id"), page.evaluate("window.scrollY")
    assert top > 0
    tab.is_followed(tab.improve())

    expect(tiles).to_have_count(loaded)
    assert tiles.last.get_attribute("id") == last
    assert page.evaluate("window.scrollY") == top
    page.locator("[data-lane=booked] [data-more]").click()
    expect(tiles).to_have_count(45)


def test_what_was_unfolded_on_a_record_stays_and_what_was_folded_too(tab: Watched) -> None:
    owner = tab.owner()
    for number in range(45):
        tab.crm.services.records.note(ENGINE, "owner", owner, f"Note {number}.")
    page = tab.go(f"/owner/{owner}")
    older, entries = page.locator(".story-older a"), page.locator("#story-list li.event")
    older.click()
    expect(page.locator("#story-list")).to_contain_text("Note 7.")
    unfolded = entries.count()
    page.locator("details.add-task summary").click()
    tab.is_followed(tab.improve())

    expect(entries).to_have_count(unfolded)
    expect(older).to_have_count(1)
    expect(page.locator("details.add-task")).to_have_attribute("open", "")
    page.locator("details.add-task summary").click()
    older.click()
    expect(page.locator("#story-list")).to_contain_text("Note 0.")
    expect(page.locator("#story-list h2.story-day")).to_have_count(1)
    tab.is_followed(tab.improve())
    expect(older).to_have_count(0)
    expect(page.locator("details.add-task")).not_to_have_attribute("open", "")


def test_a_reason_stays_unfolded(tab: Watched) -> None:
    page = tab.go(f"/owner/{tab.owner(city='Varna')}")
    page.locator("a.why").click()
    said = page.locator(".why-said")
    expect(said).to_be_visible()
    told = said.text_content()
    tab.is_followed(tab.improve())
    expect(said).to_be_visible()
    assert said.text_content() == told
    page.locator("a.why").click()
    expect(said).not_to_be_visible()


def test_who_asks_for_the_new_page_goes_on_in_it_by_the_keyboard(tab: Watched) -> None:
    page = tab.go("/owner/new")
    page.locator("#f-name").fill("Clara")
    name = tab.improve()
    tab.waits(name)
    page.get_by_role("button", name="Refresh now").focus()
    page.keyboard.press("Enter")
    tab.is_followed(name)
    expect(page.locator("#main")).to_be_focused()


def test_a_page_that_followed_works_as_before(tab: Watched) -> None:
    page = tab.go(f"/owner/{tab.owner()}")
    tab.is_followed(tab.improve())
    page.click("#fact-city .edit")
    expect(page.locator("#f-city")).to_be_focused()
    page.keyboard.type("Varna")
    page.keyboard.press("Enter")
    expect(page.locator("#fact-city .edit")).to_contain_text("Varna")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("Anna")
    expect(page.locator("#palette .hit").first).to_be_visible()


def test_what_was_just_said_stays(tab: Watched) -> None:
    page = tab.go(f"/owner/{tab.owner()}")
    page.evaluate("document.dispatchEvent(new CustomEvent('say', {detail: {text: 'Archived.'}}))")
    tab.is_followed(tab.improve())
    expect(page.locator(".toast")).to_contain_text("Archived.")


def test_a_dialog_stays_open_and_the_page_follows_after_it(tab: Watched) -> None:
    page = tab.go("/owner")
    page.keyboard.press("?")
    name = tab.improve()
    tab.waits(name)
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    tab.is_followed(name)


def test_a_half_typed_form_loses_no_letter_and_takes_over_what_was_typed(tab: Watched) -> None:
    page = tab.go("/owner/new")
    page.locator("#f-name").press_sequentially("Clara")
    name = tab.improve()
    tab.waits(name)
    page.keyboard.type(" Half")
    expect(page.locator("#f-name")).to_have_value("Clara Half")
    page.get_by_label("Regular").check()
    assert axe(page) == []
    page.get_by_role("button", name="Refresh now").click()
    tab.is_followed(name)
    expect(page.locator("#f-name")).to_have_value("Clara Half")
    expect(page.get_by_label("Regular")).to_be_checked()


def test_a_form_that_came_back_keeps_what_was_typed(tab: Watched) -> None:
    page = tab.go("/owner/new")
    page.locator("#f-city").fill("Varna")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("[data-mistakes]")).to_be_visible()
    page.evaluate("window.here = true; document.activeElement.blur()")
    name = tab.improve()
    tab.waits(name)
    page.get_by_role("button", name="Refresh now").click()
    tab.is_followed(name)
    expect(page.locator("#f-city")).to_have_value("Varna")


def test_a_form_that_is_only_looked_at_follows(tab: Watched) -> None:
    page = tab.go(f"/owner/{tab.owner()}/edit")
    page.evaluate("document.activeElement.blur()")
    tab.is_followed(tab.improve())


def test_a_fact_that_is_being_changed_stays_with_its_letters(tab: Watched) -> None:
    page = tab.go(f"/owner/{tab.owner()}")
    page.click("#fact-city .edit")
    expect(page.locator("#f-city")).to_be_focused()
    page.keyboard.type("Var")
    name = tab.improve()
    tab.waits(name)
    page.get_by_role("button", name="Refresh now").click()
    tab.is_followed(name)
    expect(page.locator("#f-city")).to_have_value("Var")
    page.locator("#f-city").press("End")
    page.keyboard.type("na")
    page.keyboard.press("Enter")
    expect(page.locator("#fact-city .edit")).to_contain_text("Varna")


def test_a_note_that_is_being_written_stays_with_its_letters(tab: Watched) -> None:
    page = tab.go(f"/owner/{tab.owner()}")
    page.locator("#composer textarea").fill("They called about")
    name = tab.improve()
    tab.waits(name)
    page.get_by_role("button", name="Refresh now").click()
    tab.is_followed(name)
    expect(page.locator("#composer textarea")).to_have_value("They called about")


def test_a_card_that_is_being_dragged_stays(tab: Watched) -> None:
    page = tab.go("/owner")
    page.mouse.move(110, 700)
    page.mouse.down()
    name = tab.improve()
    tab.waits(name)
    page.mouse.up()
    tab.is_followed(name)


def test_a_bar_that_was_put_away_does_not_come_back_for_the_same(tab: Watched) -> None:
    page = tab.go("/owner/new")
    page.locator("#f-name").fill("Clara")
    tab.waits(tab.improve())
    page.locator("#fresh").get_by_role("button", name="Close").click()
    page.wait_for_timeout(1800)
    expect(page.locator("#fresh")).to_have_count(0)
    tab.waits(tab.improve())


def test_what_has_no_field_any_more_is_shown(tab: Watched) -> None:
    page = tab.go("/owner/new")
    page.locator("#f-name").fill("Clara")
    page.locator("#f-note").fill("Likes tea")
    tab.loses_the_note()
    page.get_by_role("button", name="Refresh now").click()
    expect(page.locator("#f-note")).to_have_count(0)
    said = page.locator(".toast[role=alert]")
    expect(said).to_contain_text("What you wrote in “Note” has no place any more: Likes tea")
    expect(page.locator("#f-name")).to_have_value("Clara")


def test_a_page_that_nobody_sees_asks_nothing(tab: Watched) -> None:
    page = tab.go("/owner")
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if "/served" in one.url else None)
    page.evaluate(
        "Object.defineProperty(document, 'hidden', {get: () => window.away, configurable: true});"
        "window.away = true"
    )
    page.wait_for_timeout(1000)  # what was under way
    asked.clear()
    name = tab.improve()
    page.wait_for_timeout(1800)
    assert asked == []
    page.evaluate("window.away = false; document.dispatchEvent(new Event('visibilitychange'))")
    tab.is_followed(name)


def test_who_has_no_session_any_more_signs_in(tab: Watched) -> None:
    page = tab.go("/owner")
    page.context.clear_cookies()
    tab.improve()
    expect(page).to_have_url(f"{tab.address}/sign-in?_next=%2Fowner")


def test_the_note_about_the_folder_comes_and_goes_by_itself(
    tab_of: Callable[[str], live.Tab], crm: Followed
) -> None:
    page = tab_of("eva").open("/owner/new")
    page.locator("#f-name").fill("Clara")
    crm.edit("type: phone", "type: phnoe")
    note = page.locator("#folder-note")
    expect(note).to_contain_text("1 mistake in the configuration")
    assert axe(page) == []
    crm.edit("type: phnoe", "type: phone")
    expect(note).to_be_empty()
    expect(page.locator("#f-name")).to_have_value("Clara")
