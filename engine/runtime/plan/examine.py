"""Looks at all values of a field before it changes its type: what fits, what is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.runtime.plan.convert import Convert
from engine.runtime.plan.count import Counter
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
    forth: Convert,
    memory: tuple[Sequence[LiveColumn], Convert] | None = None,
) -> Verdict:
    """Judge the values of a field; `memory` are columns of the new type and the way back."""
    remembered, back = memory or ((), None)
    width = len(found)
    filled = lost = 0
    example, stays = "", True
    for cells, records in counter.values(table, (*found, *remembered)):
        value = to_value(cells[:width])
        before = to_value(cells[width:]) if back is not None else None
        if back is not None and back(before).value == value:
            stays = stays and before == value
            filled += records if value is not None else 0
            continue
        if value is None:
            continue
        converted = forth(value)
        filled += records
        stays = stays and converted.exact and converted.value == value
        if not converted.exact:
            lost += records
            example = min(example or str(value), str(value))
    return Verdict(filled, lost, example, stays)
