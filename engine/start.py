"""From a folder and a database to a version that can be served.

What a plan may do without asking is done; anything else waits for `kartoteka apply`, and the
version before it is served meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.app import applied_application, apply_plan
from engine.metadata.model.application import Application
from engine.runtime.database import Database
from engine.runtime.plan.compare import make_plan
from engine.runtime.plan.history import brings_back
from engine.runtime.plan.steps import Plan
from engine.runtime.plan.versions import applied_version
from engine.scenarios.story import Played, Tell, play_story, unheard

AUTHOR = "kartoteka run"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a folder: the version to serve, a plan that waits for a yes, the story."""

    application: Application | None
    waiting: Plan | None = None
    taken_back: bool = False  # it waits, as somebody has gone back from it
    story: Played = Played.NOTHING_NEW


def bring_up_to_date(
    wanted: Application, database: Database, *, demo: bool = False, tell: Tell = unheard
) -> Outcome:
    """Apply what needs no yes, load the rows and play the story of the demo.

    Otherwise the version that is applied is kept; also where somebody has taken back what the
    folder says. `tell` hears how far the story is.
    """
    plan = make_plan(database, wanted, demo=demo)
    is_taken_back = brings_back(database, plan)
    if plan.needs_yes or is_taken_back:
        has_version = applied_version(database) is not None
        served = applied_application(database) if has_version else None
        return Outcome(served, plan, taken_back=is_taken_back)
    apply_plan(database, plan, wanted, AUTHOR, demo=demo)
    story = play_story(wanted, database, tell) if demo else Played.NOTHING_NEW
    return Outcome(wanted, story=story)
