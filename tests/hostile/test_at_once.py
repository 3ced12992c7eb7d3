"""Attack 29: twenty people do the same, or the opposite, at one moment: one winner, nothing halved.

What becomes of equal moves, edits and tokens is told in tests/runtime/records/test_parallel.py.
"""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from engine.errors import Conflict
from engine.runtime.actor import Actor
from engine.runtime.records.changes import Saved
from tests.kit.crowd import at_once
from tests.kit.oracles import Books, broken_by_rules
from tests.kit.web import Site, open_site

# SQLite lets one write at a time: what matters is where several do.
pytestmark = pytest.mark.postgres

CRM = """
entities:
  lead:
    fields: {name: {type: text, required: true}, owner: user, note: text, stage: stage}
    buttons:
      claim: {label: Claim, when: owner is none, do: [{assign: {to: "= user"}}]}
pipelines:
  way:
    stages: {new: {}, work: {}, lost: {closes: lost}}
    buttons:
      begin: {label: Begin, show_in: [new], do: [{move: work}]}
      refuse: {label: Refuse, show_in: [new], do: [{move: lost}]}
automations:
  call: {entity: lead, on: [{entered: work}], do: [{task: {subject: "Call {{ name }}"}}]}
roles: {seller: {can: {lead: {every: all}}}}
"""


@pytest.fixture
def site(postgres: str) -> Iterator[Site]:
    with open_site(CRM, url=postgres) as made:
        for number in range(4):
            made.user(f"seller{number}", "seller")
        yield made


@pytest.fixture
def sellers(site: Site) -> list[Actor]:
    return [site.actor(f"seller{number}") for number in range(4)]


def history(site: Site, lead: int) -> list[str]:
    services = site.services
    books = Books(services.database, services.application, services.tables)
    assert broken_by_rules(books) == []
    return [str(row["action"]) for row in books.history()["lead", lead]]


def test_a_lead_is_claimed_by_one(site: Site, sellers: list[Actor]) -> None:
    lead, records = site.create("lead", name="Anna"), site.services.records
    results = at_once(lambda n: records.press(sellers[n % 4], "lead", lead, "claim"))
    won = [n for n, one in enumerate(results) if isinstance(one, Saved) and not one.repeated]
    assert len(won) == 1
    others = [one for n, one in enumerate(results) if n not in won]
    assert all(isinstance(one, Conflict | Saved) for one in others)
    owner = site.services.reader.get(sellers[0], "lead", lead).values["owner"]
    assert owner == sellers[won[0] % 4].user_id
    assert history(site, lead).count("press") == 1


def test_of_two_buttons_one_leads_on(site: Site, sellers: list[Actor]) -> None:
    lead, records = site.create("lead", name="Anna"), site.services.records
    buttons = ("begin", "refuse")
    results = at_once(lambda n: records.press(sellers[n % 4], "lead", lead, buttons[n % 2]))
    done = [one for one in results if isinstance(one, Saved) and not one.repeated]
    assert len(done) == 1
    assert history(site, lead).count("press") == 1
    stage = site.services.reader.get(sellers[0], "lead", lead).values["stage"]
    assert stage in ("work", "lost")
    assert subjects(site) == (["Call Anna"] if stage == "work" else [])


def test_a_record_that_is_deleted_while_others_edit_it(site: Site, sellers: list[Actor]) -> None:
    lead, records = site.create("lead", name="Anna"), site.services.records

    def deed(number: int) -> Saved:
        actor = sellers[number % 4]
        if number % 5 == 0:
            return records.delete(actor, "lead", lead)
        return records.update(actor, "lead", lead, {"note": f"by {number}"}, 1)

    results = at_once(deed)
    edits = [one for n, one in enumerate(results) if n % 5 and isinstance(one, Saved)]
    actions = history(site, lead)
    assert actions.count("delete") == 1
    assert actions[-1] == "delete"
    assert actions.count("edit") == len(edits)
    others = {type(one).__name__ for one in results}
    assert others <= {"Saved", "Missing", "Conflict"}


def subjects(site: Site) -> list[str]:
    """Returns what there is to do."""
    table = site.services.tables.table("task")
    with site.services.database.read() as connection:
        return list(connection.scalars(select(table.c.subject)))
