"""Holds both sides to the same work: their pages weigh the same, within some per cent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bench.cases import CASES, DEEP, PARTS, WRITES, World
from bench.sides import Side, elements

MOST_APART = 0.05


class Unequal(Exception):
    """The rival's page is not the page that the engine makes."""


@dataclass(frozen=True, slots=True)
class Weight:
    """One page of both sides: bytes and elements."""

    case: str
    engine: tuple[int, int]
    hand: tuple[int, int]

    @property
    def apart(self) -> float:
        """Return how far the two are apart, in the worse of both measures."""
        return max(abs(h / e - 1) for e, h in zip(self.engine, self.hand, strict=True) if e)


def weigh(engine: Side, hand: Side, world: World) -> list[Weight]:
    """Weigh every page of both sides; refuse a rival whose pages are other ones."""
    found = []
    for case, make in CASES.items():
        if case in (*WRITES, *PARTS, DEEP):  # the page in depth is the list, which is weighed
            continue
        path = make(world, 0).path
        engine_page, hand_page = engine.get(path), hand.get(path)
        found.append(Weight(case, _measure(engine_page), _measure(hand_page)))
    refuse(found)
    return found


def refuse(found: Sequence[Weight]) -> None:
    """Refuse pages that are too far apart."""
    wrong = [one for one in found if one.apart > MOST_APART]
    if wrong:
        raise Unequal("\n".join(map(str, wrong)))


def _measure(html: str) -> tuple[int, int]:
    return len(html.encode()), elements(html)
