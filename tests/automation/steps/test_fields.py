"""set, update, move: by the configuration's authority, but never past a limit."""

import pytest

from engine.errors import ValidationFailed
from engine.runtime.records.rule_failure import RuleFailed
from tests.kit.office import Office, Opened, said, seen

CRM = """
    timezone: Europe/Sofia
    currency: EUR
    entities:
      client: {fields: {name: text, rank: {type: integer, max: 5}}}
      deal:
        fields:
          name: text
          client: {type: link, to: client}
          stage: {type: stage, pipeline: sales}
          paper: {type: stage, pipeline: papers}
          amount: money
          share: {type: number, decimals: 2}
          call_at: datetime
          day: date
          tags: {type: choices, options: [hot, cold]}
          about: any_link
          reason: {type: choice, options: [price, terms]}
          secret: {type: text, readonly: true}
    pipelines:
      sales:
        stages: {new: {}, sent: {label: Quote sent}, lost: {require: [reason], closes: lost}}
        moves: {new: [sent]}
        buttons:
          fill:
            do:
              - set:
                  amount: 100.5
                  share: "= amount / 3"
                  call_at: tomorrow 10:00
                  day: "= today()"
                  tags: [hot]
                  about: "= client"
                  name: "{{ client.name }} {{ amount }}"
                  secret: known
          back: {show_in: [sent], do: [{move: new}]}
          sign: {do: [{move: {papers: signed}}]}
          lose: {ask: {reason: {required: false}}, do: [{move: lost}]}
          raise_: {do: [{update: {record: "= client", set: {rank: "= client.rank + 1"}}}]}
          same: {do: [{set: {name: "= name"}}, {move: new}]}
      papers: {stages: {draft: {}, signed: {label: Signed}}}
    roles:
      seller: {can: {deal: {see: all, press: all, create: all}, client: {see: all}}}
"""


@pytest.fixture
def crm(opened: Opened) -> Office:
    return opened(CRM.replace("raise_", "promote"))


def test_values_are_read_by_their_fields_and_times_by_the_clock_of_the_company(
    crm: Office,
) -> None:
    sam = crm.person("sam", "seller", timezone="Asia/Vladivostok")
    anna = crm.create(crm.boss, "client", name="Anna")
    deal = crm.create(crm.boss, "deal", client=anna.id)
    crm.press(sam, deal, "fill")
    stored = crm.record("deal", deal.id)
    assert str(stored["amount"]) == "100.50"
    assert stored["share"] is None  # the amount was empty when the step began
    assert str(stored["call_at"]) == "2026-03-03 08:00:00+00:00"
    assert str(stored["day"]) == "2026-03-02"
    assert stored["tags"] == ("hot",)
    assert (stored["name"], stored["secret"]) == ("Anna", "known")
    assert (stored["about"].entity, stored["about"].id) == ("client", anna.id)  # type: ignore[union-attr] # a reference
    crm.press(sam, deal, "fill")
    assert str(crm.record("deal", deal.id)["share"]) == "33.50"
    (step,) = crm.trace("fill")["steps"]
    assert seen(step["values"])["client.name"] == "Anna"


def test_a_rule_moves_where_people_have_no_way(crm: Office) -> None:
    sam = crm.person("sam", "seller")
    deal = crm.create(sam, "deal")
    crm.services.records.move(crm.boss, "deal", deal.id, "sent")
    crm.press(sam, deal, "back")
    crm.press(sam, deal, "sign")
    stored = crm.record("deal", deal.id)
    assert (stored["stage"], stored["paper"]) == ("new", "signed")
    assert said(crm.trace("sign")["steps"][0]["words"]) == "Move to Signed"


def test_the_final_record_is_judged_once_when_all_steps_are_done(crm: Office) -> None:
    sam = crm.person("sam", "seller")
    deal = crm.create(sam, "deal")
    with pytest.raises(ValidationFailed) as refused:
        crm.press(sam, deal, "lose")
    assert list(refused.value.messages) == ["reason"]
    assert crm.record("deal", deal.id)["stage"] == "new"
    crm.press(sam, deal, "lose", reason="price")
    assert crm.record("deal", deal.id)["stage"] == "lost"


def test_another_record_is_updated_within_its_limits(crm: Office) -> None:
    sam = crm.person("sam", "seller")
    anna = crm.create(crm.boss, "client", name="Anna", rank=4)
    deal, lonely = crm.create(sam, "deal", client=anna.id), crm.create(sam, "deal")
    crm.press(sam, deal, "promote")
    assert crm.record("client", anna.id)["rank"] == 5
    with pytest.raises(RuleFailed) as refused:
        crm.press(sam, deal, "promote")
    assert str(refused.value) == (
        "“Promote” could not be done. Client: set Rank: Rank: Not more than 5."
    )
    crm.press(sam, lonely, "promote")
    (step,) = crm.trace("promote")["steps"]
    assert (step["result"], said(step["said"])) == ("skipped", "There is no such record.")


def test_a_step_that_changes_nothing_says_so(crm: Office) -> None:
    deal = crm.create(crm.boss, "deal", name="Kitchen")
    crm.press(crm.person("sam", "seller"), deal, "same")
    steps = crm.trace("same")["steps"]
    assert [one["result"] for one in steps] == ["skipped", "skipped"]
    assert crm.record("deal", deal.id)["version"] == 2  # the press alone
