"""What an administrator has answered to a plan, and what is still to be said before it is applied.

A plan is agreed to by its digest: when the data or the folder has changed since the page was drawn,
nothing happens and the page shows the new plan.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from engine.errors import Message, Refused, say
from engine.runtime.plan.agreement import Agreement
from engine.runtime.plan.renames import NO_RENAMES, LookAlike, Renames, read_renames
from engine.runtime.plan.steps import Plan
from engine.web.parts.plan_view import SAME, Question, question_of
from engine.web.request import read_values

FIELDS = ("plan", "yes", "consent")
ROUNDS = 3  # an answer may bring a question: fields of an entity that was renamed

MakePlan = Callable[[Renames], Plan | None]


@dataclass(frozen=True, slots=True)
class Answers:
    """What a form says: which plan was seen, the ticks, and new address -> old id ('': another)."""

    plan: str
    agreement: Agreement
    same: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """A plan as the answers make it, and the questions with their answers."""

    plan: Plan
    questions: tuple[Question, ...]


NO_ANSWERS = Answers("", Agreement(), {})


def read_answers(form: MultiDict[str, str]) -> Answers:
    """Read what was sent from a page that shows a plan."""
    same = {name: text for name, text in form.items() if name.startswith(SAME)}
    values = read_values(form, (*FIELDS, *same))
    return Answers(
        plan=values["plan"],
        agreement=Agreement(yes=values["yes"] == "1", consent=values["consent"]),
        same={name.removeprefix(SAME): values[name] for name in same},
    )


def asked(make: MakePlan, answers: Answers) -> Asked | None:
    """Return the plan with the answers to its questions; None where there is nothing to answer."""
    pairs: dict[str, LookAlike] = {}
    plan = make(NO_RENAMES)
    for _ in range(ROUNDS):
        if plan is None:
            return None
        new = [one for one in plan.look_alikes if one.address not in pairs]
        pairs |= {one.address: one for one in new}
        if not any(answers.same.get(one.address) for one in new):
            break
        plan = make(renames_of(pairs, answers.same))
    if plan is None:
        return None
    questions = tuple(question_of(one, answer_to(one, answers)) for one in pairs.values())
    return Asked(plan, questions)


def renames_of(pairs: Mapping[str, LookAlike], same: Mapping[str, str]) -> Renames:
    """Return the renames that were said; an answer to another question than those is none."""
    return read_renames(
        f"{address}={one.old}" for address, one in pairs.items() if same.get(address) == one.old
    )


def answer_to(one: LookAlike, answers: Answers) -> str | None:
    """Return what was answered about a pair, None where nothing was."""
    given = answers.same.get(one.address)
    return given if given in ("", one.old) else None


def what_is_missing(found: Asked, answers: Answers) -> Message | None:
    """Return what keeps a plan from being applied with these answers."""
    plan, said = found.plan, answers.agreement
    if plan.refused:
        return say("This can't be applied. Change the data or the folder first.")
    if any(one.answer is None for one in found.questions):
        return say("Say first of what is new whether it is what has vanished.")
    if plan.digest != answers.plan:
        return say("Nothing was applied: the plan is another one now. Please look at it again.")
    if plan.needs_yes and not said.yes:
        return say("Nothing was applied: tick that you agree.")
    if plan.consent and said.consent != plan.consent:
        return say("Nothing was applied: tick that you agree to what is lost or grows.")
    return None


def in_words(refusal: Refused) -> tuple[Message, ...]:
    """Return what a refusal says."""
    hint = refusal.hint
    return (refusal.message,) if hint is None else (refusal.message, hint)
