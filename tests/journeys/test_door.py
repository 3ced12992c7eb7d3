"""The way in, in a real browser: a link, a password, the account, the users, the way out."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.kit.browser import axe, screenshot
from tests.kit.process import Serving, serving

pytestmark = pytest.mark.journey

CRM = """
name: shop
label: Corner shop
teams: {sales: {label: Sales}}
entities: {client: {fields: {name: text}}}
roles: {seller: {label: Seller, can: {client: {every: all}}}}
"""
PASSWORD = "a long enough password"


def judge(page: Page, name: str) -> None:
    """Looks at a page in both themes and on a phone."""
    for theme in ("light", "dark"):
        for width in (1440, 390):
            screenshot(page, f"door-{name}", width, theme)
            assert axe(page) == [], (name, theme, width)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(color_scheme="light")


def first_link(run: Serving) -> str:
    found = re.search(r"http://\S+/welcome/\S+", run.said)
    assert found is not None
    return found[0]


def test_people_come_in_and_go_out(page: Page, tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "crm.yaml").write_text(CRM, encoding="utf-8")
    with serving(folder, "--data", tmp_path / "data") as run:
        become_administrator(page, run)
        link = add_user(page, run)
        page.get_by_text("settings, sign out").locator("..").click()
        page.get_by_role("button", name="Sign out").click()
        expect(page).to_have_url(f"{run.url}/sign-in")
        come_with_link(page, run, link)
        page.goto(f"{run.url}/admin/users")
        expect(page.get_by_role("heading", name="Not found")).to_be_visible()
        judge(page, "error")


def become_administrator(page: Page, run: Serving) -> None:
    page.goto(first_link(run))
    judge(page, "welcome")
    page.get_by_label("Login").fill("boss")
    page.get_by_label("Your name").fill("The Boss")
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_label("The same once more").fill("another one by mistake")
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_text("The two passwords differ.")).to_be_visible()
    judge(page, "welcome-refused")
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_label("The same once more").fill(PASSWORD)
    page.get_by_role("button", name="Begin").click()
    expect(page).to_have_url(f"{run.url}/admin/users")
    judge(page, "users")


def add_user(page: Page, run: Serving) -> str:
    """Adds a user by hand and returns the link that the page shows."""
    page.get_by_role("link", name="New user").click()
    page.get_by_role("button", name="Add user").click()
    expect(page.get_by_text("Write a login.")).to_be_visible()
    judge(page, "user-refused")
    page.get_by_label("Login").fill("maria")
    page.get_by_label("Name").fill("Мария Иванова")
    page.get_by_label("Seller").check()
    page.get_by_label("Team").select_option("Sales")
    page.get_by_role("button", name="Add user").click()
    expect(page.get_by_role("heading", name="Мария Иванова")).to_be_visible()
    page.get_by_role("button", name="Make a one-time link").click()
    link = page.get_by_label("Give this link to Мария Иванова").input_value()
    judge(page, "user")
    page.goto(f"{run.url}/admin/users")
    page.get_by_label("Name or login").fill("мар")
    expect(page.get_by_role("link", name="The Boss")).to_be_hidden()
    expect(page.get_by_role("link", name="Мария Иванова")).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?q=%D0%BC%D0%B0%D1%80$"))
    return link


def come_with_link(page: Page, run: Serving, link: str) -> None:
    """Sets a password, then leaves and comes back with it, into the account."""
    page.goto(link)
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_label("The same once more").fill(PASSWORD)
    page.get_by_role("button", name="Begin").click()
    expect(page).to_have_url(f"{run.url}/my-day")
    page.goto(f"{run.url}/account")
    judge(page, "account")
    page.get_by_label("Language").select_option("Български")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("html")).to_have_attribute("lang", "bg")
    page.locator("select[name=language]").select_option("en")
    page.locator("select[name=theme]").select_option("dark")
    page.locator("form:has(select[name=theme]) button.is-main").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_text("settings, sign out").locator("..").click()
    page.get_by_role("button", name="Sign out").click()
    judge(page, "sign-in")
    page.get_by_label("Login").fill("maria")
    page.get_by_label("Password", exact=True).fill("not the right one")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("The login or the password is not right.")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{run.url}/my-day")
