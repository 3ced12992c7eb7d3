"""The example as `make run` serves it, in a real browser: one person works through a morning.

Once with the script and once without it; afterwards every page is looked at in three widths, light
and dark, and held against the rules of accessibility.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.kit.browser import WIDTHS, axe, screenshot
from tests.kit.served import Served, served, someone

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The vet practice with its demo records."""
    with served("vet-practice", tmp_path_factory.mktemp("vet")) as example:
        yield example


def write(page: Page, label: str, value: str) -> None:
    """Types into the input with this label."""
    page.get_by_role("textbox", name=re.compile(f"^{label}( required)?$")).fill(value)


def save(page: Page) -> None:
    """Presses Save and waits for the record."""
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.wait_for_url(re.compile(r"/\w+/\d+$"))


def pick(page: Page, label: str, text: str) -> None:
    """Chooses a linked record by a part of its title."""
    page.get_by_role("combobox", name=re.compile(f"^{label}")).press_sequentially(text, delay=10)
    page.get_by_role("option", name=re.compile(text)).first.click()


def heading(page: Page) -> Locator:
    """The title of the page."""
    return page.get_by_role("heading", level=1)


def titles(page: Page) -> list[str]:
    """The titles of the records in a list, in their order."""
    return page.locator("main table tbody tr td:first-child a").all_inner_texts()


def test_a_morning_at_the_reception(browser: Browser, practice: Served) -> None:
    with someone(browser, practice, "rada", script=True) as page:
        page.goto(f"{practice.url}/owner/new")
        write(page, "Name", "Тереза Маринова")
        write(page, "Phone", "0888 12 34 56")
        save(page)
        expect(heading(page)).to_have_text("Тереза Маринова")
        expect(page.get_by_role("link", name="088 812 3456").first).to_be_visible()

        page.goto(f"{practice.url}/animal/new")
        write(page, "Name", "Чарли")
        pick(page, "Owner", "Тереза")
        page.get_by_role("combobox", name=re.compile("^Species")).select_option("Cat")
        expect(page.get_by_role("textbox", name=re.compile("beware"))).to_be_hidden()
        page.get_by_role("checkbox", name=re.compile("Aggressive")).check()
        write(page, "What to beware of", "Hates the scales")  # appears with the tick
        save(page)
        expect(heading(page)).to_have_text("Чарли, Cat of Тереза Маринова")

        page.goto(f"{practice.url}/visit/new")
        pick(page, "Animal", "Чарли")
        page.get_by_role("radio", name=re.compile("^Tomorrow 9:00")).check()
        page.get_by_role("radio", name="Check-up").check()
        save(page)
        expect(heading(page)).to_contain_text("Чарли")
        expect(page.locator("main")).to_contain_text("Tomorrow 9:00")

        page.goto(f"{practice.url}/owner")
        page.get_by_role("searchbox", name="Find in this list").fill("терез")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("q="))
        expect(page.locator("main table tbody tr")).to_have_count(1)
        assert titles(page) == ["Тереза Маринова"]

        page.keyboard.press("Control+k")
        palette = page.get_by_role("dialog")
        palette.get_by_role("combobox").fill("чарли")
        palette.get_by_role("option", name=re.compile("Чарли, Cat")).click()
        expect(heading(page)).to_have_text("Чарли, Cat of Тереза Маринова")


