"""Conditions hold for what is finally stored; each refusal is a sentence at its field."""

from collections.abc import Iterator
from typing import Any

import pytest

from engine.errors import ValidationFailed
from engine.runtime.actor import ENGINE, Actor
from engine.runtime.records.changes import Saved
from tests.kit.applications import application
from tests.kit.writer import Desk, person, rule_actor, writing

DEALS = """
currency: EUR
entities:
  client:
    fields:
      name: {type: text, required: true}
      limit: {type: money, default: 100}
  deal:
    unique: [[client, code]]
    fields:
      name: {type: text, required: true, min_length: 2, max_length: 5}
      client: {type: link, to: client, where: limit > 0}
      code: {type: text, pattern: "[A-Z]{2}[0-9]+", placeholder: AB12}
      kind: {type: choice, options: [small, large], default: small}
      count: {type: integer, min: 1, max: 10, required_when: kind == 'large'}
      reason: {type: text, visible_when: kind == 'large'}
      note: {type: text, visible_when: kind == 'large', required: true}
      price: {type: money, min: 0, readonly_when: kind == 'large'}
      paid:
        type: money
        default: 0
        locked_when: closed
        check: paid <= price
        message: "Not more than {{ price }}"
      rest: {type: money, formula: price - paid, max: 1000}
      closed: bool
      due: {type: date, min: today}
      secret: {type: text, hidden: true}
      fixed: {type: text, readonly: true, default: as it is}
    validate:
      fits:
        check: price <= client.limit
        when: not closed
        field: price
        message: "{{ client }} pays {{ client.limit }} at most"
roles:
  seller: {can: {client: {every: all}, deal: {every: all}}}
"""


@pytest.fixture
def deals(database_url: str) -> Iterator[Desk]:
    with writing(application(DEALS), database_url) as desk:
        yield desk


@pytest.fixture
def seller(deals: Desk) -> Actor:
    return person(deals, "sam", "seller")


def refused(deals: Desk, actor: Actor, payload: dict[str, Any], saved: Saved | None = None) -> Any:
    """Writes and returns the sentences, by field; {} where it was stored."""
    try:
        if saved is None:
            deals.service.create(actor, "deal", payload)
        else:
            version = deals.values(saved)["version"]
            assert isinstance(version, int)
            deals.service.update(actor, "deal", saved.id, payload, version)
    except ValidationFailed as error:
        return {name: [str(one) for one in said] for name, said in error.messages.items()}
    return {}


CASES: list[tuple[dict[str, Any], dict[str, list[str]]]] = [
    ({}, {"name": ["Fill in Name."]}),
    ({"name": ""}, {"name": ["Fill in Name."]}),
    ({"name": "a"}, {"name": ["At least 2 characters."]}),
    ({"name": "abcdef"}, {"name": ["At most 5 characters."]}),
    (
        {"name": "ab", "code": "ab12"},
        {"code": ["This does not have the right form, such as AB12."]},
    ),
    ({"name": "ab", "code": "A" * 201}, {"code": ["At most 200 characters."]}),
    ({"name": "ab", "count": 0}, {"count": ["Not less than 1."]}),
    ({"name": "ab", "count": 11}, {"count": ["Not more than 10."]}),
    ({"name": "ab", "kind": "large", "note": "x"}, {"count": ["Fill in Count."]}),
    ({"name": "ab", "kind": "large", "count": 1}, {"note": ["Fill in Note."]}),
    (
        {"name": "ab", "reason": "x"},
        {"reason": ["This field can't be filled in while it is not shown."]},
    ),
    (
        {"name": "ab", "kind": "large", "count": 1, "note": "x", "price": 5},
        {"price": ["This field can't be changed now."]},
    ),
    ({"name": "ab", "price": 5, "paid": 6}, {"paid": ["Not more than 5.00\N{NO-BREAK SPACE}€"]}),
    ({"name": "ab", "price": 1001}, {"rest": ["Not more than 1,000.00\N{NO-BREAK SPACE}€."]}),
    (
        {"name": "ab", "price": -1, "paid": -1},
        {"price": ["Not less than 0.00\N{NO-BREAK SPACE}€."]},
    ),
    ({"name": "ab", "due": "2026-03-01"}, {"due": ["Not before 2 Mar 2026."]}),
    ({"name": "ab", "rest": 5}, {"rest": ["This value is computed."]}),
    ({"name": "ab", "secret": "x"}, {"secret": ["There is no such field here."]}),
    ({"name": "ab", "fixed": "x"}, {"fixed": ["This field can't be changed here."]}),
    ({"name": "ab", "client": 999}, {"client": ["Choose one of the records that you can see."]}),
    ({"name": "ab", "price": 5, "due": "2026-03-02", "count": 10}, {}),
]


def test_a_new_record_is_judged(deals: Desk, seller: Actor) -> None:
    for payload, said in CASES:
        before = deals.digest()
        assert refused(deals, seller, payload) == said
        assert (deals.digest() == before) is bool(said)


