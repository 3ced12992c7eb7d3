"""Steps for what a role may do: one for each role and entity, with the verbs that change alike."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from engine.metadata.diff.change import Change
from engine.runtime.plan.steps import Step, StepKind, Weight


def is_reach(change: Change) -> bool:
    """Say whether a change is about how far a verb of a role reaches."""
    return change.node == "right" and change.key == "can"


def right_steps(changes: Iterable[Change], new_entities: Collection[str]) -> Iterator[Step]:
    """Yield the steps; nobody gains what was there before where all records are yet to come."""
    groups: dict[tuple[str, str, str], list[Change]] = {}
    for change in changes:
        place = change.address.rpartition(".")[0]
        groups.setdefault((place, change.before, change.after), []).append(change)
    for (place, before, after), alike in groups.items():
        grows, is_one = alike[0].grows, len(alike) == 1
        verbs = ", ".join(change.address.rpartition(".")[2] for change in alike)
        said = f"{_does('grow' if grows else 'shrink', is_one=is_one)} from {before} to {after}"
        weight = Weight.CONSENT if grows else Weight.ORDINARY
        if place.rpartition(".")[2] in new_entities:
            weight = Weight.ADDITIVE
        if is_one:
            yield Step(StepKind.ACCESS, alike[0].address, said, weight)
        else:
            yield Step(StepKind.ACCESS, place, f"{verbs} {said}", weight)


def _does(verb: str, *, is_one: bool) -> str:
    return f"{verb}s" if is_one else verb
