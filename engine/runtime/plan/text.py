"""A plan as a text for a terminal: grouped by weight, what needs an answer first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from engine.runtime.plan.renames import LookAlike
from engine.runtime.plan.steps import Plan, Step, StepKind, Weight
from engine.runtime.plan.words import records, values

GROUPS = (
    (Weight.REFUSED, "Can't be done with the data as it is"),
    (Weight.CONSENT, "Loses values or grows rights: needs your consent"),
    (Weight.ORDINARY, "Changes what people have or do: needs your yes"),
    (Weight.DISPLAY, "Looks different"),
    (Weight.ADDITIVE, "Adds"),
)
MARKS = {
    Weight.REFUSED: "x",
    Weight.CONSENT: "!",
    Weight.ORDINARY: "~",
    Weight.DISPLAY: "~",
    Weight.ADDITIVE: "+",
}
GOING = (StepKind.RETIRE_FIELD, StepKind.RETIRE_ENTITY)


def plan_text(plan: Plan) -> str:
    """Return the plan as a text, without the line that says what to type next."""
    parts = ["\n".join(_group(plan.of(weight), title)) for weight, title in GROUPS]
    if plan.look_alikes:
        lines = [f"  ? {one.address}: {look_alike_text(one)}" for one in plan.look_alikes]
        parts.insert(0, "\n".join([f"Renamed, or another one? ({len(lines)})", *lines]))
    if plan.drift:
        lines = [f"  ? {one.sentence}" for one in plan.drift]
        parts.append("\n".join(["Somebody changed the tables by hand:", *lines]))
    return "\n\n".join(one for one in parts if one)


def done_text(plan: Plan) -> str:
    """Return a plan as a text that was applied: nothing of it needs an answer any more."""
    return stored_steps_text([one.as_json() for one in plan.steps])


def to_write_text(plan: Plan) -> str:
    """Return what the files still lack after a plan: the renames that were only said."""
    return "\n".join(
        f"Write `was: {old}` at {address}, so that other databases know it too."
        for address, old in plan.renames.by_address().items()
    )


def stored_steps_text(steps: Sequence[Mapping[str, object]]) -> str:
    """Return the steps of a plan as they were stored with its version, grouped alike."""
    parts = []
    for weight, title in GROUPS:
        found = [one for one in steps if one.get("weight") == weight]
        lines = [f"  {_stored_mark(one, weight)} {_stored_words(one)}" for one in found]
        parts += ["\n".join([f"{title.partition(':')[0]} ({len(lines)})", *lines])] if lines else []
    return "\n\n".join(parts)


def _stored_mark(step: Mapping[str, object], weight: Weight) -> str:
    return "-" if step.get("kind") in GOING else MARKS[weight]


def _stored_words(step: Mapping[str, object]) -> str:
    return ": ".join(str(one) for one in (step.get("address"), step.get("sentence")) if one)


def look_alike_text(one: LookAlike) -> str:
    """Return the question about a pair."""
    many = records(one.count) if one.entity is None else values(one.count)
    kept = f" with {many}" if one.count else ""
    return f"{one.old} vanished{kept} and {one.new} is new: {one.hint}"


def _group(steps: tuple[Step, ...], title: str) -> Iterator[str]:
    if steps:
        yield f"{title} ({len(steps)})"
    for one in steps:
        mark = "-" if one.kind in GOING else MARKS[one.weight]
        yield f"  {mark} {one}"
