"""Demo stories: what happened, line by line, played through the record service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from engine.metadata.model.rows import Cell
from engine.metadata.problems import Mark

StoryVerb: TypeAlias = Literal["create", "press", "set", "move", "note", "done", "archive"]


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One thing that somebody did: `who` (a user's key) did `verb` with the record `key` at `at`.

    `name` is the button of a press, the stage of a move, the text of a note, the result of what
    was done; `values` the fields of a new or changed record, or the answers of a press or move;
    `makes` gives keys to records that followed from it, by their entity.
    """

    at: str
    who: str
    verb: StoryVerb
    key: str
    mark: Mark
    entity: str = ""
    name: str = ""
    values: Mapping[str, Cell] = field(default_factory=dict)
    makes: Mapping[str, str] = field(default_factory=dict)