def test_a_visit_goes_its_way(browser: Browser, practice: Served) -> None:
    with someone(browser, practice, "rada", script=True) as page:
        visit = f"{practice.url}/visit/85"
        page.goto(visit)
        animal = heading(page).inner_text().split()[-1]
        # One fact, changed where it stands; what is computed from it follows.
        page.get_by_role("link", name=re.compile("change fee")).click()
        page.locator("main input[name=fee]").fill("45,50")
        page.keyboard.press("Enter")
        expect(page.get_by_role("link", name=re.compile("45.50 € *, change fee"))).to_be_visible()
        expect(page.locator("main")).to_contain_text("45.50 €")

        page.get_by_role("button", name="In the waiting room").click()
        expect(page.get_by_role("button", name="In treatment")).to_be_visible()
        page.get_by_role("textbox", name="Note", exact=True).fill("Came an hour early")
        page.get_by_role("button", name="Save note").click()
        story = page.get_by_role("region", name="Timeline")
        expect(story).to_contain_text("Came an hour early")
        expect(story).to_contain_text("In the waiting room")

        page.goto(f"{practice.url}/visit?stage=arrived&sort=-at")
        assert any(animal in one for one in titles(page))
        page.get_by_role("link", name="Remove filter Stage").click()
        page.wait_for_url(re.compile(r"/visit(\?sort=-at)?$"))
        page.goto(visit)
        page.locator("summary[aria-label='More actions']").click()
        page.get_by_role("button", name=re.compile("^Archive")).click()
        with page.expect_response(re.compile("/restore$")):
            page.get_by_role("button", name="Undo").click()
        page.goto(visit)
        expect(page.get_by_role("button", name="In treatment")).to_be_visible()


def test_the_same_morning_without_the_script(browser: Browser, practice: Served) -> None:
    with someone(browser, practice, "rada", script=False) as page:
        page.goto(f"{practice.url}/owner/new")
        write(page, "Name", "Без Скрипт")
        write(page, "Phone", "12")
        page.get_by_role("button", name="Save", exact=True).last.click()
        expect(page.locator("main")).to_contain_text("too few or too many digits")
        write(page, "Phone", "+44 7700 900777")
        save(page)
        owner = page.url
        page.get_by_role("link", name=re.compile("Edit")).first.click()
        write(page, "City", "Варна")
        save(page)
        expect(page.locator("main")).to_contain_text("Варна")

        page.get_by_role("link", name=re.compile("^New")).last.click()
        expect(heading(page)).to_have_text("New: Animal")
        write(page, "Name", "Ной")
        page.get_by_label("Species", exact=False).locator("visible=true").last.select_option("Dog")
        save(page)
        expect(heading(page)).to_have_text("Ной, Dog of Без Скрипт")

        page.goto(f"{practice.url}/visit?stage=booked&reason=checkup")
        page.locator("main table tbody tr td:first-child a").first.click()
        page.get_by_role("button", name="In the waiting room").click()
        expect(page.get_by_role("button", name="In treatment")).to_be_visible()

        page.goto(owner)
        page.locator("summary[aria-label='More actions']").click()
        page.get_by_role("button", name=re.compile("^Archive")).click()
        page.goto(f"{practice.url}/owner?q=Скрипт")
        expect(page.locator("main table tbody tr")).to_have_count(0)
        page.goto(owner)
        page.get_by_role("button", name=re.compile("^(Restore|Take out|Undo)")).first.click()
        page.goto(f"{practice.url}/owner?q=Скрипт")
        expect(page.locator("main table tbody tr")).to_have_count(1)


LOOKED_AT = {
    "rada": {
        "my-day": "/my-day",
        "list": "/visit?stage=booked",
        "view": "/views/in_the_house",
        "record": "/visit/85",
        "person": "/owner/7",
        "form": "/visit/new",
        "search": "/search?q=rex",
        "notifications": "/notifications",
        "account": "/account",
        "bad-query": "/visit?colour=red",
        "not-found": "/visit/99999",
    },
    "admin": {"users": "/admin/users"},
}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_is_accessible_and_fits(browser: Browser, practice: Served, theme: str) -> None:
    for login, pages in LOOKED_AT.items():
        with someone(browser, practice, login, script=True) as page:
            page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
            for name, path in pages.items():
                page.goto(practice.url + path)
                for width in WIDTHS:
                    screenshot(page, name, width, theme)
                    wide = page.evaluate("document.documentElement.scrollWidth")
                    assert wide <= width, f"{path} is {wide} wide at {width}"
                assert axe(page) == [], path
