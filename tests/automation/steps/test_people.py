"""assign, notify: people in turn, the least busy one, those above somebody."""

import pytest

from tests.kit.office import Office, Opened, ref, said

CRM = """
    timezone: Europe/Sofia
    entities:
      request:
        fields: {name: text, owner: user}
        buttons:
          in_turn: {do: [{assign: {to: {team: sales}}}]}
          least: {do: [{assign: {to: {role: seller}, by: least_busy}}]}
          empty: {do: [{assign: {to: {user: sam}, only_if_empty: true}}]}
          above: {do: [{assign: {to: {role: head, of: "= owner"}}}]}
          tell:
            do:
              - notify: {to: [{role: head}, {user: gus}, "= owner"], text: "{{ name }}\\n  is here"}
    teams:
      sales: {label: Sales}
      sellers: {label: Sellers, parent: sales}
      service: {label: Service}
    roles:
      seller: {can: {request: {see: own, press: own}}}
      head: {can: {request: {see: all}}}
      guest: {can: {}}
      boss: {can: {request: {every: all}}}
"""


@pytest.fixture
def crm(opened_on_both: Opened) -> Office:
    return opened_on_both(CRM)


def owners(crm: Office, button: str, number: int) -> list[str]:
    """Presses a button on new requests and returns the first letters of their owners."""
    bea = crm.person(f"bea{len(crm.records('user'))}", "boss")
    names = {one["id"]: str(one["name"]) for one in crm.records("user")}
    found = []
    for count in range(number):
        request = crm.create(bea, "request", name=f"R{count}")
        crm.press(bea, request, button)
        found.append(names.get(crm.record("request", request.id)["owner"], "-"))
    return found


def test_people_of_a_team_and_its_sub_teams_take_turns(crm: Office) -> None:
    sales, sellers, service = (crm.team(one) for one in ("sales", "sellers", "service"))
    for login, team in (("ann", sellers), ("bob", sales), ("cat", service), ("dan", sellers)):
        crm.person(login, "seller", team=team)
    assert owners(crm, "in_turn", 5) == ["Ann", "Bob", "Dan", "Ann", "Bob"]
    crm.services.records.archive(crm.boss, "user", crm.user_id("dan"))
    assert owners(crm, "in_turn", 2) == ["Ann", "Bob"]


def test_the_least_busy_one_is_chosen_and_equals_take_turns(crm: Office) -> None:
    ann, bob, cat = (crm.person(one, "seller") for one in ("ann", "bob", "cat"))
    for person, open_ones in ((ann, 2), (bob, 1), (cat, 1)):
        for number in range(open_ones):
            crm.create(crm.boss, "task", subject=f"T{number}", to=person.user_id)
    crm.create(crm.boss, "task", subject="done", to=bob.user_id, done=True)
    assert owners(crm, "least", 3) == ["Bob", "Cat", "Bob"]


def test_an_owner_may_be_left_alone(crm: Office) -> None:
    sam, eva = crm.person("sam", "seller"), crm.person("eva", "seller")
    bea = crm.person("bea", "boss")
    free, taken = crm.create(bea, "request"), crm.create(bea, "request", owner=eva.user_id)
    for one in (free, taken):
        crm.press(bea, one, "empty")
    assert [one["owner"] for one in crm.records("request")] == [sam.user_id, eva.user_id]
    (step,) = crm.trace("empty")["steps"]
    assert (step["result"], said(step["said"])) == ("skipped", "It has an owner already.")


def test_those_above_somebody_are_of_the_same_team_or_one_above(crm: Office) -> None:
    sales, sellers, service = (crm.team(one) for one in ("sales", "sellers", "service"))
    eva = crm.person("eva", "seller", team=sellers)
    crm.person("sue", "head", team=service)
    hal = crm.person("hal", "head", team=sales)
    bea = crm.person("bea", "boss")
    request, free = crm.create(bea, "request", owner=eva.user_id), crm.create(bea, "request")
    for one in (request, free):
        crm.press(bea, one, "above")
    assert [one["owner"] for one in crm.records("request")] == [hal.user_id, None]
    (step,) = crm.trace("above")["steps"]
    assert (step["result"], said(step["said"])) == ("skipped", "There is nobody for it.")


def test_people_are_told_and_the_link_is_for_those_who_see_the_record(crm: Office) -> None:
    hal, guest = crm.person("hal", "head"), crm.person("gus", "guest")
    bea = crm.person("bea", "boss")
    request = crm.create(bea, "request", name="Anna")
    crm.press(bea, request, "tell")
    told = [(one["to"], one["text"], one["about"]) for one in crm.records("notification")]
    assert told == [
        (hal.user_id, "Anna is here", ref(request)),
        (guest.user_id, "Anna is here", None),
    ]
