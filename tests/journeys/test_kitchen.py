"""The kitchen maker as `make run` serves it, in a real browser: a seller works through a day.

Once with the script and once without it; afterwards the pages are looked at in three widths, light
and dark, and held against the rules of accessibility. The clock is the real one: what a ladder
promises is read on the page and compared with the moment of the press.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.kit.browser import WIDTHS, axe, screenshot
from tests.kit.served import Served, served, someone

pytestmark = pytest.mark.journey

SOFIA = ZoneInfo("Europe/Sofia")
BUSY = ((5, "1 of 3"), (10, "2 of 3"), (30, "3 of 3"))


@pytest.fixture(scope="module")
def kitchen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The kitchen maker with the year that its story tells."""
    with served("kitchen-sales", tmp_path_factory.mktemp("kitchen")) as example:
        yield example


@dataclass(frozen=True, slots=True)
class Seller:
    """A seller at work; every step is what a person sees and presses."""

    page: Page
    url: str

    def open(self, path: str) -> None:
        """Goes to a page of the CRM."""
        self.page.goto(path if path.startswith("http") else f"{self.url}{path}")

    def take(self, name: str) -> str:
        """Takes a request that nobody has, in My day, and opens it; returns its address."""
        self.open("/my-day")
        take = self.page.get_by_role("button", name=re.compile(f"^Take.*{name}$"))
        take.click()
        expect(take).to_be_hidden()
        self.page.get_by_role("link", name=name).first.click()
        expect(self.heading).to_have_text(name)
        expect(self.page.get_by_role("button", name=re.compile("^Busy"))).to_be_visible()
        return self.page.url

    @property
    def heading(self) -> Locator:
        """The title of the page."""
        return self.page.get_by_role("heading", level=1)

    @property
    def story(self) -> Locator:
        """The timeline."""
        return self.page.get_by_role("region", name="Timeline")

    @property
    def promised(self) -> datetime:
        """The moment that stands in the strip of the record: what comes next."""
        stamp = self.page.locator("#next time").first.get_attribute("datetime")
        assert stamp is not None
        return datetime.fromisoformat(stamp)

    def press(self, button: str) -> None:
        """Presses a button that asks nothing."""
        self.page.get_by_role("button", name=re.compile(f"^{button}")).first.click()

    def ask(self, button: str) -> Locator:
        """Opens the dialog of a button; without the script it is a page."""
        self.page.get_by_role("link", name=button, exact=True).first.click()
        expect(self.page.get_by_role("heading", name=button)).to_be_visible()
        return self.page.locator("form[data-form=deal]").filter(has_text=button)

    def sees_busy_at(self, minutes: int, counter: str, before: datetime) -> None:
        """The next call is so many minutes after the press: on the record and in My day."""
        busy = self.page.get_by_role("button", name=re.compile("^Busy"))
        expect(busy).to_contain_text(counter)
        after = datetime.now(UTC)
        wait = timedelta(minutes=minutes)
        assert before + wait <= self.promised + timedelta(seconds=1)
        assert self.promised <= after + wait
        due, record = self.promised, self.page.url
        self.open("/my-day")
        line = self.page.locator("main li, main #next, main article, main tr").filter(
            has_text=f"try {counter}"
        )
        expect(line.locator(f'time[datetime="{due.isoformat()}"]').first).to_be_visible()
        self.open(record)


def new_request(page: Page, kitchen: Served, name: str, phone: str) -> None:
    """The head writes down what came by letter; nobody owns it."""
    page.goto(f"{kitchen.url}/request/new")
    page.get_by_role("textbox", name=re.compile("^Name")).fill(name)
    page.get_by_role("textbox", name=re.compile("^Phone")).fill(phone)
    page.get_by_role("combobox", name=re.compile("^Source")).select_option("Website")
    page.get_by_role("textbox", name=re.compile("^What they wrote")).fill("A kitchen of oak, 4 m")
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.wait_for_url(re.compile(r"/request/\d+$"))


@pytest.fixture(scope="module")
def asked(browser: Browser, kitchen: Served) -> dict[bool, tuple[str, str]]:
    """Two requests for each of the journeys: one that is never reached, one that becomes a deal."""
    names = {True: ("Теодора Стоева", "Harriet Moss"), False: ("Калоян Рангелов", "Edith Blake")}
    with someone(browser, kitchen, "elena", script=False) as page:
        for number, name in enumerate(one for both in names.values() for one in both):
            new_request(page, kitchen, name, f"+35988000099{number}")
    return names


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_seller_says_what_happened(
    browser: Browser, kitchen: Served, asked: dict[bool, tuple[str, str]], script: bool
) -> None:
    never_reached, becomes_a_deal = asked[script]
    with someone(browser, kitchen, "ivan", script=script) as page:
        seller = Seller(page, kitchen.url)
        gives_up(seller, never_reached)
        sells(seller, becomes_a_deal, script=script)


def gives_up(seller: Seller, name: str) -> None:
    """Busy three times, each time a longer wait, and the fourth puts the request away."""
    request = seller.take(name)
    for minutes, counter in BUSY:
        before = datetime.now(UTC)
        seller.press("Busy")
        seller.sees_busy_at(minutes, counter, before)
    seller.press("Busy")
    expect(seller.page.locator("main")).to_contain_text("Archived by “Busy”")
    seller.open(f"/request?q={name}")
    expect(seller.page.locator("main table tbody tr")).to_have_count(0)
    seller.open(request)
    expect(seller.story).to_contain_text("The line was busy every time")
    expect(seller.page.locator("main")).to_contain_text("Unreachable")


