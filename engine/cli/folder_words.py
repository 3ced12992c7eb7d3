"""What a terminal says of a folder that is watched: mistakes, what was applied, what waits."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from pathlib import Path

from engine.cli import output
from engine.cli.place import Place
from engine.metadata.folder import worst_first
from engine.runtime.plan.agreement import missing_words
from engine.runtime.plan.folder import FolderState, Standing
from engine.runtime.plan.renames import NO_RENAMES
from engine.runtime.plan.steps import Plan
from engine.runtime.plan.text import done_text, plan_text, to_write_text

MOST = 10  # mistakes at a time beside the log of a serving process
MEANWHILE = "The version applied before is served meanwhile."
ANSWERS = "/admin/configuration"


def teller(url: str) -> Callable[[FolderState, Plan | None], None]:
    """Return what tells each new state of a folder; answers are given at `url`."""

    def tell(state: FolderState, applied: Plan | None) -> None:
        output.show()
        tell_state(state, applied, url)
        sys.stdout.flush()

    return tell


def tell_state(state: FolderState, applied: Plan | None, url: str) -> None:
    """Print one state of a folder."""
    if state.problems:
        problems, sources = worst_first(state.problems), state.sources or {}
        output.show_problems(problems, sources, as_json=False, most=MOST)
    if state.refusal is not None:
        output.show(str(state.refusal))
    if state.standing is Standing.WRONG:
        output.show(MEANWHILE)
    elif state.plan is not None:
        tell_waiting(state, url)
        output.show(MEANWHILE)
    elif applied is not None:
        output.show(f"Applied:\n{done_text(applied)}" if applied.steps else "Read again.")
        if applied.renames != NO_RENAMES:
            output.show(to_write_text(applied))
    else:
        output.show("The folder is what is served.")


def tell_waiting(state: FolderState, url: str, command: str = "") -> None:
    """Print a plan that waits, why, and where it is answered or by which command."""
    if state.plan is None:
        return
    output.show(f"{plan_text(state.plan)}\n")
    if state.taken_back:
        output.show("Somebody has gone back from this: it is not applied again by itself.")
    if state.plan.refused:
        output.show("It can't be applied: change the data or the folder first.")
        return
    if command:
        output.show(f"This waits for a yes: {command}")
    if url:
        output.show(f"{'Or answer' if command else 'Waits for an answer'} at {url}{ANSWERS}")


def command_for(plan: Plan, folder: Path, place: Place) -> str:
    """Return the command that applies a plan, with what has to be agreed to."""
    words = ("kartoteka apply", shlex.quote(str(folder)), place.words)
    return " ".join(filter(None, (*words, missing_words(plan))))
