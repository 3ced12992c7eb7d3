"""Buttons for tests of the record service, and reactions that do what a test says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import insert

from engine.metadata.model.application import Application
from engine.metadata.model.button import Ask, Button, Ladder
from engine.metadata.model.field import Field
from engine.metadata.model.text import Expression
from engine.metadata.problems import Mark
from engine.runtime.actor import Actor, rule_actor
from engine.runtime.records.changes import Change
from engine.runtime.records.reactions import Inside, Overdue, Write
from engine.runtime.tables.system import RUNS

MARK = Mark("crm.yaml", 1, 1)
Do = Callable[[Change, Inside, Actor], None]


def button(name: str, *, when: str = "", ladder: str = "", **rest: Any) -> Button:
    """Returns a button of a pipeline; `ladder` are its tries, separated by commas."""
    address = f"pipelines.{rest.get('pipeline', 'way')}.buttons.{name}"
    tries = tuple(one.strip() for one in ladder.split(","))
    made: dict[str, Any] = {
        "label": name.replace("_", " ").capitalize(),
        "when": Expression(when, MARK, f"{address}.when") if when else None,
        "ladder": Ladder(tries, (), **rest.pop("counting", {})) if ladder else None,
        **rest,
    }
    return Button(id=name, address=address, mark=MARK, **made)


def ask(name: str, type_: str = "", *, required: bool = False, **rest: Any) -> Ask:
    """Returns an answer of a dialog: a field of the record, or with a type one of its own."""
    own = Field(name, "", type_, name.capitalize(), name, MARK, **rest) if type_ else None
    return Ask(name, name, MARK, own, required=required)


def with_buttons(application: Application, pipeline: str, *buttons: Button) -> Application:
    """Returns the application with these buttons on one of its pipelines."""
    made = {one.id: replace(one, pipeline=pipeline) for one in buttons}
    owner = replace(application.pipelines[pipeline], buttons=made)
    return replace(application, pipelines={**application.pipelines, pipeline: owner})


@dataclass
class Presses:
    """Reactions that run what is given for each button, as a run of their own."""

    does: Mapping[str, Do] = field(default_factory=dict)
    seen: list[Change] = field(default_factory=list)

    def listens(self, entity_id: str) -> bool:
        return bool(entity_id)

    def react(self, change: Change, inside: Inside) -> None:
        if change.press is None:
            return
        self.seen.append(change)
        do = self.does.get(change.press.button)
        if do is not None:
            do(change, inside, _runner(change, inside))

    def react_overdue(self, overdue: Overdue, inside: Inside) -> None:
        raise AssertionError(f"nothing is overdue here: {overdue}, {inside}")


def _runner(change: Change, inside: Inside) -> Actor:
    """Writes the run of a button and returns the actor that its steps act as."""
    assert change.press is not None
    run = {
        "rule_id": change.press.address,
        "history_id": change.history_id,
        "entity": change.entity,
        "record_id": change.record_id,
        "state": "done",
        "started_at": inside.now,
        "finished_at": inside.now,
    }
    statement = insert(RUNS).values(run).returning(RUNS.c.id)
    run_id = inside.scene.connection.scalar(statement)
    return rule_actor(change.actor, change.press.label, run_id)


def move_to(stage: str) -> Do:
    """Returns what moves the pressed record to a stage."""

    def do(change: Change, inside: Inside, actor: Actor) -> None:
        inside.perform(Write("move", actor, change.entity, change.record_id, stage=stage))

    return do


def archive(change: Change, inside: Inside, actor: Actor) -> None:
    """Archives the pressed record."""
    inside.perform(Write("archive", actor, change.entity, change.record_id))


def make_task(change: Change, inside: Inside, actor: Actor) -> None:
    """Makes a task about the pressed record, due at the ladder's next try."""
    assert change.press is not None
    payload = {
        "subject": change.press.label,
        "about": f"{change.entity}/{change.record_id}",
        "due": change.press.next_try,
    }
    inside.perform(Write("create", actor, "task", payload=payload))
