"""Signing in and out on both databases, with the attacks on sessions that have a door today."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from unittest.mock import patch

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from engine.errors import ValidationFailed
from engine.runtime.accounts.door import Visit
from engine.runtime.accounts.people import Profile
from engine.runtime.accounts.sessions import STAY, THIS_VISIT, Session
from engine.runtime.actor import ENGINE
from engine.runtime.tables.system import ACCOUNTS, ATTEMPTS, SESSIONS
from tests.kit.accounts import HOME, PASSWORD, House, open_house
from tests.kit.prepared import Prepared

VERIFY = PasswordHasher.verify
NEW_PASSWORD = "another long password"


@pytest.fixture
def house(prepared: Prepared) -> Iterator[House]:
    with open_house(prepared) as made:
        yield made


def session_of(house: House, cookie: str) -> Session:
    found = house.accounts.door.session(cookie)
    assert found is not None
    return found


def is_open(house: House, cookie: str) -> bool:
    return house.accounts.door.session(cookie) is not None


def test_a_session_knows_who_acts(house: House) -> None:
    user_id = house.add("ivan", "seller")
    actor = session_of(house, house.sign_in("ivan")).actor
    assert (actor.user_id, actor.login, actor.name, actor.roles) == (
        user_id,
        "ivan",
        "Ivan",
        ("seller",),
    )


def test_the_login_is_recognised_however_it_is_typed(house: House) -> None:
    house.add("ivan")
    assert house.accounts.door.sign_in("  IVAN ", PASSWORD, HOME).cookie


@pytest.mark.parametrize(
    "login, password",
    [
        ("ivan", "wrong password"),
        ("nobody", PASSWORD),
        ("ivan", ""),
        ("", ""),
        ("ivan", "x" * 9999),
    ],
)
def test_all_wrong_answers_are_equal(house: House, login: str, password: str) -> None:
    house.add("ivan")
    with pytest.raises(ValidationFailed) as refusal:
        house.accounts.door.sign_in(login, password, HOME)
    (sentence,) = refusal.value.messages[""]
    assert str(sentence) == "The login or the password is not right."


def test_every_answer_costs_one_hash(house: House) -> None:
    house.accounts.people.disable(ENGINE, house.add("gone"))
    house.add("ivan")
    house.add("new", password=None)
    for login, password in (
        ("ivan", PASSWORD),
        ("ivan", "wrong password"),
        ("nobody", PASSWORD),
        ("gone", PASSWORD),
        ("new", PASSWORD),
        ("ivan", "x" * 9999),
        ("a\0b", PASSWORD),
    ):
        with (
            patch.object(PasswordHasher, "verify", autospec=True, side_effect=VERIFY) as verify,
            suppress(ValidationFailed),
        ):
            house.accounts.door.sign_in(login, password, HOME)
        assert verify.call_count == 1, (login, password)


def test_a_hostile_login_is_only_a_wrong_login(house: House) -> None:
    for login in ("a\0b", "' or 1=1 --", "я" * 5000, "%", "_van"):
        with pytest.raises(ValidationFailed):
            house.accounts.door.sign_in(login, PASSWORD, HOME)


def test_the_database_holds_no_secret_of_a_session(house: House) -> None:
    house.add("ivan")
    cookie = house.sign_in("ivan")
    with house.database.read() as connection:
        stored = connection.execute(select(SESSIONS)).mappings().one()
    assert cookie not in str(dict(stored))


def test_each_sign_in_has_a_session_of_its_own(house: House) -> None:
    house.add("ivan")
    assert len({house.sign_in("ivan") for _ in range(3)}) == 3


@pytest.mark.parametrize("cookie", ["", "x", "x" * 500, "я", "' or 1=1", "a\0b"])
def test_a_made_up_cookie_is_nobody(house: House, cookie: str) -> None:
    assert house.accounts.door.session(cookie) is None


def test_signing_out_ends_one_session(house: House) -> None:
    house.add("ivan")
    here, there = house.sign_in("ivan"), house.sign_in("ivan")
    house.accounts.door.sign_out(session_of(house, here))
    assert (is_open(house, here), is_open(house, there)) == (False, True)


def test_signing_out_elsewhere_keeps_this_session_and_other_people(house: House) -> None:
    house.add("ivan")
    house.add("anna")
    here, there, other = house.sign_in("ivan"), house.sign_in("ivan"), house.sign_in("anna")
    house.accounts.door.end_others(session_of(house, here))
    assert [is_open(house, one) for one in (here, there, other)] == [True, False, True]


def test_a_session_ends_when_it_is_not_used(house: House) -> None:
    house.add("ivan")
    cookie = house.sign_in("ivan")
    house.clock.pass_(THIS_VISIT.idle)
    assert not is_open(house, cookie)


def test_a_session_in_use_ends_at_last(house: House) -> None:
    house.add("ivan")
    cookie = house.sign_in("ivan")
    house.clock.pass_(THIS_VISIT.idle - timedelta(hours=1))
    assert is_open(house, cookie)
    house.clock.pass_(THIS_VISIT.idle - timedelta(hours=1))
    assert is_open(house, cookie)
    house.clock.pass_(timedelta(hours=2))
    assert not is_open(house, cookie)


def test_staying_signed_in_outlives_the_browser(house: House) -> None:
    house.add("ivan")
    short = house.accounts.door.sign_in("ivan", PASSWORD, HOME)
    long = house.accounts.door.sign_in("ivan", PASSWORD, Visit(stay=True))
    assert (short.max_age, long.max_age) == (None, int(STAY.whole.total_seconds()))
    house.clock.pass_(timedelta(days=10))
    assert (is_open(house, short.cookie), is_open(house, long.cookie)) == (False, True)


def test_a_disabled_user_is_out_at_once(house: House) -> None:
    user_id = house.add("ivan")
    cookie = house.sign_in("ivan")
    house.accounts.people.disable(ENGINE, user_id)
    assert not is_open(house, cookie)
    with pytest.raises(ValidationFailed):
        house.sign_in("ivan")
    house.accounts.people.enable(ENGINE, user_id)
    assert not is_open(house, cookie)
    assert is_open(house, house.sign_in("ivan"))


@pytest.mark.parametrize("change", [{"archived": True}, {"trashed": True}])
def test_a_user_put_away_is_out_at_once(house: House, change: dict[str, bool]) -> None:
    user_id = house.add("ivan")
    cookie = house.sign_in("ivan")
    table = house.tables.table("user")
    values = {"archived": True} if "archived" in change else {"trashed_at": house.clock.now()}
    with house.database.write() as connection:
        connection.execute(update(table).where(table.c.id == user_id).values(values))
    assert not is_open(house, cookie)
    with pytest.raises(ValidationFailed):
        house.sign_in("ivan")


def test_new_roles_hold_with_the_next_request(house: House) -> None:
    user_id = house.add("ivan", "admin")
    house.add("anna", "admin")
    cookie = house.sign_in("ivan")
    user = house.accounts.people.get(user_id)
    house.accounts.people.change(ENGINE, user_id, Profile(user.name, ("seller",)), None)
    assert session_of(house, cookie).actor.roles == ("seller",)


def test_changing_ones_password_ends_every_session(house: House) -> None:
    house.add("ivan")
    here, there = house.sign_in("ivan"), house.sign_in("ivan")
    session = session_of(house, here)
    started = house.accounts.door.change_password(
        session, PASSWORD, NEW_PASSWORD, NEW_PASSWORD, HOME
    )
    assert [is_open(house, one) for one in (here, there, started.cookie)] == [False, False, True]
    assert house.accounts.door.sign_in("ivan", NEW_PASSWORD, HOME).cookie


@pytest.mark.parametrize(
    "old, new, repeated, field",
    [
        ("wrong password", NEW_PASSWORD, NEW_PASSWORD, "old"),
        (PASSWORD, "short", "short", "new"),
        (PASSWORD, NEW_PASSWORD, "something else", "repeated"),
        (PASSWORD, "zzzzzzzzzzzz", "zzzzzzzzzzzz", "new"),
    ],
)
def test_a_refused_change_of_password_changes_nothing(
    house: House, old: str, new: str, repeated: str, field: str
) -> None:
    house.add("ivan")
    cookie = house.sign_in("ivan")
    with pytest.raises(ValidationFailed) as refusal:
        house.accounts.door.change_password(session_of(house, cookie), old, new, repeated, HOME)
    assert set(refusal.value.messages) == {field}
    assert is_open(house, cookie)
    assert house.accounts.door.sign_in("ivan", PASSWORD, HOME).cookie


def test_a_hash_of_old_costs_is_renewed_at_sign_in(house: House) -> None:
    user_id = house.add("ivan")
    old = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash(PASSWORD)
    with house.database.write() as connection:
        connection.execute(update(ACCOUNTS).values(password_hash=old))
    house.sign_in("ivan")
    with house.database.read() as connection:
        stored = connection.scalar(
            select(ACCOUNTS.c.password_hash).where(ACCOUNTS.c.user_id == user_id)
        )
    assert stored != old
    assert house.sign_in("ivan")


def test_every_attempt_is_one_row_of_the_log(house: House) -> None:
    user_id = house.add("ivan")
    house.sign_in("ivan")
    for login in ("ivan", "nobody"):
        with pytest.raises(ValidationFailed):
            house.accounts.door.sign_in(login, "wrong password", HOME)
    columns = (ATTEMPTS.c.login, ATTEMPTS.c.outcome, ATTEMPTS.c.user_id, ATTEMPTS.c.address)
    with house.database.read() as connection:
        rows = connection.execute(select(*columns).order_by(ATTEMPTS.c.id)).all()
    assert [tuple(one) for one in rows] == [
        ("ivan", "good", user_id, HOME.address),
        ("ivan", "wrong", user_id, HOME.address),
        ("nobody", "wrong", None, HOME.address),
    ]


def test_the_look_of_pages_stays_with_the_person(house: House) -> None:
    house.add("ivan")
    cookie = house.sign_in("ivan")
    house.accounts.door.set_look(session_of(house, cookie).actor, "dark", "compact")
    found = session_of(house, house.sign_in("ivan"))
    assert (found.theme, found.density) == ("dark", "compact")
    with pytest.raises(ValidationFailed):
        house.accounts.door.set_look(found.actor, '"><script>', "")
