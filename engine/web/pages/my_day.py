"""My day: what I promised, in order, with "now" drawn through it; what is new; what is done.

`parts/my_day.html` is the whole of it: a change made here answers with it, and with what stands
around it on the page.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, request

from engine.metadata.model.application import Workdays
from engine.runtime.query.records import Page
from engine.web.htmx import respond
from engine.web.parts.desk import Desk, current_desk
from engine.web.parts.leads import Lead, free, fresh
from engine.web.parts.mine import how_many, page_of, pages_of
from engine.web.parts.moments import long_day
from engine.web.parts.news import Change, Notice, changes, notices
from engine.web.parts.promises import Promise, promises
from engine.web.parts.task_list import COLUMNS, TaskLine, clock_time, task_line
from engine.web.request import read_values
from engine.web.urls import list_url, new_url

bp = Blueprint("my_day", __name__)

ADDRESS = "/my-day"
MOST, FEW = "100", "6"
MINE = {"to": "me", "columns": COLUMNS}
DONE_TODAY = {**MINE, "done": "true", "updated_at": "today", "sort": "-updated_at", "size": FEW}
OPEN = {**MINE, "columns": f"{COLUMNS},about", "done": "false", "sort": "due"}
DUE = {**OPEN, "due.le": "today", "size": MOST}
COMING = {**OPEN, "due.gt": "today", "size": FEW}
UNDATED = {**OPEN, "due": "-", "sort": "-created_at", "size": FEW}


@dataclass(frozen=True, slots=True)
class Tasks:
    """My tasks: `is_cut` where there are more due ones than a day can hold."""

    due: tuple[Promise, ...]
    coming: tuple[Promise, ...]
    undated: tuple[Promise, ...]
    is_cut: bool


@dataclass(frozen=True, slots=True)
class DayContext:
    """What the page shows; `address` is where its forms come back to.

    `late` and `today` are in the order of promise, `next` is the first that is not late.
    """

    title: str
    name: str
    hours: str
    now: str
    zone: str
    late: tuple[Promise, ...]
    next: Promise | None
    today: tuple[Promise, ...]
    coming: tuple[Promise, ...]
    undated: tuple[Promise, ...]
    is_cut: bool
    done: tuple[TaskLine, ...]
    done_count: int
    total: int
    free: tuple[Lead, ...]
    fresh: tuple[Lead, ...]
    unread: tuple[Notice, ...]
    changed: tuple[Change, ...]
    all_tasks_url: str
    new_task_url: str
    address: str


@bp.get(ADDRESS)
def my_day() -> Response:
    """Show my day."""
    read_values(request.args, ())
    return respond("pages/my_day.html", "parts/my_day_swap.html", context_of(current_desk()))


def context_of(desk: Desk) -> DayContext:
    """Return everything that the page shows."""
    look = desk.look
    tasks = my_tasks(desk)
    ahead = tuple(one for one in tasks.due if not one.task.is_late)
    finished = page_of(desk.actor, "task", DONE_TODAY)
    done_count = how_many_of(desk, finished)
    can_create = desk.access.may(desk.actor, "task", "create")
    return DayContext(
        title=long_day(look, look.today),
        name=desk.actor.name,
        hours=working_hours(look.application.workdays),
        now=clock_time(look, look.now),
        zone=look.zone.key,
        late=tuple(one for one in tasks.due if one.task.is_late),
        next=ahead[0] if ahead else None,
        today=ahead[1:],
        coming=tasks.coming,
        undated=tasks.undated,
        is_cut=tasks.is_cut,
        done=tuple(task_line(desk, one) for one in finished.records),
        done_count=done_count,
        total=done_count + len(tasks.due),
        free=free(desk, ADDRESS),
        fresh=fresh(desk, ADDRESS),
        unread=notices(desk),
        changed=changes(desk),
        all_tasks_url=list_url("task", [("to", "me"), ("done", "false"), ("sort", "due")]),
        new_task_url=new_url("task", [("_next", ADDRESS)]) if can_create else "",
        address=ADDRESS,
    )


def working_hours(workdays: Workdays) -> str:
    """Return the company's hours: 9:00–18:00."""
    return "–".join(f"{one.hour}:{one.minute:02}" for one in (workdays.start, workdays.end))


def how_many_of(desk: Desk, finished: Page) -> int:
    """Return how many tasks are done today; those that are shown need no counting."""
    if finished.next is None:
        return len(finished.records)
    return how_many(desk.actor, ("task", DONE_TODAY))[0]


def my_tasks(desk: Desk) -> Tasks:
    """Return my open tasks, with what is known of them all asked for once."""
    due, *others = pages_of(desk.actor, "task", DUE, COMING, UNDATED)
    coming, undated = (one.records for one in others)
    found = promises(desk, (*due.records, *coming, *undated), ADDRESS)
    first, second = len(due.records), len(due.records) + len(coming)
    return Tasks(found[:first], found[first:second], found[second:], is_cut=due.next is not None)
