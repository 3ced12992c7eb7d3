"""A plan as a page shows it: its steps by weight, the questions, and what has to be agreed to.

The steps' own sentences are the author's English, as on a terminal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from engine.errors import Message, say, say_many
from engine.runtime.plan.agreement import Agreement
from engine.runtime.plan.renames import LookAlike
from engine.runtime.plan.steps import Plan, Step, StepKind, Weight

GOING = frozenset({StepKind.RETIRE_FIELD, StepKind.RETIRE_ENTITY})
RENAMED = frozenset({StepKind.RENAME_FIELD, StepKind.RENAME_ENTITY})
SIGNS: Mapping[Weight, str] = {
    Weight.REFUSED: "×",
    Weight.CONSENT: "!",
    Weight.ORDINARY: "~",
    Weight.DISPLAY: "~",
    Weight.ADDITIVE: "+",
}
KINDS: Mapping[Weight, str] = {
    Weight.REFUSED: "is-retires",
    Weight.CONSENT: "is-grows",
    Weight.ORDINARY: "is-changes",
    Weight.DISPLAY: "is-changes",
    Weight.ADDITIVE: "is-adds",
}
TITLES: Mapping[Weight, Message] = {
    Weight.REFUSED: say("Can't be done with the data as it is"),
    Weight.CONSENT: say("Loses values or grows rights"),
    Weight.ORDINARY: say("Changes what people have or do"),
    Weight.DISPLAY: say("Looks different"),
    Weight.ADDITIVE: say("Adds"),
}
SAME = "same."  # before the address of what is new, in the name of an answer


@dataclass(frozen=True, slots=True)
class StepView:
    """One change of a plan."""

    sign: str
    kind: str
    address: str
    sentence: str


@dataclass(frozen=True, slots=True)
class StepGroup:
    """The changes of one weight."""

    id: str
    title: Message
    steps: tuple[StepView, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """Whether what is new is what has vanished; `answer` is None until somebody has said."""

    name: str
    address: str
    old: str
    new: str
    count: int
    is_entity: bool
    answer: str | None

    @property
    def kept(self) -> Message:
        """Return what the answer "renamed" means."""
        if self.is_entity:
            return say_many(
                "It is {old} under another name: its {number} record stays",
                "It is {old} under another name: its {number} records stay",
                self.count,
                old=self.old,
            )
        return say_many(
            "It is {old} under another name: its {number} value stays",
            "It is {old} under another name: its {number} values stay",
            self.count,
            old=self.old,
        )


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan with its questions, and what somebody has to say to it."""

    groups: tuple[StepGroup, ...]
    questions: tuple[Question, ...]
    drift: tuple[str, ...]
    count: int
    digest: str
    consent: str
    losses: int
    needs_yes: bool
    is_refused: bool
    has_yes: bool = False
    has_consent: bool = False


def plan_view(
    plan: Plan, questions: Iterable[Question] = (), said: Agreement | None = None
) -> PlanView:
    """Return a plan as a page shows it, with what was ticked already."""
    said = said or Agreement()
    return PlanView(
        groups=step_groups(plan.steps),
        questions=tuple(questions),
        drift=tuple(one.sentence for one in plan.drift),
        count=len(plan.steps),
        digest=plan.digest,
        consent=plan.consent,
        losses=len(plan.of(Weight.CONSENT)),
        needs_yes=plan.needs_yes,
        is_refused=bool(plan.refused),
        has_yes=said.yes,
        has_consent=bool(plan.consent) and said.consent == plan.consent,
    )


def step_groups(steps: Iterable[Step]) -> tuple[StepGroup, ...]:
    """Return steps by weight, what needs an answer first."""
    return grouped(
        (one.weight, step_view(one.kind, one.weight, one.address, one.sentence)) for one in steps
    )


def stored_groups(steps: Iterable[Mapping[str, object]]) -> tuple[StepGroup, ...]:
    """Return the steps of an applied version by weight."""
    return grouped(_stored(steps))


def _stored(steps: Iterable[Mapping[str, object]]) -> Iterator[tuple[Weight, StepView]]:
    for one in steps:
        kind, weight = StepKind(str(one["kind"])), Weight(str(one["weight"]))
        yield weight, step_view(kind, weight, str(one["address"]), str(one["sentence"]))


def grouped(steps: Iterable[tuple[Weight, StepView]]) -> tuple[StepGroup, ...]:
    """Return steps under the heading of their weight."""
    found = tuple(steps)
    groups = (
        StepGroup(str(weight), title, tuple(step for heavy, step in found if heavy is weight))
        for weight, title in TITLES.items()
    )
    return tuple(one for one in groups if one.steps)


def step_view(kind: StepKind, weight: Weight, address: str, sentence: str) -> StepView:
    """Return one change."""
    if kind in GOING:
        return StepView("−", "is-retires", address, sentence)
    if kind in RENAMED:
        return StepView("→", "is-renames", address, sentence)
    return StepView(SIGNS[weight], KINDS[weight], address, sentence)


def question_of(one: LookAlike, answer: str | None) -> Question:
    """Return the question about a pair, with what was answered."""
    return Question(
        name=SAME + one.address,
        address=one.address,
        old=one.old,
        new=one.new,
        count=one.count,
        is_entity=one.entity is None,
        answer=answer,
    )
