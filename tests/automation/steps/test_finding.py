"""find: by equal fields or by a condition, never empty with empty, active and oldest first."""

import pytest

from engine.metadata.model.text import Value
from tests.kit.office import Office, Opened, said, seen

CRM = """
    timezone: Europe/Sofia
    phone_region: BG
    entities:
      client:
        fields:
          name: text
          phone: phone
          email: email
          city: text
          visits: {type: integer, default: 0}
          owner: user
      request:
        fields:
          name: text
          phone: phone
          email: email
          city: text
          found: {type: link, to: client}
          twin: {type: link, to: request}
          note: text
        buttons:
          qualify:
            do:
              - find:
                  entity: client
                  match: [phone, email, city]
                  as: c
                  else:
                    - create: {entity: client, set: {name: "= name", phone: "= phone"}, as: c}
              - set: {found: "= c", note: "{{ c.name }}"}
          near:
            ask: {least: {type: integer, required: true}}
            do:
              - find:
                  entity: client
                  where: city == record.city and visits >= ask.least and owner == user
                  as: c
              - if: {when: c is none, do: [{set: {note: nobody}}], else: [{set: {found: "= c"}}]}
          twins:
            do: [{find: {entity: request, match: [phone], as: t}}, {set: {twin: "= t"}}]
    roles:
      seller: {can: {request: {every: all}}}
"""


@pytest.fixture
def crm(opened_on_both: Opened) -> Office:
    return opened_on_both(CRM)


def clients(crm: Office, *given: dict[str, object]) -> list[int]:
    return [crm.services.records.create(crm.boss, "client", one).id for one in given]


def qualified(crm: Office, **values: object) -> Value:
    """Presses "qualify" on a new request and returns the client that was found."""
    sam = crm.boss
    request = crm.create(sam, "request", **values)
    crm.press(sam, request, "qualify")
    return crm.record("request", request.id)["found"]


def test_a_record_is_found_by_any_of_the_fields_as_they_are_stored(crm: Office) -> None:
    anna, boris, sofia = clients(
        crm,
        {"name": "Anna", "phone": "0888 123 456"},
        {"name": "Boris", "email": "Boris@Example.com"},
        {"name": "Third", "city": "СОФИЯ"},
    )
    assert qualified(crm, phone="+359 88 812 3456", email="nobody@example.com") == anna
    assert qualified(crm, email="boris@example.COM") == boris
    assert qualified(crm, city="София") == sofia


def test_active_ones_come_before_archived_ones_then_the_oldest(crm: Office) -> None:
    varna: list[dict[str, object]] = [{"name": one, "city": "Varna"} for one in "abcd"]
    old, first, second, gone = clients(crm, *varna)
    records = crm.services.records
    records.archive(crm.boss, "client", old)
    assert qualified(crm, city="Varna") == first
    for one in (first, second, gone):
        records.delete(crm.boss, "client", one)
    assert qualified(crm, city="Varna") == old


def test_empty_never_matches_empty_and_then_something_else_is_done(crm: Office) -> None:
    clients(crm, {"name": "Nobody"})
    made = qualified(crm, name="Clara", phone="+359888000111")
    assert crm.records("client")[-1]["id"] == made
    assert crm.records("client")[-1]["name"] == "Clara"
    assert qualified(crm, name="Dora") != qualified(crm, name="Dora")
    request = crm.records("request")[0]
    assert request["note"] == "Clara"
    find, create, _ = crm.trace("qualify", 0)["steps"]
    assert (said(find["said"]), said(create["words"])) == ("There is none.", "Make: Client")
    assert create["made"] == ["client", made]
    assert seen(find["values"]) == {"phone": "+359888000111", "email": "", "city": ""}


def test_a_condition_names_the_outer_record_the_answers_and_the_user(crm: Office) -> None:
    sam = crm.person("sam", "seller")
    _, _, right = clients(
        crm,
        {"name": "few", "city": "Varna", "visits": 1, "owner": sam.user_id},
        {"name": "foreign", "city": "Varna", "visits": 9},
        {"name": "right", "city": "Varna", "visits": 3, "owner": sam.user_id},
    )
    request = crm.create(sam, "request", city="Varna")
    crm.press(sam, request, "near", least=3)
    assert crm.record("request", request.id)["found"] == right
    find = crm.trace("near")["steps"][0]
    read = {"ask.least": "3", "record.city": "Varna", "c": "right"}
    assert seen(find["values"]) == read
    crm.press(sam, request, "near", least=4)
    assert crm.record("request", request.id)["note"] == "nobody"


def test_a_record_does_not_find_itself(crm: Office) -> None:
    one, two = (crm.create(crm.boss, "request", phone="+359888000111") for _ in range(2))
    crm.press(crm.boss, one, "twins")
    assert crm.record("request", one.id)["twin"] == two.id
