"""A file of rows as it was read: a table of CSV, or a tree of YAML."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from engine.metadata import nodes
from engine.metadata.csv_source import CsvTable
from engine.metadata.nodes import Path


@dataclass(frozen=True, slots=True)
class RowsFile:
    """One file of `data/` or `demo/`; either `table` or `tree` is there.

    `tree` has the right shape; `raw` is what the author wrote, with errors at `unclear`.
    """

    name: str
    table: CsvTable | None = None
    tree: nodes.Mapping | None = None
    raw: nodes.Mapping | None = None
    unclear: frozenset[Path] = frozenset()

    @property
    def is_demo(self) -> bool:
        """Say whether its rows are loaded with `--demo` only."""
        return self.name.startswith("demo/")

    @property
    def stem(self) -> str:
        """Return the name that a table gives to its entity."""
        return PurePosixPath(self.name).stem
