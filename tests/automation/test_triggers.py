"""What a change means to rules, decided purely; and each trigger as an author writes it."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import pytest

from engine.automation.triggers import Moment, moments_of
from engine.metadata.model.text import Value
from engine.runtime.actor import ENGINE
from engine.runtime.records.changes import Action, Change, Press
from tests.kit.office import Office, Opened

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NOTHING: Mapping[str, Value] = {}


def change(
    action: Action,
    fields: str,
    before: Mapping[str, Value] | None,
    after: Mapping[str, Value],
    press: str = "",
) -> Change:
    pressed = Press(press, press, press, NOTHING) if press else None
    names = frozenset(fields.split())
    place = ("request", 1, 1)
    return Change(1, action, *place, before, after, names, ENGINE, MONDAY, press=pressed)


def words(one: Change) -> list[str]:
    found = moments_of(one, ("stage", "state"))
    return [f"{moment.kind} {moment.name}".strip() for moment in found]


@pytest.mark.parametrize(
    "happened, meant",
    [
        (
            change(Action.CREATE, "name stage", None, {"name": "Anna", "stage": "new"}),
            ["created", "entered new", "entered"],
        ),
        (
            change(Action.EDIT, "name city", {"stage": "new"}, {"stage": "new"}),
            ["changed city", "changed", "changed name"],
        ),
        (
            change(Action.MOVE, "stage", {"stage": "new"}, {"stage": "won"}),
            ["changed stage", "changed", "left new", "left", "entered won", "entered"],
        ),
        (
            change(Action.PRESS, "", {"stage": "new"}, {"stage": "new"}, "busy"),
            ["pressed busy", "pressed"],
        ),
        (
            change(Action.PRESS, "city", {"stage": "new"}, {"stage": "new"}, "busy"),
            ["changed city", "changed", "pressed busy", "pressed"],
        ),
        (change(Action.ARCHIVE, "archived", {"stage": "new"}, {"stage": "new"}), []),
    ],
)
def test_a_change_is_moments(happened: Change, meant: list[str]) -> None:
    assert words(happened) == meant


def test_a_moment_is_known_once() -> None:
    both = change(Action.CREATE, "stage state", None, {"stage": "new", "state": "new"})
    assert moments_of(both, ("stage", "state")) == (
        Moment("created"),
        Moment("entered", "new"),
        Moment("entered"),
    )


CRM = """
    timezone: Europe/Sofia
    entities:
      request:
        fields:
          name: text
          city: text
          seen: {type: long_text}
          stage: {type: stage, pipeline: calls}
        buttons:
          ring: {label: Ring, do: [{note: rang}]}
          wave: {label: Wave, do: [{note: waved}]}
    pipelines:
      calls: {stages: {new: {}, reached: {sla: 1 h}, won: {}}}
    roles: {seller: {can: {request: {every: all}}}}
    automations:
      listener:
        entity: request
        on: [TRIGGER]
        do: [{set: {seen: "{{ seen }}!"}}]
"""


def life(crm: Office) -> str:
    """Lets a record live and returns after which changes the rule has run."""
    sam = crm.person("sam", "seller")
    one = crm.create(sam, "request", name="Anna")
    deeds: Mapping[str, Callable[[], object]] = {
        "create": lambda: None,
        "edit": lambda: crm.change(sam, one, city="Sofia"),
        "reach": lambda: crm.services.records.move(sam, "request", one.id, "reached"),
        "ring": lambda: crm.press(sam, one, "ring"),
        "wait": lambda: crm.later(timedelta(hours=1)),
        "win": lambda: crm.services.records.move(sam, "request", one.id, "won"),
    }
    before, ran = 0, []
    for name, deed in deeds.items():
        deed()
        runs = crm.runs("listener").count(("listener", "done"))
        ran += [name] * (runs - before)
        before = runs
    return " ".join(ran)


@pytest.mark.parametrize(
    "trigger, runs",
    [
        ("created", "create"),
        ("changed", "edit reach win"),
        ("{changed: [city]}", "edit"),
        ("{changed: [stage, name]}", "reach win"),
        ("{entered: new}", "create"),
        ("{entered: [reached, won]}", "reach win"),
        ("entered", "create reach win"),
        ("{left: new}", "reach"),
        ("left", "reach win"),
        ("pressed", "ring"),
        ("{pressed: ring}", "ring"),
        ("{pressed: [wave]}", ""),
        ("{overdue: stage}", "wait"),
        ("{overdue: task}", ""),
        ("created, {entered: won}, {pressed: ring}", "create ring win"),
    ],
)
def test_a_rule_runs_after_the_changes_that_it_listens_to(
    opened: Opened, trigger: str, runs: str
) -> None:
    assert life(opened(CRM.replace("TRIGGER", trigger))) == runs
