"""`kartoteka user`: people of the applied version, from a terminal."""

import json
from pathlib import Path

import pytest

from engine.runtime.database import open_database
from engine.start import bring_up_to_date
from tests.kit.applications import application
from tests.kit.process import kartoteka_here as kartoteka

PASSWORD = "a long enough password"
CRM = """
    entities: {client: {fields: {name: text}}}
    teams: {sales: {label: Sales}}
    roles: {seller: {can: {}}, cook: {can: {}}}
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    database = open_database(tmp_path)
    bring_up_to_date(application(CRM), database)
    database.dispose()
    return tmp_path


def user(data: Path, *arguments: str, stdin: str = PASSWORD + "\n") -> tuple[int, str]:
    ended = kartoteka("user", *arguments, "--data", data, stdin=stdin)
    return ended.code, ended.said.strip()


def people(data: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(user(data, "list", "--json")[1])
    return found


def test_a_user_is_added_and_listed(data: Path) -> None:
    options = ("--role", "seller", "--role", "cook", "--team", "sales", "--name", "Мария И.")
    assert user(data, "add", "Maria", *options, "--password-stdin") == (
        0,
        "Added maria: seller, cook.",
    )
    assert people(data) == [
        {
            "id": 1,
            "login": "maria",
            "name": "Мария И.",
            "roles": ["seller", "cook"],
            "team": "Sales",
            "state": "open",
            "signed_in_at": None,
        }
    ]


def test_without_a_password_the_user_waits_for_a_link(data: Path) -> None:
    assert user(data, "add", "maria", "--role", "seller")[0] == 0
    assert people(data)[0]["state"] == "no password"


@pytest.mark.parametrize(
    "arguments, said",
    [
        (
            ("add", "maria", "--role", "boss"),
            "There is no role 'boss'. The roles are: admin, seller, cook.",
        ),
        (("add", "maria"), "Choose at least one role."),
        (
            ("add", "maria", "--role", "seller", "--team", "cooks"),
            "There is no team 'cooks'. The teams are: sales.",
        ),
        (("add", "Иван", "--role", "seller"), "Small Latin letters"),
        (("disable", "nobody"), "There is no user 'nobody'."),
        (("password", "nobody", "--password-stdin"), "There is no user 'nobody'."),
        (("password", "nobody"), "--password-stdin"),
    ],
)
def test_what_can_t_be_done_is_said(data: Path, arguments: tuple[str, ...], said: str) -> None:
    code, answer = user(data, *arguments)
    assert code == 3
    assert said in answer
    assert people(data) == []


def test_a_short_password_is_refused(data: Path) -> None:
    arguments = ("add", "maria", "--role", "seller", "--password-stdin")
    assert user(data, *arguments, stdin="short\n") == (3, "Take at least 10 characters.")
    assert user(data, *arguments, stdin="\n") == (3, "There is no password on standard input.")
    assert people(data) == []


def test_a_user_is_disabled_and_enabled_and_gets_another_password(data: Path) -> None:
    user(data, "add", "maria", "--role", "seller", "--password-stdin")
    assert user(data, "disable", "maria") == (0, "maria can no longer sign in.")
    assert people(data)[0]["state"] == "disabled"
    assert user(data, "enable", "maria") == (0, "maria can sign in again.")
    answer = user(data, "password", "maria", "--password-stdin", stdin="quite another one")
    assert answer == (0, "maria has a new password.")
    assert people(data)[0]["state"] == "open"


def test_a_database_without_a_version_is_named(tmp_path: Path) -> None:
    nothing = kartoteka("user", "list", "--data", tmp_path / "nowhere")
    assert (nothing.code, "There is no data in" in nothing.err) == (3, True)
    open_database(tmp_path).dispose()
    (tmp_path / "kartoteka.db").touch()
    empty = kartoteka("user", "list", "--data", tmp_path)
    assert (empty.code, "No CRM has been applied" in empty.err) == (3, True)


def test_two_places_are_one_too_many(tmp_path: Path) -> None:
    ended = kartoteka("user", "list", "--data", tmp_path, "--database", "postgresql://x/y")
    assert (ended.code, ended.err.strip()) == (3, "Give --data or --database, not both.")
