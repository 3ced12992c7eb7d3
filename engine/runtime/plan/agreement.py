"""What somebody has to say to a plan before it is applied: yes, and for losses its hash."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import Refused, say, say_many
from engine.runtime.plan.steps import Plan, Weight


@dataclass(frozen=True, slots=True)
class Agreement:
    """What somebody has said to a plan: yes, and the hash of its consent."""

    yes: bool = False
    consent: str = ""


def require_agreement(plan: Plan, agreement: Agreement) -> None:
    """Refuse a plan that can't be done, or that nobody has agreed to."""
    if plan.refused:
        raise Refused(say("{step}.", step=plan.refused[0]))
    missing = missing_words(plan, agreement)
    if not missing:
        return
    if agreement.consent and agreement.consent != plan.consent:
        raise Refused(
            say("This consent was given to another plan."),
            say("Look at the plan again. To agree to it, add: {missing}", missing=missing),
        )
    raise Refused(
        say_many(
            "The plan changes what people see or do: {number} of its changes needs an answer.",
            "The plan changes what people see or do: {number} of its changes need an answer.",
            sum(len(plan.of(one)) for one in (Weight.ORDINARY, Weight.CONSENT)),
        ),
        say("Look at the plan. To agree to it, add: {missing}", missing=missing),
    )


def missing_words(plan: Plan, agreement: Agreement | None = None) -> str:
    """Return the options that are still missing before the plan can be applied."""
    said = agreement or Agreement()
    words = []
    if plan.needs_yes and not said.yes:
        words.append("--yes")
    if plan.consent and said.consent != plan.consent:
        words.append(f"--consent {plan.consent}")
    return " ".join(words)
