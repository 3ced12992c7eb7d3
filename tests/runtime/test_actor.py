"""Actors: what a user's record and the teams make of somebody."""

from engine.metadata.model.text import Value
from engine.runtime.actor import ENGINE, rule_actor, teams_below, user_actor


def test_actor_knows_the_teams_below() -> None:
    parents = {1: None, 2: 1, 3: 2, 4: 1, 5: None}
    values: dict[str, Value] = {
        "login": "ivan",
        "name": "Ivan",
        "roles": ("seller",),
        "team": 2,
        "timezone": "UTC",
    }
    actor = user_actor(7, values, parents)
    assert (actor.user_id, actor.login, actor.name, actor.roles) == (7, "ivan", "Ivan", ("seller",))
    assert (actor.team_id, actor.team_ids, actor.timezone) == (2, frozenset({2, 3}), "UTC")
    assert actor.is_person
    assert not actor.is_admin


def test_user_without_anything_is_an_actor_without_anything() -> None:
    actor = user_actor(7, {"login": "ivan", "roles": None, "team": None}, {})
    assert (actor.roles, actor.team_id, actor.team_ids) == ((), None, frozenset())


def test_ring_of_teams_ends() -> None:
    assert teams_below(1, {1: 3, 2: 1, 3: 2}) == frozenset({1, 2, 3})


def test_engine_is_no_person() -> None:
    assert not ENGINE.is_person
    assert ENGINE.user_id is None


def test_rule_acts_with_the_authority_of_the_configuration() -> None:
    rule = rule_actor(user_actor(7, {"login": "ivan", "roles": ("seller",)}, {}), "remind")
    assert not rule.is_person
    assert (rule.kind, rule.user_id, rule.name) == ("rule", 7, "remind")


def test_actors_are_told_apart_by_what_a_scope_may_read() -> None:
    one = user_actor(7, {"login": "ivan", "company": 1}, {})
    other = user_actor(7, {"login": "ivan", "company": 2}, {})
    assert one != other
    assert len({one, other}) == 2
