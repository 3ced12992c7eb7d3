"""What commands with a DIR have in common: a sound folder, and the words to repeat a command."""

from __future__ import annotations

import shlex
from pathlib import Path

from engine.cli import output
from engine.metadata.load import load
from engine.metadata.model.application import Application


def load_sound(folder: Path, *, as_json: bool) -> Application:
    """Load a folder; where it has errors show all problems and end the command."""
    result = load(folder)
    if result.application is None:
        output.end(output.show_problems(result.problems, result.sources, as_json=as_json))
    return result.application


def same_place(folder: Path, data: Path | None, url: str | None) -> str:
    """Return folder and place as they were typed; an address may hold a password and is not."""
    words = [str(folder)]
    if data is not None:
        words += ["--data", str(data)]
    return shlex.join(words) + (" --database URL" if url is not None else "")
