"""Rules plug in here: what they ask for is written in the same transaction, or nothing is."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from engine.errors import Refused, ValidationFailed
from engine.runtime.actor import ENGINE
from engine.runtime.records.changes import Action, Change
from engine.runtime.records.reactions import Inside, Overdue, Write
from tests.kit.applications import application
from tests.kit.writer import person, rule_actor, writing

REQUESTS = """
entities:
  request:
    fields:
      name: {type: text, required: true}
      owner: {type: user, required: true}
      calls: {type: integer, default: 0, max: 3}
  log:
    fields: {line: text}
roles:
  seller: {can: {request: {every: all}}}
"""


@dataclass
class Rules:
    """Reactions given as functions, and what they have seen."""

    rules: list[Callable[[Change, Inside], list[Write]]]
    seen: list[tuple[str, str, int]] = field(default_factory=list)

    def listens(self, entity_id: str) -> bool:
        return entity_id == "request"

    def react(self, change: Change, inside: Inside) -> None:
        self.seen.append((change.entity, change.action.value, change.depth))
        for write in [one for rule in self.rules for one in rule(change, inside)]:
            inside.perform(write)

    def react_overdue(self, overdue: Overdue, inside: Inside) -> None:
        pytest.fail(f"nothing is overdue here: {overdue}, {inside}")


def assign(change: Change, inside: Inside) -> list[Write]:
    """On a new request: its owner is user 1, and a line is logged."""
    if change.action is not Action.CREATE:
        return []
    values = inside.values("request", change.record_id)
    assert values is not None
    rule = rule_actor(change.actor, "assign")
    return [
        Write("update", rule, "request", change.record_id, {"owner": 1}),
        Write("create", rule, "log", payload={"line": f"{values['name']} is new"}),
    ]


def test_conditions_are_judged_when_rules_have_had_their_say(database_url: str) -> None:
    rules = Rules([assign])
    with writing(application(REQUESTS), database_url, rules) as desk:
        sam = person(desk, "sam", "seller")
        made = desk.service.create(sam, "request", {"name": "Anna", "owner": ""})
        assert (desk.values(made)["owner"], desk.values(made)["version"]) == (sam.user_id, 2)
        assert rules.seen == [("request", "create", 0), ("request", "edit", 1)]
        kinds = [(row["actor_kind"], row["actor_name"]) for row in desk.history(made)]
        assert kinds == [("user", "Sam"), ("rule", "assign")]
        assert [row["line"] for row in desk.rows(desk.stock.tables.table("log"))] == ["Anna is new"]
        assert desk.broken() == []


def test_a_record_that_no_rule_made_right_is_refused_with_all_that_they_did(
    database_url: str,
) -> None:
    with writing(application(REQUESTS), database_url, Rules([])) as desk:
        sam = person(desk, "sam", "seller")
        before = desk.digest()
        with pytest.raises(ValidationFailed) as refused:
            desk.service.create(sam, "request", {"name": "Anna"})
        assert set(refused.value.messages) == {"owner"}
        assert desk.digest() == before


def test_rules_that_start_each_other_are_stopped(database_url: str) -> None:
    def again(change: Change, inside: Inside) -> list[Write]:
        del inside
        payload = {"name": f"Request at depth {change.depth}", "owner": 1}
        return [Write("create", rule_actor(change.actor, "again"), "request", payload=payload)]

    with writing(application(REQUESTS), database_url, Rules([again])) as desk:
        sam = person(desk, "sam", "seller")
        before = desk.digest()
        with pytest.raises(Refused):
            desk.service.create(sam, "request", {"name": "Anna", "owner": 1})
        assert desk.digest() == before


def test_a_rule_can_not_break_a_limit(database_url: str) -> None:
    def count(change: Change, inside: Inside) -> list[Write]:
        del inside
        calls = change.after["calls"]
        assert isinstance(calls, int)
        if change.depth or calls == 0:
            return []
        payload = {"calls": calls + 1}
        return [Write("update", ENGINE, "request", change.record_id, payload)]

    with writing(application(REQUESTS), database_url, Rules([count])) as desk:
        sam = person(desk, "sam", "seller")
        made = desk.service.create(sam, "request", {"name": "Anna", "owner": 1, "calls": 2})
        assert desk.values(made)["calls"] == 3
        before = desk.digest()
        with pytest.raises(ValidationFailed):
            desk.service.create(sam, "request", {"name": "Bea", "owner": 1, "calls": 3})
        assert desk.digest() == before
