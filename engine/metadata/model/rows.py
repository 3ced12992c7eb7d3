"""Rows that come with a configuration: catalogues (`data/`) and demo records (`demo/`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.metadata.problems import Mark


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a row as text (a tuple for several), read by the type of its field."""

    text: str | tuple[str, ...]
    mark: Mark
    marks: tuple[Mark, ...] = ()  # of several values, where each has a place of its own


@dataclass(frozen=True, slots=True)
class Row:
    """One record to load: links are written as the target's key."""

    entity: str
    key: str
    cells: Mapping[str, Cell]
    mark: Mark
    demo: bool
