"""One-time links: once, within a day, for one person."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.errors import NotFound, ValidationFailed
from engine.runtime.accounts.invitations import Invitation
from engine.runtime.actor import ENGINE
from engine.runtime.tables.system import TOKENS
from tests.kit.accounts import HOME, PASSWORD, House, open_house
from tests.kit.prepared import Prepared

NEW = "quite another one"


@pytest.fixture
def house(prepared: Prepared) -> Iterator[House]:
    with open_house(prepared) as made:
        yield made


def first_link(house: House) -> str:
    link = house.accounts.invitations.for_first_admin()
    assert link is not None
    return link


def become_first(house: House, link: str, login: str = "boss", password: str = PASSWORD) -> str:
    return house.accounts.invitations.accept_first(
        link, login, "The Boss", password, password, HOME
    ).cookie


def test_the_first_administrator_makes_themselves(house: House) -> None:
    link = first_link(house)
    assert house.accounts.invitations.read(link) == Invitation(is_first=True, login="", name="")
    session = house.accounts.door.session(become_first(house, link))
    assert session is not None
    assert (session.actor.login, session.actor.roles) == ("boss", ("admin",))
    assert house.accounts.invitations.for_first_admin() is None


def test_a_link_works_once(house: House) -> None:
    link = first_link(house)
    become_first(house, link)
    with pytest.raises(NotFound):
        become_first(house, link, "second")
    assert [one.login for one in house.accounts.people.listed()] == ["boss"]


def test_two_who_press_at_once_are_one(house: House) -> None:
    user_id = house.add("ivan", password=None)
    link = house.accounts.invitations.for_user(ENGINE, user_id)

    def accept(password: str) -> bool:
        try:
            house.accounts.invitations.accept(link, password, password, HOME)
        except NotFound:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(accept, [f"password number {one}" for one in range(4)]))
    assert answers.count(True) == 1


def test_a_link_lasts_a_day(house: House) -> None:
    link = first_link(house)
    house.clock.pass_(timedelta(hours=24))
    with pytest.raises(NotFound):
        house.accounts.invitations.read(link)


def test_a_new_link_takes_the_force_from_the_one_before(house: House) -> None:
    old, new = first_link(house), first_link(house)
    assert house.accounts.invitations.read(new).is_first
    with pytest.raises(NotFound):
        house.accounts.invitations.read(old)


def test_a_link_for_the_first_is_void_once_there_is_an_administrator(house: House) -> None:
    link = first_link(house)
    house.add("boss", "admin")
    with pytest.raises(NotFound):
        become_first(house, link, "mallory")


def test_a_refused_form_uses_nothing_up(house: House) -> None:
    link = first_link(house)
    with pytest.raises(ValidationFailed) as refusal:
        house.accounts.invitations.accept_first(link, "", "", "short", "other", HOME)
    assert set(refusal.value.messages) == {"login", "name", "password", "repeated"}
    assert become_first(house, link)


def test_a_user_sets_a_password_with_a_link(house: House) -> None:
    user_id = house.add("ivan")
    cookie = house.sign_in("ivan")
    link = house.accounts.invitations.for_user(ENGINE, user_id)
    assert house.accounts.invitations.read(link) == Invitation(False, "ivan", "Ivan")
    started = house.accounts.invitations.accept(link, NEW, NEW, HOME)
    assert house.accounts.door.session(started.cookie) is not None
    assert house.accounts.door.session(cookie) is None
    with pytest.raises(ValidationFailed):
        house.sign_in("ivan")
    with pytest.raises(NotFound):
        house.accounts.invitations.accept(link, NEW, NEW, HOME)


def test_a_link_of_a_disabled_user_opens_nothing(house: House) -> None:
    user_id = house.add("ivan")
    link = house.accounts.invitations.for_user(ENGINE, user_id)
    house.accounts.people.disable(ENGINE, user_id)
    with pytest.raises(NotFound):
        house.accounts.invitations.accept(link, NEW, NEW, HOME)
    with pytest.raises(ValidationFailed):
        house.accounts.invitations.for_user(ENGINE, user_id)


def test_a_link_for_a_user_makes_no_administrator(house: House) -> None:
    link = house.accounts.invitations.for_user(ENGINE, house.add("ivan"))
    with pytest.raises(NotFound):
        become_first(house, link, "mallory")
    with pytest.raises(NotFound):
        house.accounts.invitations.accept(first_link(house), NEW, NEW, HOME)


@pytest.mark.parametrize("link", ["", "x", "x" * 500, "я", "a\0b", "' or 1=1 --"])
def test_a_made_up_link_opens_nothing(house: House, link: str) -> None:
    with pytest.raises(NotFound):
        house.accounts.invitations.read(link)


def test_the_database_holds_no_secret_of_a_link(house: House) -> None:
    link = first_link(house)
    with house.database.read() as connection:
        stored = connection.execute(select(TOKENS)).mappings().one()
    assert link not in str(dict(stored))
