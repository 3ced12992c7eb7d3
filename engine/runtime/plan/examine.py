"""Looks at all values of a field before it changes its type: what fits, what is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.metadata.model.text import Value
from engine.runtime.plan.count import Counter
from engine.runtime.plan.operations import Changes
from engine.runtime.plan.recall import Recall
from engine.runtime.plan.state import LiveColumn
from engine.runtime.plan.values import to_value


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many records hold a value, of how many something is lost, and one such value.

    `stays`: every value is the same in the new type, so that nothing has to move.
    """

    filled: int = 0
    lost: int = 0
    example: str = ""
    stays: bool = True


def examine(
    counter: Counter,
    table: str,
    found: Sequence[LiveColumn],
    recall: Recall,
    memory: tuple[Sequence[LiveColumn], Changes | None] = ((), None),
) -> Verdict:
    """Judge the values of a field; `memory` are columns of the new type, and what changed since."""
    remembered, changes = memory
    width = len(found)
    filled = lost = 0
    example, stays = "", True
    for cells, changed, records in counter.values(table, (*found, *remembered), changes):
        value = to_value(cells[:width])
        before = to_value(cells[width:]) if remembered else None
        converted = recall(value, before, changed=changed)
        stays = stays and converted.exact and _alike(converted.value, value)
        filled += records if value is not None else 0
        if value is not None and not converted.exact:
            lost += records
            example = min(example or str(value), str(value))
    return Verdict(filled, lost, example, stays)


def _alike(one: Value, other: Value) -> bool:
    """Say whether two values are the same; no and nothing are, and zero is neither."""
    return one == other or all(value is None or value is False for value in (one, other))
