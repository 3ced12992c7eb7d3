"""An example as `make run` serves it, and people who sign in to it with a real browser."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from engine.resources import resource_dir
from tests.kit.browser import watch
from tests.kit.process import Serving, serving_within

LONG_STORY = 300.0  # a year is played before the program serves


@dataclass(frozen=True, slots=True)
class Served:
    """A served example: its address and the password of each person."""

    url: str
    passwords: dict[str, str]


@contextmanager
def served(example: str, place: Path) -> Iterator[Served]:
    """Serves an example with its demo by the program, until the block ends."""
    shutil.copytree(resource_dir("examples") / example, place / "crm")
    with served_folder(place) as (found, _):
        yield found


@contextmanager
def served_folder(place: Path) -> Iterator[tuple[Served, Serving]]:
    """Serves the folder `crm` of a place with its demo; gives the program, too."""
    demo = "--demo", "--data", place / "data"
    with serving_within(LONG_STORY, place / "crm", *demo) as run:
        lines = (place / "data" / "demo-users.txt").read_text().splitlines()
        people = dict(line.split() for line in lines if not line.startswith("#"))
        yield Served(run.url, people), run


@contextmanager
def someone(browser: Browser, example: Served, login: str, *, script: bool) -> Iterator[Page]:
    """A signed-in person, who must not see the browser complain."""
    problems: list[str] = []
    with browser.new_context(
        viewport={"width": 1440, "height": 900},
        locale="en-GB",
        timezone_id="Europe/Sofia",
        java_script_enabled=script,
    ) as context:
        context.set_default_timeout(10_000)
        page = context.new_page()
        watch(page, problems)
        page.goto(f"{example.url}/sign-in")
        page.fill("input[name=login]", login)
        page.fill("input[name=password]", example.passwords[login])
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("link", name="My day").first).to_be_visible()
        yield page
    assert problems == []
