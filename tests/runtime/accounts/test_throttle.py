"""Attempts and bans on both databases: attack 25 as far as the engine alone can judge it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from unittest.mock import patch

import pytest

from engine.errors import EngineError, TooManyAttempts, ValidationFailed
from engine.runtime.accounts.door import Visit
from engine.runtime.accounts.passwords import Passwords
from engine.runtime.accounts.throttle import BAN, MOST, Ban, address_key, login_key
from engine.runtime.actor import ENGINE
from tests.kit.accounts import HOME, PASSWORD, House, open_house
from tests.kit.prepared import Prepared


@pytest.fixture
def house(prepared: Prepared) -> Iterator[House]:
    with open_house(prepared) as made:
        yield made


def fail(house: House, login: str, address: str) -> type[EngineError]:
    """Tries a wrong password and says how it was refused."""
    try:
        house.accounts.door.sign_in(login, "wrong password", Visit(address))
    except (ValidationFailed, TooManyAttempts) as refusal:
        return type(refusal)
    raise AssertionError("a wrong password has opened the door")


def addresses(number: int) -> list[str]:
    return [f"198.51.100.{one}" for one in range(number)]


def test_one_account_is_guessed_at_from_many_addresses(house: House) -> None:
    house.add("ivan")
    living = house.sign_in("ivan")
    answers = [fail(house, "ivan", address) for address in addresses(20)]
    assert answers == [ValidationFailed] * MOST["login"] + [TooManyAttempts] * 10
    with pytest.raises(TooManyAttempts) as refusal:
        house.accounts.door.sign_in("ivan", PASSWORD, Visit("203.0.113.200"))
    assert 0 < refusal.value.retry_after <= BAN.total_seconds()
    assert house.accounts.door.session(living) is not None
    house.add("anna")
    assert house.accounts.door.sign_in("anna", PASSWORD, Visit("198.51.100.1")).cookie


def test_an_unknown_login_is_banned_like_a_known_one(house: House) -> None:
    house.add("ivan")
    for login in ("ivan", "nobody"):
        answers = [fail(house, login, address) for address in addresses(12)]
        assert answers == [ValidationFailed] * 10 + [TooManyAttempts] * 2


def test_one_password_is_tried_on_many_accounts(house: House) -> None:
    answers = [fail(house, f"user{number}", "198.51.100.9") for number in range(35)]
    assert answers == [ValidationFailed] * MOST["address"] + [TooManyAttempts] * 5
    house.add("ivan")
    with pytest.raises(TooManyAttempts):
        house.accounts.door.sign_in("ivan", PASSWORD, Visit("198.51.100.9"))
    assert house.sign_in("ivan")


def test_an_own_account_does_not_clear_the_address(house: House) -> None:
    house.add("mallory")
    answers = []
    for number in range(35):
        answers.append(fail(house, f"user{number}", "198.51.100.9"))
        if number % 5 == 0 and number < 30:
            house.accounts.door.sign_in("mallory", PASSWORD, Visit("198.51.100.9"))
    assert answers[-5:] == [TooManyAttempts] * 5


def test_success_clears_what_a_person_mistyped(house: House) -> None:
    house.add("ivan")
    for _ in range(3):
        assert [fail(house, "ivan", HOME.address) for _ in range(9)] == [ValidationFailed] * 9
        house.sign_in("ivan", Visit("203.0.113.8"))


def test_a_ban_is_over_after_half_an_hour(house: House) -> None:
    house.add("ivan")
    for address in addresses(11):
        fail(house, "ivan", address)
    house.clock.pass_(BAN - timedelta(seconds=1))
    with pytest.raises(TooManyAttempts):
        house.sign_in("ivan")
    house.clock.pass_(timedelta(seconds=1))
    assert house.sign_in("ivan")


def test_attempts_during_a_ban_do_not_lengthen_it(house: House) -> None:
    house.add("ivan")
    for address in addresses(11):
        fail(house, "ivan", address)
    for address in addresses(29):
        house.clock.pass_(timedelta(minutes=1))
        assert fail(house, "ivan", address) is TooManyAttempts
    house.clock.pass_(timedelta(minutes=1))
    assert house.sign_in("ivan")


def test_slow_guessing_is_not_counted_together(house: House) -> None:
    house.add("ivan")
    for _ in range(15):
        assert fail(house, "ivan", HOME.address) is ValidationFailed
        house.clock.pass_(timedelta(minutes=4))


def test_an_administrator_lifts_a_ban(house: House) -> None:
    house.add("ivan")
    for address in addresses(11):
        fail(house, "ivan", address)
    (ban,) = house.accounts.people.bans()
    assert ban == Ban("login", "ivan", house.clock.now() + BAN)
    assert house.accounts.people.lift_ban(ENGINE, "login", "ivan")
    assert house.accounts.people.bans() == ()
    assert house.sign_in("ivan")
    assert not house.accounts.people.lift_ban(ENGINE, "login", "ivan")


def test_a_lifted_ban_forgets_the_failures_before_it(house: House) -> None:
    house.add("ivan")
    for address in addresses(11):
        fail(house, "ivan", address)
    house.accounts.people.lift_ban(ENGINE, "login", "ivan")
    assert [fail(house, "ivan", HOME.address) for _ in range(10)] == [ValidationFailed] * 10


def test_attempts_are_counted_before_they_are_hashed(house: House) -> None:
    house.add("ivan")
    for address in addresses(10):
        fail(house, "ivan", address)
    with patch.object(Passwords, "matches", side_effect=AssertionError("hashed")):
        assert fail(house, "ivan", "203.0.113.9") is TooManyAttempts


def test_a_burst_gets_no_more_guesses_than_a_patient_one(house: House) -> None:
    house.add("ivan")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda one: fail(house, "ivan", one), addresses(24)))
    assert answers.count(ValidationFailed) == MOST["login"]


@pytest.mark.parametrize(
    "address, key",
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::1", "2001:db8:1:2::/64"),
        ("::1", "::1"),
        ("no address", "no address"),
        ("", ""),
    ],
)
def test_a_home_counts_as_one_address(address: str, key: str) -> None:
    assert address_key(address) == key


def test_a_login_counts_as_one_however_it_is_written() -> None:
    assert {login_key(one) for one in ("Ivan", " ivan ", "IVAN", "iv\0an")} == {"ivan"}
