"""A board in a real browser: cards go by mouse, by keys, by their menu; axe; without a script."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.kit.applications import DEALS
from tests.kit.browser import WIDTHS, axe
from tests.kit.live import sign_in
from tests.kit.web import Site, open_site

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site(DEALS) as made:
        made.user("hana", "head", name="Hana Head")
        made.user("gala", "guest", name="Gala Guest")
        yield made


@dataclass(frozen=True)
class Board:
    """A tab of Hana's that shows her deals; each test has deals of its own name."""

    page: Page
    site: Site
    address: str
    name: str

    def deal(self, stage: str = "new", **values: object) -> int:
        given = {"name": self.name, "seller": self.site.actor("hana").user_id, "stage": stage}
        return self.site.create("deal", **given | values)

    def open(self) -> Page:
        self.page.goto(f"{self.address}/views/board?q={self.name}")
        expect(self.page.locator("[data-count]")).to_have_count(6)
        self.page.wait_for_function("document.querySelector('script[src*=\"board.js\"]')")
        return self.page

    def lane(self, stage: str) -> Locator:
        return self.page.locator(f'.col[data-lane="{stage}"]')

    def tile(self, number: int) -> Locator:
        return self.page.locator(f"#tile-{number}")

    def drag(self, number: int, stage: str) -> None:
        """Drags a card by hand: down, on its way, over the lane, up."""
        start, goal = self.tile(number).bounding_box(), self.lane(stage).bounding_box()
        assert start is not None
        assert goal is not None
        mouse = self.page.mouse
        mouse.move(start["x"] + 30, start["y"] + start["height"] - 12)
        mouse.down()
        mouse.move(start["x"] + 44, start["y"] + start["height"], steps=4)
        mouse.move(goal["x"] + goal["width"] / 2, goal["y"] + 90, steps=12)
        self.page.wait_for_timeout(80)
        mouse.up()

    def expect_in(self, number: int, stage: str) -> None:
        expect(self.lane(stage).locator(f"#tile-{number}:not(.is-waiting)")).to_have_count(1)

    def stored(self, number: int) -> object:
        hana = self.site.actor("hana")
        return self.site.services.reader.get(hana, "deal", number).values["stage"]


@pytest.fixture
def board(page: Page, site: Site, address: str, request: pytest.FixtureRequest) -> Board:
    sign_in(page, site, address, "hana")
    return Board(page, site, address, request.node.name.replace("_", "")[-40:])


@pytest.fixture
def plain(browser: Browser, site: Site, address: str) -> Iterator[Page]:
    """A browser whose scripts are turned off."""
    with browser.new_context(java_script_enabled=False) as context:
        tab = context.new_page()
        sign_in(tab, site, address, "hana")
        yield tab


def test_a_card_is_dragged_to_another_stage_and_the_move_taken_back(board: Board) -> None:
    number = board.deal(amount="100")
    page = board.open()
    expect(page.locator("#sum-new")).to_have_text("100.00 €")
    board.drag(number, "quote")

    board.expect_in(number, "quote")
    expect(page.locator("#sum-quote")).to_have_text("100.00 €")
    expect(page.locator("#count-new")).to_contain_text("0")
    toast = page.locator(".toast", has_text="moved to Quote in work")
    expect(toast).to_be_visible()
    assert board.stored(number) == "quote"
    assert page.url.endswith(f"/views/board?q={board.name}")

    toast.get_by_role("button", name="Undo").click()
    board.expect_in(number, "new")
    assert board.stored(number) == "new"


def test_a_drop_offers_the_buttons_that_lead_there_beside_the_plain_move(board: Board) -> None:
    number = board.deal()
    page = board.open()
    board.drag(number, "think")
    dialog = page.locator("#dialog")
    expect(dialog).to_contain_text("Quote sent")
    expect(dialog.locator("button", has_text="Client is thinking")).to_be_visible()
    assert axe(page) == []

    dialog.get_by_role("link", name="Quote sent").click()
    dialog.locator("[name=next_contact]").fill("tomorrow 10:00")
    dialog.locator(".dialog-foot .is-main").click()
    expect(dialog).not_to_be_visible()
    board.expect_in(number, "think")
    expect(board.tile(number)).to_contain_text("Tomorrow 10:00")
    expect(page.locator(".toast")).to_contain_text("Moved to Client is thinking")


def test_the_only_button_opens_its_dialog_and_cancel_puts_the_card_back(board: Board) -> None:
    number = board.deal("think")
    page = board.open()
    board.drag(number, "lost")
    dialog = page.locator("#dialog")
    expect(dialog.locator("h2")).to_have_text("Lost")
    page.keyboard.press("Escape")
    board.expect_in(number, "think")

    board.drag(number, "lost")
    dialog.get_by_label("Price").check()
    dialog.locator(".dialog-foot .is-main").click()
    board.expect_in(number, "lost")
    expect(board.tile(number)).to_contain_text("Price")
    assert board.stored(number) == "lost"


def test_a_stage_asks_for_what_it_requires_after_a_drop(board: Board) -> None:
    number = board.deal("quote")
    page = board.open()
    board.drag(number, "order")
    dialog = page.locator("#dialog")
    dialog.locator("[name=fitting]").fill("2026-03-20")
    dialog.locator(".dialog-foot .is-main").click()

    expect(dialog).not_to_be_visible()
    board.expect_in(number, "order")
    expect(board.tile(number)).to_contain_text("Fitting 20 Mar")


