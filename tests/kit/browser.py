"""A real Chromium for tests: pages that must cause no complaint, screenshots, accessibility.

The browser is the system's, found or fetched by `scripts/chromium.py`.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Response, sync_playwright

TOP = Path(__file__).resolve().parent.parent.parent
SHOTS = TOP / "build" / "shots"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDTHS = {1440: 900, 820: 1180, 390: 844}
# The server's word is judged by its status; a request is given up by leaving the page.
NO_DEFECTS = ("Failed to load resource", "htmx:afterRequest", "htmx:sendAbort")
STATIC = {"font", "image", "manifest", "script", "stylesheet"}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of the process."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def problems() -> list[str]:
    """What the browser complained about; a test that provokes a complaint clears the list."""
    return []


@pytest.fixture
def page(browser: Browser, problems: list[str]) -> Iterator[Page]:
    """A tab of its own; afterwards the test fails if the browser complained about anything."""
    with browser.new_context(
        viewport={"width": 1440, "height": 900}, locale="en-GB", timezone_id="Europe/Sofia"
    ) as context:
        context.set_default_timeout(10_000)
        tab = context.new_page()
        watch(tab, problems)
        yield tab
    assert problems == []


def watch(page: Page, problems: list[str]) -> None:
    """Collects script errors, console errors (a broken content policy is one) and broken answers.

    An answer such as 422 or 404 to a page or a form is the server's word, not a defect.
    """

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(NO_DEFECTS):
            problems.append(f"console: {message.text}")

    def on_response(response: Response) -> None:
        lost = response.status >= 400 and response.request.resource_type in STATIC
        if lost or response.status >= 500:
            problems.append(f"answer {response.status}: {response.url}")

    page.on("console", on_console)
    page.on("pageerror", lambda error: problems.append(f"script: {error}"))
    page.on("response", on_response)


def screenshot(page: Page, name: str, width: int, theme: str = "light") -> Path:
    """Writes a picture of the whole page into `build/shots` and returns its path."""
    page.set_viewport_size({"width": width, "height": WIDTHS.get(width, 900)})
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    path = SHOTS / f"{name}-{width}-{theme}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, full_page=True, animations="disabled")
    return path


def axe(page: Page) -> list[str]:
    """Returns what axe-core finds wrong, one line a rule; an accessible page gives none."""
    return [
        f"{found['id']}: {found['help']} ({', '.join(selectors(found['nodes']))})"
        for found in Axe().run(page).response["violations"]
    ]


def selectors(nodes: list[dict[str, list[str]]]) -> list[str]:
    """Returns the CSS selector of each node that axe-core names."""
    return [" ".join(map(str, node["target"])) for node in nodes]


def find_chromium() -> str:
    """Returns the path of a Chromium; fails with a sentence when there is none to be had."""
    helper = str(TOP / "scripts" / "chromium.py")
    result = subprocess.run(
        [sys.executable, helper], check=False, stdout=subprocess.PIPE, text=True
    )
    if result.returncode:
        pytest.fail("No Chromium for the browser tests; the lines above say what to install.")
    return result.stdout.strip()
