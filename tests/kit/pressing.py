"""Reactions to presses that do what a test says, each as a run of its button."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import insert

from engine.runtime.actor import Actor, rule_actor
from engine.runtime.records.changes import Change
from engine.runtime.records.reactions import Inside, Overdue, Write
from engine.runtime.tables.system import RUNS

Do = Callable[[Change, Inside, Actor], None]


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
