"""What rules and buttons did to a record, in plain words: what started them, what they saw, did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from engine.errors import Message, say, verbatim
from engine.metadata.model.button import asked_field
from engine.metadata.model.entity import Entity
from engine.runtime.records.runs import RunCheck, RunStep, RunStory, RunValue
from engine.web.parts.desk import Desk
from engine.web.parts.moments import short_moment
from engine.web.urls import record_url, run_url

RULES = "automations."
ASK = "ask"
SAME_RECORD = frozenset({"record", "old"})
HIDDEN = say("not visible to you")
EMPTY = say("empty")
STATES: Mapping[str, tuple[str, Message]] = MappingProxyType(
    {
        "running": ("clock", say("is running")),
        "done": ("check", say("has run")),
        "not_run": ("minus", say("did not run")),
        "stopped": ("warning", say("stopped everything")),
        "guarded": ("shield", say("was kept from running again")),
        "failed": ("warning", say("failed, and nothing was stored")),
    }
)
STEP_ICONS: Mapping[str, str] = MappingProxyType(
    {"done": "check", "skipped": "minus", "failed": "warning"}
)


@dataclass(frozen=True, slots=True)
class ValueLine:
    """A value that was read, under the name that people know it by."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A condition with its result and the values it read; '' for one that may not be read."""

    code: str
    holds: bool
    values: tuple[ValueLine, ...]


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step and what came of it; `href` leads to what it made, `values` are those of an `if`."""

    icon: str
    result: str
    words: Message
    said: Message | None
    made: str
    href: str
    values: tuple[ValueLine, ...]


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run, told; `is_quiet` where nothing came of it."""

    icon: str
    label: str
    is_rule: bool
    state: str
    state_words: Message
    trigger: Message
    who: str
    when: str
    stamp: str
    href: str
    checks: tuple[CheckLine, ...]
    steps: tuple[StepLine, ...]
    reason: Message | None

    @property
    def is_quiet(self) -> bool:
        """Say whether nothing came of it."""
        return self.state in ("not_run", "guarded")


def run_line(desk: Desk, run: RunStory) -> RunLine:
    """Return a run in words."""
    entity = desk.look.application.entity(run.record.entity)
    icon, words = STATES[run.state]
    return RunLine(
        icon=icon,
        label=run.label or run.address,
        is_rule=run.address.startswith(RULES),
        state=run.state,
        state_words=words,
        trigger=trigger_words(desk, entity, run),
        who=run.who.name if run.who else "",
        when=short_moment(desk.look, run.at),
        stamp=run.at.isoformat(),
        href=run_url(run.record.entity, run.record.id, run.id),
        checks=tuple(check_line(desk, entity, one) for one in run.checks),
        steps=tuple(step_line(desk, entity, one) for one in run.steps),
        reason=run.reason,
    )


def trigger_words(desk: Desk, entity: Entity, run: RunStory) -> Message:
    """Say what started a run."""
    name = next(iter(run.names), "")
    match run.trigger:
        case "created":
            return say("The record was made")
        case "changed":
            field = entity.fields.get(name)
            return say("{field} was changed", field=field.label) if field else say("It was changed")
        case "entered":
            return say("It came into the stage {stage}", stage=stage_words(desk, entity, name))
        case "left":
            return say("It left the stage {stage}", stage=stage_words(desk, entity, name))
        case "pressed":
            button = desk.look.application.buttons(entity.id).get(name)
            return say("{button} was pressed", button=button.label if button else name)
        case "overdue" if name == "task":
            return say("A task about it was late")
        case "overdue":
            return say("It was in its stage for too long")
        case _:
            return verbatim(run.trigger)


def stage_words(desk: Desk, entity: Entity, name: str) -> str:
    """Return the label of a stage."""
    for one in entity.fields.values():
        pipeline = desk.look.application.pipelines.get(one.pipeline or "")
        if pipeline is not None and name in pipeline.stages:
            return pipeline.stages[name].label
    return name


def check_line(desk: Desk, entity: Entity, check: RunCheck) -> CheckLine:
    """Return a condition with what it read."""
    return CheckLine(check.text, check.result, value_lines(desk, entity, check.values))


def value_lines(desk: Desk, entity: Entity, values: Iterable[RunValue]) -> tuple[ValueLine, ...]:
    """Return values under the names of their fields."""
    text = desk.look.text
    return tuple(
        ValueLine(
            path_words(desk, entity, one.path),
            text(HIDDEN) if one.is_hidden else one.shown or text(EMPTY),
        )
        for one in values
    )


def path_words(desk: Desk, entity: Entity, path: str) -> str:
    """Return what a path is called: owner.team -> Owner, Team; what is no field stays as it is."""
    first, *rest = path.split(".")
    if first == ASK and rest:
        return answer_words(desk, entity, rest[0])
    labels: list[str] = []
    at: Entity | None = entity
    for name in rest if first in SAME_RECORD and rest else (first, *rest):
        field = at.fields.get(name) if at else None
        labels.append(field.label if field else name)
        at = desk.look.application.entities.get(field.to) if field and field.to else None
    return ", ".join(labels)


def answer_words(desk: Desk, entity: Entity, name: str) -> str:
    """Return what an answer is called in the dialog that asks for it."""
    asks = (
        one for button in desk.look.application.buttons(entity.id).values() for one in button.ask
    )
    fields = (asked_field(one, entity.fields) for one in asks if one.id == name)
    return next((one.label for one in fields if one), name)


def step_line(desk: Desk, entity: Entity, step: RunStep) -> StepLine:
    """Return a step with what came of it."""
    made = step.made
    return StepLine(
        icon=STEP_ICONS.get(step.result, "check"),
        result=step.result,
        words=step.words,
        said=step.said,
        made=made.title if made else "",
        href=record_url(made.record.entity, made.record.id) if made and made.is_seen else "",
        values=value_lines(desk, entity, step.values) if step.step == "if" else (),
    )
