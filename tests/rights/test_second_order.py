"""Rights that change while somebody works: the next request goes by the new ones.

A page is open, a session lives, a dialog was shown, an undo waits: none of them is a right.
"""

from collections.abc import Iterator

import pytest

from engine.runtime.accounts.people import Profile
from engine.runtime.actor import ENGINE
from tests.kit.applications import application_anew
from tests.kit.web import Browser
from tests.rights.marks import marks_of_answer
from tests.rights.random_rights import under
from tests.rights.world import World
from tests.rights.worlds import SHARP, sharp
from tests.rights.writing import Disk, changed

DEAL = "/deal/1"


@pytest.fixture(scope="module")
def place() -> Iterator[tuple[World, Disk]]:
    with sharp() as world:
        disk = Disk(world)
        yield world, disk
        disk.close()


@pytest.fixture
def open_pages(place: tuple[World, Disk]) -> Iterator[tuple[World, Disk, Browser]]:
    """Ann's browser, in which her deal, its form, its dialogs and the board stand open."""
    world, disk = place
    browser = world.browser("ann")
    for path in (
        DEAL,
        f"{DEAL}/edit",
        f"{DEAL}/press/weigh",
        "/views/lanes",
        f"{DEAL}/move?stage=won",
    ):
        assert browser.get(path).status_code == 200, path
    disk.keep()
    yield world, disk, browser
    disk.go_back()


def deeds(version: int) -> dict[str, dict[str, str]]:
    """Returns the writes that the open pages would send now, the undo of a toast among them."""
    return {
        f"{DEAL}/edit": {"note": "too late", "_version": str(version), "_token": "t1"},
        f"{DEAL}/press/weigh": {"rank": "20011", "_stage": "new", "_token": "t2"},
        f"{DEAL}/move": {"stage": "work", "_field": "stage", "_token": "t3"},
        f"{DEAL}/day": {"_field": "due", "_day": "2026-04-01", "_version": str(version)},
        f"{DEAL}/archive": {},
        f"{DEAL}/delete": {},
        f"{DEAL}/restore": {},
    }


def assert_shut(world: World, disk: Disk, browser: Browser, *statuses: int) -> None:
    """Nothing of what was open goes through, and nothing is shown any more."""
    version = world.by_ref["deal", 1]["version"]
    for path, form in deeds(version).items():
        before = disk.state()
        answer = browser.post(path, form)
        assert answer.status_code in statuses, (path, answer.status_code)
        rows = changed(before, disk.state())
        assert set(rows) <= {"kt_log"}, (path, rows)
    for path in (DEAL, "/deal", "/views/lanes", "/search?q=cnry", "/deal.csv"):
        shown = marks_of_answer(browser.get(path))
        assert not shown & world.by_ref["deal", 1]["marks"]["note"], path


def profile(world: World, login: str, roles: tuple[str, ...], team: str | None) -> None:
    """Gives a person other roles and another team."""
    people = world.site.services.accounts.people
    user = people.by_login(login)
    teams = {one.key: one.id for one in people.teams()}
    people.change(ENGINE, user.id, Profile(user.name, roles, teams.get(team or "")), user.version)


def test_somebody_is_demoted(open_pages: tuple[World, Disk, Browser]) -> None:
    world, disk, browser = open_pages
    profile(world, "ann", ("guest",), "east")
    assert_shut(world, disk, browser, 404)


def test_somebody_is_shut_out(open_pages: tuple[World, Disk, Browser]) -> None:
    world, disk, browser = open_pages
    world.site.services.accounts.people.disable(ENGINE, world.people["ann"].id)
    assert_shut(world, disk, browser, 303)  # to the sign-in page
    assert browser.get(DEAL).headers["Location"].startswith("/sign-in")


def test_somebody_goes_to_another_team(open_pages: tuple[World, Disk, Browser]) -> None:
    world, disk, _ = open_pages
    dan = world.browser("dan")
    assert dan.get(DEAL).status_code == 200
    disk.keep()
    profile(world, "dan", ("chief",), "west")
    assert_shut(world, disk, dan, 404)


def test_a_record_is_given_to_another_team(open_pages: tuple[World, Disk, Browser]) -> None:
    world, disk, browser = open_pages
    records = world.site.services.records
    records.update(ENGINE, "deal", 1, {"seller": world.people["cat"].id}, None)
    # What is left to see is a peek: the title, the stage and whose it is.
    assert_shut(world, disk, browser, 403)


def test_the_next_version_of_the_roles_holds_at_once(
    open_pages: tuple[World, Disk, Browser],
) -> None:
    world, disk, browser = open_pages
    closed = SHARP.replace("deal: {see: team, peek: all, create: own", "deal: {create: own")
    assert closed != SHARP
    with under(world, application_anew(closed)):
        assert_shut(world, disk, browser, 404)


def test_an_undo_is_no_right(open_pages: tuple[World, Disk, Browser]) -> None:
    world, disk, browser = open_pages
    assert browser.post(f"{DEAL}/archive", {}).status_code == 303
    profile(world, "ann", ("guest",), "east")
    before = disk.state()
    assert browser.post(f"{DEAL}/restore", {}).status_code in (403, 404)
    assert set(changed(before, disk.state())) == {"kt_log"}


def test_a_form_that_was_sent_says_nothing_to_who_lost_the_record(
    open_pages: tuple[World, Disk, Browser],
) -> None:
    world, disk, browser = open_pages
    version = world.by_ref["deal", 1]["version"]
    form = {"note": "in time", "_version": str(version), "_token": "sent-once"}
    assert browser.post(f"{DEAL}/edit", form).status_code == 303
    profile(world, "ann", ("guest",), "east")
    before = disk.state()
    assert browser.post(f"{DEAL}/edit", form).status_code == 404
    assert set(changed(before, disk.state())) == {"kt_log"}