def test_where_nothing_leads_a_sentence_says_why_and_the_card_goes_back(board: Board) -> None:
    number = board.deal()
    page = board.open()
    board.drag(number, "won")

    expect(page.locator(".toast")).to_contain_text("No move leads here from the present stage")
    board.expect_in(number, "new")
    assert board.stored(number) == "new"


def test_a_button_without_questions_is_pressed_at_once(board: Board) -> None:
    poor, rich = board.deal("think"), board.deal("think", amount="10")
    page = board.open()
    page.locator(f"#tile-{rich} summary").click()
    expect(board.tile(rich).get_by_role("button", name="Prepaid")).to_be_visible()
    expect(board.tile(rich).get_by_role("button", name="Order", exact=True)).to_be_visible()
    board.tile(rich).get_by_role("button", name="Prepaid").click()

    board.expect_in(rich, "order")
    expect(board.tile(rich)).to_contain_text("Fitting 16 Mar")
    page.locator(f"#tile-{poor} summary").click()
    told = board.tile(poor).locator("[aria-disabled=true]")
    expect(told).to_contain_text("Not possible as the record is now")


def test_cards_go_by_keys_alone(board: Board) -> None:
    one, two = board.deal(), board.deal()
    page, said = board.open(), board.page.locator("#board-said")
    links = [board.tile(number).locator("h3 a") for number in (two, one)]
    links[0].focus()
    page.keyboard.press("ArrowDown")
    expect(links[1]).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Space")
    expect(said).to_contain_text("is taken up from New")
    page.keyboard.press("ArrowRight")
    expect(said).to_have_text("Quote in work, 2 of 6")
    page.keyboard.press("Escape")
    expect(said).to_contain_text("stays in New")
    expect(links[0]).to_be_focused()
    board.expect_in(two, "new")

    page.keyboard.press("m")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    board.expect_in(two, "quote")
    expect(page.locator(".toast")).to_contain_text("moved to Quote in work")
    expect(board.tile(two).locator("h3 a")).to_be_focused()
    assert board.stored(two) == "quote"
    page.keyboard.press("ArrowLeft")
    expect(links[1]).to_be_focused()


def test_the_menu_of_a_card_moves_it_and_keeps_the_focus(board: Board) -> None:
    number = board.deal()
    page = board.open()
    board.tile(number).locator("summary").focus()
    page.keyboard.press("Enter")
    expect(board.tile(number).locator(".menu button").first).to_have_text("Quote in work")
    assert axe(page) == []
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    board.expect_in(number, "quote")
    expect(board.tile(number).locator("h3 a")).to_be_focused()


def test_more_cards_come_and_the_focus_stands_on_the_first_of_them(board: Board) -> None:
    for number in range(43):
        board.deal("won", metres=str(number))
    page = board.open()
    more = board.lane("won").locator("[data-more]")
    expect(more).to_have_text("23 more")
    more.click()

    expect(board.lane("won").locator(".tile")).to_have_count(40)
    expect(board.lane("won").locator(".tile").nth(20).locator("h3 a")).to_be_focused()
    expect(more).to_have_text("3 more")
    assert page.url.endswith(f"/views/board?q={board.name}")


def test_a_press_on_a_card_opens_it_and_a_filter_keeps_the_board(board: Board) -> None:
    number = board.deal()
    page = board.open()
    page.locator("#q").fill(f"{board.name} and more")
    expect(page.locator(".empty")).to_contain_text("Nothing matches")
    page.locator("#q").fill(board.name)
    expect(board.tile(number)).to_be_visible()
    board.drag(number, "quote")
    board.expect_in(number, "quote")
    board.tile(number).click()

    expect(page.locator("h1")).to_have_text(board.name)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_a_board(board: Board, width: int, theme: str) -> None:
    for stage in ("new", "think", "won"):
        board.deal(stage, amount="10", urgent=True)
    board.page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    board.page.set_viewport_size({"width": width, "height": WIDTHS[width]})
    page = board.open()

    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_who_may_only_look_can_drag_nothing(board: Board) -> None:
    number = board.deal()
    sign_in(board.page, board.site, board.address, "gala")
    page = board.open()
    board.drag(number, "quote")

    board.expect_in(number, "new")
    board.tile(number).locator("h3 a").focus()
    page.keyboard.press("Space")
    expect(page.locator("#board-said")).to_contain_text("You can’t move")
    assert axe(page) == []


def test_without_a_script_the_menu_leads_to_a_page_and_back(board: Board, plain: Page) -> None:
    number = board.deal()
    plain.goto(f"{board.address}/views/board?q={board.name}")
    plain.locator(f"#tile-{number} summary").click()
    plain.locator(f"#tile-{number} .menu a").click()
    expect(plain.locator("main")).to_contain_text("Quote sent")
    plain.get_by_role("button", name="Quote in work").click()

    assert plain.url.endswith(f"/views/board?q={board.name}")
    expect(plain.locator(f'.col[data-lane="quote"] #tile-{number}')).to_have_count(1)
    plain.get_by_role("button", name="Undo").click()
    expect(plain.locator(f'.col[data-lane="new"] #tile-{number}')).to_have_count(1)
    assert plain.url.endswith(f"/views/board?q={board.name}")
