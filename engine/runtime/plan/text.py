"""A plan as a text for a terminal: grouped by weight, what needs an answer first."""

from __future__ import annotations

from collections.abc import Iterator

from engine.runtime.plan.steps import Plan, Step, StepKind, Weight

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
    if plan.drift:
        lines = [f"  ? {one.sentence}" for one in plan.drift]
        parts.append("\n".join(["Somebody changed the tables by hand:", *lines]))
    return "\n\n".join(one for one in parts if one)


def _group(steps: tuple[Step, ...], title: str) -> Iterator[str]:
    if steps:
        yield f"{title} ({len(steps)})"
    for one in steps:
        mark = "-" if one.kind in GOING else MARKS[one.weight]
        yield f"  {mark} {one}"
