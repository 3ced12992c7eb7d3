"""What every page of an administrator says of the folder, and the stamps by which pages follow."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import Message, say, say_many
from engine.metadata.model.application import Application
from engine.metadata.problems import Severity
from engine.runtime.plan.folder import FolderState, Standing

OFTEN = 600  # milliseconds between two questions of a page while a folder is watched
RARELY = 30_000
STAMP = 16


@dataclass(frozen=True, slots=True)
class FolderNote:
    """A sentence about the folder: `late` for mistakes, `soon` for a question."""

    kind: str
    text: Message


def served_stamp(application: Application) -> str:
    """Return what stands for a version in its pages."""
    return application.digest[:STAMP]


def folder_note(state: FolderState) -> FolderNote | None:
    """Return what an administrator has to know of the folder, if there is anything."""
    if state.standing is Standing.ASKS:
        return FolderNote("soon", say("A change waits for an answer"))
    if state.standing is Standing.SERVED:
        missing = FolderNote("late", say("Rows of the configuration are missing"))
        return None if state.refusal is None else missing
    errors = sum(one.severity is Severity.ERROR for one in state.problems)
    if not errors:
        return FolderNote("late", say("The configuration can't be read"))
    text = say_many(
        "{number} mistake in the configuration",
        "{number} mistakes in the configuration",
        errors,
    )
    return FolderNote("late", text)
