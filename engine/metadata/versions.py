"""Versions and ranges of them: `>=1.0 <2.0`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from operator import eq, ge, gt, le, lt
from types import MappingProxyType
from typing import TypeAlias

Version: TypeAlias = tuple[int, ...]

BOUND = re.compile(r"(>=|<=|>|<|=)?\s*([0-9]+(?:\.[0-9]+){0,2})")
COMPARE: Mapping[str, Callable[[Version, Version], bool]] = MappingProxyType(
    {">=": ge, "<=": le, ">": gt, "<": lt, "=": eq, "": eq}
)


@dataclass(frozen=True, slots=True)
class Range:
    """Bounds that all have to hold."""

    bounds: tuple[tuple[str, Version], ...]

    def holds(self, found: Version) -> bool:
        """Say whether a version lies in the range."""
        return all(COMPARE[sign](found, wanted) for sign, wanted in self.bounds)


def read_range(text: str) -> Range | None:
    """Read a range; None where it can't be read."""
    rest = BOUND.sub("", text).replace(",", " ").strip()
    found = [(one[1] or "", read_version(one[2])) for one in BOUND.finditer(text)]
    return Range(tuple(found)) if found and not rest else None


def read_version(text: str) -> Version:
    """Read a version: three numbers."""
    numbers = [int(one) for one in re.findall(r"[0-9]+", text)[:3]]
    return tuple(numbers + [0] * (3 - len(numbers)))


@cache
def engine_version() -> Version:
    """Return the version of this Kartoteka."""
    return read_version(version("kartoteka"))
