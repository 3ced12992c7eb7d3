"""Managing users: what is refused, with all reasons at once, and that somebody stays in charge."""

from collections.abc import Iterator
from unicodedata import normalize

import pytest
from sqlalchemy import insert, select

from engine.errors import NotFound, ValidationFailed
from engine.runtime.accounts.people import Profile
from engine.runtime.actor import ENGINE, Actor
from engine.runtime.tables.system import LOG
from tests.kit.accounts import HOME, PASSWORD, House, open_house
from tests.kit.prepared import Prepared


@pytest.fixture
def house(prepared: Prepared) -> Iterator[House]:
    with open_house(prepared) as made:
        yield made


def refusals(house: House, login: str, profile: Profile, password: str | None) -> dict[str, str]:
    with pytest.raises(ValidationFailed) as refusal:
        house.accounts.people.add(ENGINE, login, profile, password)
    return {field: str(many[0]) for field, many in refusal.value.messages.items()}


def test_all_faults_of_a_new_user_are_said_at_once(house: House) -> None:
    assert refusals(house, "Иван", Profile("", ("boss",), team_id=77), "short") == {
        "login": "Small Latin letters, digits, dots, dashes; at most 60 of them.",
        "name": "Write a name.",
        "roles": "There is no role 'boss'. The roles are: admin, seller.",
        "team": "Choose one of the list.",
        "password": "Take at least 10 characters.",
    }
    assert house.accounts.people.listed() == ()


def test_a_login_is_taken_once(house: House) -> None:
    house.add("ivan")
    assert refusals(house, " IVAN", Profile("Ivan", ("seller",)), None) == {
        "login": "This login is taken."
    }


@pytest.mark.parametrize(
    "password",
    ["short", "ivan.petrov.1", "IVAN.PETROV.1", "aaaaaaaaaaaa", "x" * 201, "has\0a nul here"],
)
def test_a_poor_password_is_refused(house: House, password: str) -> None:
    assert "password" in refusals(house, "ivan.petrov.1", Profile("Ivan", ("seller",)), password)


def test_a_password_is_the_same_on_every_keyboard(house: House) -> None:
    composed = "пароль с буквой й"
    decomposed = normalize("NFD", composed)
    assert composed != decomposed
    house.add("ivan", password=composed)
    assert house.accounts.door.sign_in("ivan", decomposed, HOME).cookie


def test_a_user_is_found_by_any_part_of_name_or_login(house: House) -> None:
    house.add("ivan")
    house.accounts.people.add(ENGINE, "anna", Profile("Анна Смирнова", ("seller",)), PASSWORD)
    found = house.accounts.people.listed
    assert [one.login for one in found("смирн")] == ["anna"]
    assert [one.login for one in found("VA")] == ["ivan"]
    assert [one.login for one in found("%")] == []
    assert [one.login for one in found()] == ["ivan", "anna"]


def test_a_user_is_in_a_team_that_exists(house: House) -> None:
    team = house.tables.table("team")
    now = house.clock.now()
    times = {"created_at": now, "updated_at": now}
    with house.database.write() as connection:
        sales, sellers = (
            connection.execute(
                insert(team)
                .values(key=key, name=key, title=key.title(), title_key=key, **times)
                .returning(team.c.id)
            ).scalar_one()
            for key in ("sales", "sellers")
        )
        connection.execute(team.update().where(team.c.id == sellers).values(parent=sales))
    assert [(one.id, one.key, one.label) for one in house.accounts.people.teams()] == [
        (sales, "sales", "Sales"),
        (sellers, "sellers", "Sellers"),
    ]
    house.accounts.people.add(ENGINE, "head", Profile("Head", ("seller",), sales), PASSWORD)
    session = house.accounts.door.session(house.sign_in("head"))
    assert session is not None
    assert session.actor.team_ids == {sales, sellers}
    assert house.accounts.people.by_login("head").team == "Sales"


def test_the_last_administrator_stays(house: House) -> None:
    first = house.add("first", "admin")
    with pytest.raises(ValidationFailed, match="some fields"):
        house.accounts.people.change(ENGINE, first, Profile("First", ("seller",)), None)
    with pytest.raises(ValidationFailed):
        house.accounts.people.disable(ENGINE, first)
    second = house.add("second", "admin")
    house.accounts.people.disable(ENGINE, first)
    with pytest.raises(ValidationFailed):
        house.accounts.people.disable(ENGINE, second)


def test_an_administrator_who_never_got_a_password_does_not_count(house: House) -> None:
    first = house.add("first", "admin")
    house.add("second", "admin", password=None)
    with pytest.raises(ValidationFailed):
        house.accounts.people.disable(ENGINE, first)


def test_nobody_disables_themselves(house: House) -> None:
    house.add("first", "admin")
    me = house.add("second", "admin")
    with pytest.raises(ValidationFailed):
        house.accounts.people.disable(Actor("user", me), me)


def test_a_password_set_by_others_ends_what_was_open(house: House) -> None:
    user_id = house.add("ivan")
    cookie = house.sign_in("ivan")
    link = house.accounts.invitations.for_user(ENGINE, user_id)
    house.accounts.people.set_password(ENGINE, user_id, "quite another one")
    assert house.accounts.door.session(cookie) is None
    with pytest.raises(NotFound):
        house.accounts.invitations.read(link)


def test_whoever_is_not_there_is_named(house: House) -> None:
    with pytest.raises(NotFound, match="There is no user 'nobody'"):
        house.accounts.people.by_login("nobody")
    with pytest.raises(NotFound):
        house.accounts.people.get(99)


def test_what_is_done_to_an_account_is_written_down(house: House) -> None:
    admin = Actor("user", house.add("first", "admin"), name="First")
    ivan = house.add("ivan")
    house.accounts.people.disable(admin, ivan)
    house.accounts.people.enable(admin, ivan)
    house.accounts.invitations.for_user(admin, ivan)
    wanted = select(LOG.c.kind, LOG.c.actor_name, LOG.c.record_id).order_by(LOG.c.id)
    with house.database.read() as connection:
        rows = [tuple(one) for one in connection.execute(wanted)]
    assert rows[2:] == [
        ("user_disabled", "First", ivan),
        ("user_enabled", "First", ivan),
        ("link_made", "First", ivan),
    ]
