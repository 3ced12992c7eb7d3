"""A file of rows as it was read: a table of CSV, or a tree of YAML."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from engine.metadata import nodes
from engine.metadata.csv_source import CsvTable


@dataclass(frozen=True, slots=True)
class RowsFile:
    """One file of `data/` or `demo/`; either `table` or `tree` is there."""

    name: str
    table: CsvTable | None = None
    tree: nodes.Mapping | None = None

    @property
    def is_demo(self) -> bool:
        """Say whether its rows are loaded with `--demo` only."""
        return self.name.startswith("demo/")

    @property
    def stem(self) -> str:
        """Return the name that a table gives to its entity."""
        return PurePosixPath(self.name).stem
