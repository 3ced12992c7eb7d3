"""Titles are stored, and follow what they name within the same transaction."""

from collections.abc import Iterator

import pytest

from engine.runtime.actor import ENGINE, Actor
from engine.runtime.records.changes import Saved
from tests.kit.applications import application
from tests.kit.writer import Desk, writing

CHAIN = """
currency: EUR
phone_region: BG
entities:
  company:
    fields: {name: text, city: text}
  client:
    title: "{{ name }} ({{ company }})"
    search: [name, phone]
    fields:
      name: text
      phone: phone
      company: {type: link, to: company}
  deal:
    title: "{{ client.company.city }}: {{ client }}"
    fields:
      client: {type: link, to: client}
      kind: {type: choice, options: {small: Small one}}
  part:
    title: "{{ deal }} #{{ id }} {{ deal.kind }}"
    fields:
      deal: {type: link, to: deal}
  remark:
    title: "About {{ about }}"
    fields: {about: any_link}
"""


@pytest.fixture
def chain(database_url: str) -> Iterator[Desk]:
    with writing(application(CHAIN), database_url) as desk:
        yield desk


def title(desk: Desk, saved: Saved) -> object:
    return desk.values(saved)["title"]


def search_text(desk: Desk, saved: Saved) -> str:
    rows = desk.rows(desk.stock.tables.table(saved.entity), id=saved.id)
    return str(rows[0]["search_text"])


def test_titles_follow_over_any_number_of_links(chain: Desk) -> None:
    write = chain.service
    acme = write.create(ENGINE, "company", {"name": "Acme", "city": "Sofia"})
    other = write.create(ENGINE, "company", {"name": "Other", "city": "Varna"})
    anna = write.create(
        ENGINE, "client", {"name": "Anna", "company": acme.id, "phone": "0888123456"}
    )
    deal = write.create(ENGINE, "deal", {"client": anna.id, "kind": "small"})
    part = write.create(ENGINE, "part", {"deal": deal.id})
    remark = write.create(ENGINE, "remark", {"about": f"part/{part.id}"})
    named = (anna, deal, part, remark)
    assert [title(chain, one) for one in named] == [
        "Anna (Acme)",
        "Sofia: Anna (Acme)",
        f"Sofia: Anna (Acme) #{part.id} Small one",
        f"About Sofia: Anna (Acme) #{part.id} Small one",
    ]
    write.update(ENGINE, "company", acme.id, {"name": "Ёлки", "city": "Rila"}, None)
    assert title(chain, remark) == f"About Rila: Anna (Ёлки) #{part.id} Small one"
    assert search_text(chain, anna) == "anna (елки) anna +359888123456 0888123456"
    write.update(ENGINE, "client", anna.id, {"company": other.id}, None)
    assert title(chain, remark) == f"About Varna: Anna (Other) #{part.id} Small one"
    write.update(ENGINE, "company", acme.id, {"name": "Nobody's"}, None)
    assert title(chain, remark) == f"About Varna: Anna (Other) #{part.id} Small one"
    write.update(ENGINE, "deal", deal.id, {"kind": ""}, None)
    assert title(chain, part) == f"Varna: Anna (Other) #{part.id}"
    assert [chain.values(one)["version"] for one in named] == [2, 2, 1, 1]
    assert chain.broken() == []


def test_a_record_without_words_is_called_by_its_number(chain: Desk) -> None:
    nameless = chain.service.create(ENGINE, "company", {})
    assert title(chain, nameless) == f"Company {nameless.id}"
    chain.service.update(ENGINE, "company", nameless.id, {"name": "Acme"}, None)
    chain.service.update(ENGINE, "company", nameless.id, {"name": "…"}, None)
    assert title(chain, nameless) == f"Company {nameless.id}"


def test_a_title_is_one_line_of_bounded_length(chain: Desk) -> None:
    long = chain.service.create(ENGINE, "company", {"name": "word " * 1_000})
    shown = str(title(chain, long))
    assert len(shown) == 250
    assert shown.endswith("…")


def test_a_name_with_braces_stays_a_name(chain: Desk) -> None:
    odd = chain.service.create(ENGINE, "company", {"name": "{{ 7*7 }}{% for %}"})
    anna = chain.service.create(ENGINE, "client", {"name": "{name}", "company": odd.id})
    assert title(chain, anna) == "{name} ({{ 7*7 }}{% for %})"


def test_many_namesakes_are_renamed(chain: Desk) -> None:
    acme = chain.service.create(ENGINE, "company", {"name": "Acme"})
    clients = [{"name": f"Client {number}", "company": acme.id} for number in range(1_200)]
    made = chain.service.create_many(ENGINE, "client", clients)
    chain.service.update(ENGINE, "company", acme.id, {"name": "Bolt"}, None)
    saved = made[-1].saved
    assert saved is not None
    assert title(chain, saved) == "Client 1199 (Bolt)"


def test_the_example_renames_with_the_animal(desk: Desk, head: Actor) -> None:
    anna = desk.service.create(head, "owner", {"name": "Anna"})
    rex = desk.service.create(head, "animal", {"name": "Rex", "owner": anna.id})
    visit = desk.service.create(head, "visit", {"animal": rex.id})
    desk.service.update(head, "animal", rex.id, {"name": "Max"}, 1)
    assert title(desk, visit) == "V-2026-0001 Max"
