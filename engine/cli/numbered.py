"""What `history` and `rollback` are told: the folder of a CRM, and the number of a version."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from engine.cli.place import DATA, Place, place_of
from engine.errors import Refused, say

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Numbered:
    """The folder, where one was named, and the version."""

    folder: Path | None
    version: int | None

    def place(self, data: Path | None, url: str | None) -> Place:
        """Return where the data lie that the words and options name."""
        return place_of(self.folder, data, url)


def numbered_argument(command: Command) -> Command:
    """Add DIR and N to a command, both of which may be left out."""
    return click.argument("words", metavar="[DIR] [N]", nargs=-1)(command)


def read_numbered(words: Sequence[str]) -> Numbered:
    """Tell the number from the folder, in whatever order they were typed."""
    numbers = [one for one in words if one.isascii() and one.isdecimal()]
    folders = [one for one in words if one not in numbers]
    if len(numbers) > 1 or len(folders) > 1:
        raise Refused(
            say("Name one folder and one version at most."),
            say("A folder that is called like a number is written as ./3."),
        )
    folder = Path(folders[0]) if folders else None
    if folder is not None and not folder.is_dir():
        raise Refused(
            say("There is no folder {folder}.", folder=folder),
            say(
                "Name the folder of the CRM, that of its data with --data ({data}), or neither.",
                data=DATA,
            ),
        )
    return Numbered(folder, int(numbers[0]) if numbers else None)
