"""task, done: who gets it, about what, by when; and which ones a record is done with."""

import pytest

from tests.kit.office import Office, Opened, ref

CRM = """
    timezone: Europe/Sofia
    entities:
      client: {fields: {name: text, owner: user}}
      request:
        fields: {name: text, client: {type: link, to: client}, owner: user}
        buttons:
          call:
            do: [{task: {subject: "Call {{ name }}", due: in 5 workmin, type: call}}]
          visit:
            do:
              - task: {subject: Visit, due: "= now() + hours(2)", about: "= client", type: visit}
          all:
            do: [{task: {subject: Meet, to: [{team: sellers}, "= owner"]}}]
          nobody: {do: [{task: {subject: Lonely, to: {role: nobody}}}]}
          busy:
            ladder:
              tries: [5 min, 10 min]
              each:
                - task: {subject: "Again {{ try }}/{{ tries }}", due: "= next_try", to: "= user"}
              then: [{note: over}]
          no_answer:
            ladder:
              tries: [1 h]
              each: [{task: {subject: "Later {{ try }}", due: "= next_try"}}]
          done_all: {do: [{done: {tasks: all}}]}
          done_ladder: {do: [{done: {tasks: ladder}}]}
          done_call: {do: [{done: {tasks: {type: call}}}]}
    teams: {sellers: {label: Sellers}}
    roles:
      seller: {can: {request: {every: all}, client: {every: all}}}
      nobody: {can: {}}
"""


@pytest.fixture
def crm(opened_on_both: Opened) -> Office:
    return opened_on_both(CRM)


def test_a_task_goes_to_the_owner_of_what_it_is_about_else_to_who_presses(crm: Office) -> None:
    sam, eva = crm.person("sam", "seller"), crm.person("eva", "seller")
    client = crm.create(crm.boss, "client", name="Anna", owner=eva.user_id)
    mine = crm.create(sam, "request", name="Anna", owner=eva.user_id, client=client.id)
    free = crm.create(sam, "request", name="Boris")
    for request, button in ((mine, "call"), (free, "call"), (mine, "visit"), (free, "visit")):
        crm.press(sam, request, button)
    assert crm.tasks("subject", "to", "about", "type") == [
        ("Call Anna", eva.user_id, ref(mine), "call"),
        ("Call Boris", sam.user_id, ref(free), "call"),
        ("Visit", eva.user_id, ref(client), "visit"),
        ("Visit", sam.user_id, None, "visit"),
    ]
    dues = [str(one)[11:16] for one in crm.tasks("due")]
    assert dues == ["08:05", "08:05", "10:00", "10:00"]


def test_several_people_each_get_one(crm: Office) -> None:
    team = crm.team("sellers")
    sam, eva = (crm.person(one, "seller", team=team) for one in ("sam", "eva"))
    crm.person("bob", "seller")
    archived = crm.person("old", "seller", team=team)
    crm.services.records.archive(crm.boss, "user", archived.user_id or 0)
    disabled = crm.person("out", "seller", team=team)
    crm.services.accounts.people.disable(crm.boss, disabled.user_id or 0)
    request = crm.create(sam, "request", name="Anna", owner=sam.user_id)
    crm.press(sam, request, "all")
    assert crm.tasks("to") == [sam.user_id, eva.user_id]


def test_a_task_for_nobody_is_still_to_be_done(crm: Office) -> None:
    sam = crm.person("sam", "seller")
    crm.press(sam, crm.create(sam, "request", name="Anna"), "nobody")
    assert crm.tasks("subject", "to") == [("Lonely", None)]


def test_a_press_of_a_ladder_finishes_the_tasks_of_its_own_tries(crm: Office) -> None:
    sam = crm.person("sam", "seller")
    request, other = (crm.create(sam, "request", name=one) for one in ("Anna", "Boris"))
    for one in ("call", "busy", "no_answer", "busy"):
        crm.press(sam, request, one)
    crm.press(sam, other, "busy")
    assert crm.tasks() == ["Call Anna", "Later 1", "Again 2/2", "Again 1/2"]
    crm.press(sam, request, "busy")
    assert crm.tasks() == ["Call Anna", "Later 1", "Again 1/2"]
    assert [one["text"] for one in crm.records("activity")] == ["over"]


@pytest.mark.parametrize(
    "button, left",
    [
        ("done_all", ["Again 1/2"]),
        ("done_ladder", ["Call Anna", "Mine", "Again 1/2"]),
        ("done_call", ["Again 1/2", "Later 1", "Mine", "Again 1/2"]),
    ],
)
def test_a_record_is_done_with_the_tasks_that_are_named(
    crm: Office, button: str, left: list[str]
) -> None:
    sam = crm.person("sam", "seller")
    request, other = (crm.create(sam, "request", name=one) for one in ("Anna", "Boris"))
    for one in ("call", "busy", "no_answer"):
        crm.press(sam, request, one)
    crm.create(sam, "task", subject="Mine", about=ref(request))
    crm.press(sam, other, "busy")
    crm.press(sam, request, button)
    assert crm.tasks() == left