def sells(seller: Seller, name: str, *, script: bool) -> None:
    """One press makes client and deal; a quote, a measuring, and the timeline that tells it all."""
    page = seller.page
    seller.take(name)
    seller.press("New client")
    expect(page.locator("main")).to_contain_text("Outcome")
    page.get_by_role("link", name=re.compile(rf"^{name}, K\d{{4}}")).first.click()
    expect(seller.heading).to_contain_text(name)
    expect(page.locator("main")).to_contain_text("A kitchen of oak, 4 m")
    deal = page.url

    form = seller.ask("Quote sent")
    form.get_by_role("textbox", name=re.compile("^Length")).fill("4")
    form.get_by_role("radio", name=re.compile(r"^Tomorrow(?! 10:00)")).check()
    form.get_by_role("radio", name="10:00", exact=True).check()
    form.get_by_role("button", name="Quote sent").click()
    expect(seller.story).to_contain_text("Quote for 1,680.00 € sent.")
    tomorrow = datetime.now(SOFIA) + timedelta(days=1)
    assert seller.promised == datetime.combine(tomorrow.date(), time(10), SOFIA)

    lead_to_measuring(seller, deal, script=script)
    seller.open(deal)
    expect(seller.story).to_contain_text("Measuring agreed")
    expect(seller.story).to_contain_text("A measuring is a task of the measurer")
    answers_why(seller)


def lead_to_measuring(seller: Seller, deal: str, *, script: bool) -> None:
    """Drags the card to Measuring (without the script: its menu), and answers what is asked."""
    page, number = seller.page, deal.rsplit("/", maxsplit=1)[-1]
    seller.open("/views/deals_board?owner=me")
    tile, lane = page.locator(f"#tile-{number}"), page.locator('.col[data-lane="measuring"]')
    if script:
        page.wait_for_function("document.querySelector('script[src*=\"board.js\"]')")
        drag(page, tile, lane)
    else:
        tile.locator("summary").click()
        tile.locator(".menu a").click()
    page.get_by_role("link", name="Measuring agreed").click()
    form = page.locator("form[data-form=deal]").filter(has_text="Day and time")
    form.get_by_role("radio", name=re.compile("^Tomorrow 15:00")).check()
    choose_measurer(form, script=script)
    form.get_by_role("textbox", name=re.compile("^Address")).fill("Varna, 4 Preslav St, fl. 2")
    form.get_by_role("button", name="Measuring agreed").click()
    expect(lane.locator(f"#tile-{number}:not(.is-waiting)")).to_have_count(1)


def choose_measurer(form: Locator, *, script: bool) -> None:
    """Chooses the one person who measures, by a part of the name."""
    if script:
        form.get_by_role("combobox", name=re.compile("^Measurer")).press_sequentially("кол")
        form.get_by_role("option", name="Петър Колев").click()
    else:
        form.get_by_role("combobox", name=re.compile("^Measurer")).select_option("Петър Колев")


def drag(page: Page, tile: Locator, lane: Locator) -> None:
    """Drags a card by hand: down, on its way, over the lane, up."""
    tile.scroll_into_view_if_needed()
    start, goal = tile.bounding_box(), lane.bounding_box()
    assert start is not None
    assert goal is not None
    mouse = page.mouse
    mouse.move(start["x"] + 30, start["y"] + start["height"] - 12)
    mouse.down()
    mouse.move(start["x"] + 44, start["y"] + start["height"], steps=4)
    mouse.move(goal["x"] + goal["width"] / 2, max(goal["y"], 0) + 90, steps=12)
    page.wait_for_timeout(80)
    mouse.up()


def answers_why(seller: Seller) -> None:
    """An automatic line of the timeline says why: the rule, what started it, what it did."""
    line = seller.story.locator("li.event.is-auto").filter(
        has_text="A measuring is a task of the measurer"
    )
    line.first.get_by_role("link", name="Why?").click()
    trace = seller.page.locator("ol.trace").first
    expect(trace).to_contain_text("A measuring is a task of the measurer")
    expect(trace).to_contain_text("Measuring")
    expect(trace).to_contain_text("Петър Колев")


# The numbers of records are those of the story, which makes them in one order on every day.
LOOKED_AT = {
    "ivan": {
        "my-day": "/my-day",
        "deals-board": "/views/deals_board",
        "requests-board": "/views/requests_board",
        "request": "/request/55",
        "deal": "/deal/144",
        "quote-sent": "/deal/144/press/quote_sent",
        "client": "/client/47",
        "deals": "/deal?stage=calculation",
        "why": "/request/55/runs",
    },
    "petar": {"measurer": "/my-day"},
    "elena": {"measurings": "/views/measurings", "advertising": "/views/advertising"},
}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_is_accessible_and_fits(browser: Browser, kitchen: Served, theme: str) -> None:
    for login, pages in LOOKED_AT.items():
        with someone(browser, kitchen, login, script=True) as page:
            page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
            for name, path in pages.items():
                page.goto(kitchen.url + path)
                for width in WIDTHS:
                    screenshot(page, f"kitchen-{name}", width, theme)
                    wide = page.evaluate("document.documentElement.scrollWidth")
                    assert wide <= width, f"{path} is {wide} wide at {width}"
                assert axe(page) == [], path
