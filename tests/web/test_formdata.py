"""What a posted form means."""

from __future__ import annotations

from datetime import time

import pytest

from engine.errors import BadQuery
from engine.metadata.model.entity import Entity
from engine.metadata.model.field import Field
from engine.metadata.problems import Mark
from engine.web.formdata import FormData, read_form

NOWHERE = Mark("crm.yaml", 1, 1)
TYPES = {
    "name": "text",
    "paid": "bool",
    "tags": "choices",
    "style": "choice",
    "born": "date",
    "visit": "datetime",
    "price": "money",
    "client": "link",
}
FIELDS = {
    name: Field(name, "deal", type_id, name.capitalize(), f"deal.{name}", NOWHERE)
    for name, type_id in TYPES.items()
}
DEAL = Entity("deal", "Deal", "Deals", "deal", NOWHERE, FIELDS)


def read(*pairs: tuple[str, str]) -> FormData:
    return read_form(DEAL, pairs, day_start=time(9))


def test_only_fields_that_the_form_held_are_in_the_payload() -> None:
    form = read(("name", "Anna"), ("_csrf", "x"), ("_version", "3"))

    assert form.payload == {"name": "Anna"}
    assert form.control("_version") == "3"
    assert form.control("_token") == ""


def test_a_name_the_entity_does_not_have_is_left_to_the_service_to_refuse() -> None:
    assert read(("salary", "1")).payload == {"salary": "1"}


def test_an_emptied_text_is_an_empty_text() -> None:
    assert read(("name", "")).payload == {"name": ""}


def test_a_single_value_given_twice_is_refused_by_name() -> None:
    with pytest.raises(BadQuery) as refused:
        read(("name", "a"), ("name", "b"))

    assert refused.value.parameter == "name"


def test_a_control_given_twice_is_refused_when_it_is_asked_for() -> None:
    form = read(("_version", "1"), ("_version", "2"))

    with pytest.raises(BadQuery):
        form.control("_version")


@pytest.mark.parametrize(
    "pairs, expected",
    [
        ((("_has", "paid"), ("paid", "true")), True),
        ((("_has", "paid"),), False),
        ((("paid", "on"),), True),
        ((("paid", "false"),), False),
        ((("paid", "perhaps"),), "perhaps"),
    ],
)
def test_a_box_that_is_not_ticked_says_no(
    pairs: tuple[tuple[str, str], ...], expected: object
) -> None:
    assert read(*pairs).payload == {"paid": expected}


def test_options_that_are_all_unticked_leave_none() -> None:
    assert read(("_has", "tags")).payload == {"tags": []}
    assert read(("_has", "tags"), ("tags", "a"), ("tags", "b")).payload == {"tags": ["a", "b"]}


def test_a_choice_of_buttons_without_a_press_is_empty() -> None:
    assert read(("_has", "style")).payload == {"style": ""}


@pytest.mark.parametrize(
    "pairs, expected",
    [
        # Nobody touched anything: what stood there stays.
        ((("visit", "2026-03-10 10:00"), ("_was.visit", "2026-03-10 10:00")), "2026-03-10 10:00"),
        # Words count before buttons.
        ((("visit", "in 3 days"), ("_was.visit", ""), ("_day.visit", "2026-03-12")), "in 3 days"),
        # A day alone begins with the working day, or keeps the hour that was there.
        ((("visit", ""), ("_was.visit", ""), ("_day.visit", "2026-03-12")), "2026-03-12 09:00"),
        (
            (
                ("visit", "2026-03-10 15:30"),
                ("_was.visit", "2026-03-10 15:30"),
                ("_day.visit", "2026-03-12"),
            ),
            "2026-03-12 15:30",
        ),
        # An hour alone keeps the day, or means today.
        ((("visit", ""), ("_time.visit", "11:00")), "today 11:00"),
        # The browser's own calendar.
        ((("visit", ""), ("_pick.visit", "2026-03-13T08:15")), "2026-03-13 08:15"),
        # Emptied on purpose.
        ((("visit", ""), ("_was.visit", "2026-03-10 15:30")), ""),
    ],
)
def test_one_press_sets_a_moment(pairs: tuple[tuple[str, str], ...], expected: str) -> None:
    assert read(*pairs).payload == {"visit": expected}


def test_one_press_sets_a_day_without_an_hour() -> None:
    assert read(("born", ""), ("_day.born", "2026-03-12")).payload == {"born": "2026-03-12"}


def test_one_press_sets_a_quick_value_where_the_text_is_untouched() -> None:
    untouched = (("price", "480.00"), ("_was.price", "480.00"), ("_quick.price", "520"))

    assert read(*untouched).payload == {"price": "520"}
    assert read(("price", "99"), *untouched[1:]).payload == {"price": "99"}


def test_the_button_find_names_the_link_and_the_text() -> None:
    form = read(("client", ""), ("_find.client", "анна"), ("_search", "client"))

    assert form.finds == {"client": "анна"}
    assert read(("client", "3"), ("_find.client", "")).finds == {}
