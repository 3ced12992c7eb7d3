"""The configuration: what is wrong with its folder, the plan that waits, and all versions.

Only the built-in role `admin` finds these pages; everybody else finds nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, request

from engine.errors import BadQuery, EngineError, Message, NotFound, Refused, say, say_many
from engine.runtime.plan.folder import FolderState, Standing, WatchedFolder
from engine.runtime.plan.history import (
    FileDifference,
    VersionDifference,
    VersionEntry,
    list_versions,
    read_difference,
)
from engine.runtime.plan.rollback import rollback_plan
from engine.runtime.plan.steps import Plan
from engine.web.htmx import go, respond, show
from engine.web.parts.answering import (
    NO_ANSWERS,
    Answers,
    Asked,
    asked,
    in_words,
    read_answers,
    what_is_missing,
)
from engine.web.parts.folder_view import ProblemView, problem_views
from engine.web.parts.plan_view import SAME, PlanView, StepGroup, plan_view, stored_groups
from engine.web.request import current_actor, go_over, services
from engine.web.security import note_denial
from engine.web.toasts import toast
from engine.web.urls import configuration_url, version_url

bp = Blueprint("configuration", __name__, url_prefix="/admin/configuration")

MOST = 100  # versions on the page; `kartoteka history` lists all


@dataclass(frozen=True, slots=True)
class FolderView:
    """How the folder stands: `served`, `wrong` or `asks`, with what is to be said of it."""

    name: str
    standing: str
    stamp: str
    problems: tuple[ProblemView, ...]
    more: int
    refusal: Message | None
    taken_back: bool


@dataclass(frozen=True, slots=True)
class ConfigurationContext:
    """What the page shows: the folder, its plan, why nothing was applied, and the versions.

    `to_write`, address -> old id, are renames of what is served that stand in no file.
    """

    folder: FolderView | None
    plan: PlanView | None
    said: tuple[Message, ...]
    to_write: Mapping[str, str]
    action: str
    button: Message
    versions: tuple[VersionEntry, ...]
    is_cut: bool


@dataclass(frozen=True, slots=True)
class VersionContext:
    """What a version's page shows: what it changed, and the plan to go back to it."""

    version: VersionEntry
    before: int | None
    is_served: bool
    groups: tuple[StepGroup, ...]
    files: tuple[FileDifference, ...]
    plan: PlanView | None
    said: tuple[Message, ...]
    action: str
    button: Message


@dataclass(frozen=True, slots=True)
class NoteContext:
    """The note in the frame stands for itself."""


@bp.before_request
def only_admins() -> None:
    """Hide these pages from everybody else."""
    if not current_actor().is_admin:
        note_denial("manage the configuration")
        raise NotFound(say("There is nothing at this address, or nothing that you may see."))


@bp.get("")
def shown() -> Response:
    """Show the folder with its mistakes or its plan, and the versions."""
    unknown = next((one for one in request.args if not one.startswith(SAME)), None)
    if unknown is not None:
        raise BadQuery(unknown, say("{name} is not known here.", name=unknown))
    answers = read_answers(request.args)
    return draw(found_plan(answers), answers)


@bp.post("")
def answered() -> Response:
    """Apply the plan that was shown, if that is still the one and everything is said."""
    folder, answers = services().folder, read_answers(request.form)
    found = found_plan(answers)
    if folder is None or found is None:
        toast(say("There is nothing to answer any more."))
        return go(configuration_url())
    missing = what_is_missing(found, answers)
    if missing is not None:
        return draw(found, answers, (missing,), 422)
    try:
        folder.apply(found.plan, answers.agreement, current_actor().login)
    except Refused as refusal:
        return draw(found_plan(answers), answers, in_words(refusal), refusal.status)
    go_over()
    say_applied(found.plan)
    return go(configuration_url())


@bp.get("/note")
def note() -> Response:
    """Answer with what the frame says of the folder now."""
    return show("parts/folder_note.html", NoteContext())


@bp.get("/<int:version_id>")
def version(version_id: int) -> Response:
    """Show a version: what it changed, and what going back to it would change."""
    return draw_version(version_id)


@bp.post("/<int:version_id>/back")
def back(version_id: int) -> Response:
    """Go back to a version by the plan that was shown, if that is still the one."""
    answers = read_answers(request.form)
    try:
        plan, wanted = rollback_plan(services().database, version_id)
        missing = what_is_missing(Asked(plan, ()), answers)
        if missing is not None:
            return draw_version(version_id, answers, (missing,), 422)
        services().apply(plan, wanted, current_actor().login)
    except Refused as refusal:
        return draw_version(version_id, answers, in_words(refusal), refusal.status)
    finally:
        go_over()
    toast(say("Went back to version {number}.", number=version_id))
    return go(configuration_url())


def found_plan(answers: Answers) -> Asked | None:
    """Return the plan that waits, as the data are now."""
    folder = services().folder
    if folder is None or folder.state.standing is not Standing.ASKS:
        return None
    return asked(folder.plan, answers)


def draw(
    found: Asked | None, answers: Answers, said: tuple[Message, ...] = (), status: int = 200
) -> Response:
    """Answer with the page, or with its plan."""
    entries = list_versions(services().database, MOST + 1)
    plan = plan_view(found.plan, found.questions, answers.agreement) if found else None
    context = ConfigurationContext(
        folder=folder_view(services().folder),
        plan=plan,
        said=said,
        to_write=entries[0].renames if entries else {},
        action=configuration_url(),
        button=apply_words(plan.count if plan else 0),
        versions=entries[:MOST],
        is_cut=len(entries) > MOST,
    )
    return respond("pages/configuration.html", "parts/plan_form.html", context, status)


def folder_view(folder: WatchedFolder | None) -> FolderView | None:
    """Return how the folder stands."""
    if folder is None:
        return None
    state: FolderState = folder.state
    problems = problem_views(state.problems, state.sources or {})
    return FolderView(
        name=folder.name,
        standing=str(state.standing),
        stamp=state.stamp,
        problems=problems,
        more=len(state.problems) - len(problems),
        refusal=state.refusal,
        taken_back=state.taken_back,
    )


def draw_version(
    version_id: int,
    answers: Answers = NO_ANSWERS,
    said: tuple[Message, ...] = (),
    status: int = 200,
) -> Response:
    """Answer with the page of a version."""
    found: VersionDifference = read_difference(services().database, version_id)
    newest = list_versions(services().database, 1)[0].id
    plan: PlanView | None = None
    if version_id != newest:
        try:
            way, _ = rollback_plan(services().database, version_id)
            plan = plan_view(way, said=answers.agreement)
        except EngineError as refusal:
            said = (*said, refusal.message)
    context = VersionContext(
        version=found.entry,
        before=found.before,
        is_served=version_id == newest,
        groups=stored_groups(found.steps),
        files=found.files,
        plan=plan,
        said=said,
        action=f"{version_url(version_id)}/back",
        button=say("Go back to version {number}", number=version_id),
    )
    return respond("pages/configuration_version.html", "parts/plan_form.html", context, status)


def apply_words(count: int) -> Message:
    """Return the words of the button that applies so many changes."""
    return say_many("Apply {number} change", "Apply {number} changes", count)


def say_applied(plan: Plan) -> None:
    """Say on the next page what was done."""
    toast(say_many("Applied: {number} change.", "Applied: {number} changes.", len(plan.steps)))