def test_a_validation_names_what_it_reads_and_waits_for_it(deals: Desk, seller: Actor) -> None:
    poor = deals.service.create(seller, "client", {"name": "Anna", "limit": 5})
    deal = {"name": "ab", "price": 6}
    assert refused(deals, seller, deal | {"client": poor.id}) == {
        "price": ["Anna pays 5.00\N{NO-BREAK SPACE}€ at most"]
    }
    assert refused(deals, seller, deal) == {}  # no client: nothing to judge
    assert refused(deals, seller, deal | {"client": poor.id, "closed": True}) == {}
    deals.service.update(seller, "client", poor.id, {"limit": ""}, 1)
    assert refused(deals, seller, deal | {"client": poor.id}) == {
        "client": ["Choose one of the records that you can see."]  # its `where` does not hold
    }


def test_what_is_not_shown_keeps_its_value_and_is_not_needed(deals: Desk, seller: Actor) -> None:
    large = {"name": "ab", "kind": "large", "count": 2, "note": "n", "reason": "r"}
    saved = deals.service.create(seller, "deal", large)
    assert refused(deals, seller, {"kind": "small"}, saved) == {}
    assert deals.values(saved)["reason"] == "r"
    assert refused(deals, seller, {"reason": "r"}, saved) == {}  # unchanged: nothing was written
    assert set(refused(deals, seller, {"reason": "s"}, saved)) == {"reason"}
    assert refused(deals, seller, {"kind": "large", "reason": "s"}, saved) == {}


def test_a_lock_looks_at_what_is_stored(deals: Desk, seller: Actor) -> None:
    saved = deals.service.create(seller, "deal", {"name": "ab", "price": 9})
    assert refused(deals, seller, {"paid": 5, "closed": True}, saved) == {}
    assert refused(deals, seller, {"paid": 6}, saved) == {"paid": ["This field is closed now."]}
    assert refused(deals, seller, {"paid": 6, "closed": False}, saved) == {
        "paid": ["This field is closed now."]
    }
    assert refused(deals, seller, {"paid": "5,00", "name": "abc"}, saved) == {}


def test_conditions_hold_for_rules_and_rows_too(deals: Desk, seller: Actor) -> None:
    rule = rule_actor(seller, "a rule")
    assert refused(deals, rule, {"name": "ab", "fixed": "x", "reason": "x", "secret": "x"}) == {}
    assert set(refused(deals, rule, {"name": "a"})) == {"name"}
    saved = deals.service.create(seller, "deal", {"name": "ab", "price": 9, "closed": True})
    assert set(refused(deals, rule, {"paid": 1}, saved)) == {"paid"}
    assert set(refused(deals, ENGINE, {"name": "ab", "count": 11})) == {"count"}


def test_unique_values_refuse_without_showing_the_other_record(deals: Desk, seller: Actor) -> None:
    anna = deals.service.create(seller, "client", {"name": "Anna"})
    bea = deals.service.create(seller, "client", {"name": "Bea"})
    pair = {"name": "ab", "client": anna.id, "code": "AB1"}
    first = deals.service.create(seller, "deal", pair)
    said = {"client": ["Another record has the same values already: Client, Code."]}
    assert refused(deals, seller, pair) == said
    assert refused(deals, seller, pair | {"client": bea.id}) == {}
    assert refused(deals, seller, {"name": "ab", "client": anna.id}) == {}
    assert refused(deals, seller, {"name": "ab", "client": anna.id}) == {}  # empty matches nothing
    deals.service.archive(seller, "deal", first.id)
    assert refused(deals, seller, pair) == said  # archived records count
    deals.service.delete(seller, "deal", first.id)
    second = deals.service.create(seller, "deal", pair)  # trashed ones do not
    with pytest.raises(ValidationFailed) as error:
        deals.service.restore(seller, "deal", first.id)
    assert set(error.value.messages) == {"client"}
    deals.service.delete(seller, "deal", second.id)
    deals.service.restore(seller, "deal", first.id)
    assert deals.broken() == []


def test_all_sentences_come_at_once(deals: Desk, seller: Actor) -> None:
    payload = {"count": "x", "code": "?", "price": "1,234", "client": 5, "kind": "huge"}
    assert set(refused(deals, seller, payload)) == {"name", *payload}


def test_a_form_is_judged_live_by_the_same_code(deals: Desk, seller: Actor) -> None:
    before = deals.digest()
    empty = deals.service.preview(seller, "deal", None, {})
    assert empty.values["kind"] == "small"
    assert not empty.fields["note"].visible
    assert empty.fields["count"].required is False
    assert empty.fields["rest"].readonly
    assert "secret" not in empty.fields
    large = deals.service.preview(
        seller, "deal", None, {"kind": "large", "price": "x", "paid": "7", "name": "ab"}
    )
    assert large.fields["note"].visible
    assert large.fields["note"].required
    assert large.fields["count"].required
    assert large.fields["price"].readonly
    assert str(large.fields["price"].reason) == "This field can't be changed now."
    assert {name: str(said[0]) for name, said in large.messages.items()} == {
        "price": "Write a number here.",
        "count": "Fill in Count.",
        "note": "Fill in Note.",
    }
    saved = deals.service.create(seller, "deal", {"name": "ab", "price": 9, "closed": True})
    stored = deals.service.preview(seller, "deal", saved.id, {"price": 20})
    assert stored.fields["paid"].readonly
    assert stored.values["rest"] == 20
    deals.service.delete(seller, "deal", saved.id)
    assert deals.digest() != before
