"""Time between the lines of a story: what fails then is tried again, and the story goes on."""

from datetime import datetime, timedelta

from sqlalchemy import select

from engine.runtime.tables.system import RUNS, TIMERS
from engine.scenarios.story import Played
from tests.kit.applications import application
from tests.kit.told import CRM, NOW, PEOPLE, opened, play

STORY = """
story:
  - {at: 3 d ago 9:00, as: ivan, create: {request r1: {name: Anna, next: tomorrow 10:00}}}
  - {at: 3 d ago 9:05, as: ivan, create: {request r2: {name: Boris, next: tomorrow 10:00}}}
  - {at: 3 d ago 9:17, as: eva, move: working on r2}
  - {at: 3 d ago 17:00, as: eva, note: {r1: Still nobody}}
"""
STUBBORN = CRM.replace(
    'do: [{notify: {to: {user: eva}, text: "{{ name }} waits since {{ created_at }}"}}]',
    'do: [{stop: "Not today"}]',
)


def test_a_timer_that_fails_has_its_tries_between_the_lines(database_url: str) -> None:
    crm = application(STUBBORN, **{"demo/people.yaml": PEOPLE, "demo/story.yaml": STORY})
    with opened(database_url, crm) as database:
        assert play(database, crm) is Played.PLAYED
        query = select(TIMERS).where(TIMERS.c.kind == "sla").order_by(TIMERS.c.id)
        with database.read() as connection:
            late, moved = connection.execute(query).all()
            states = connection.scalars(select(RUNS.c.state)).all()
    assert (late.state, late.attempts) == ("dead", 5)
    assert late.last_error.startswith("RuleStopped")
    assert states == ["stopped"] * 5
    assert moved.state == "cancelled"


def test_what_falls_due_after_the_last_line_has_fired_at_its_time(database_url: str) -> None:
    crm = application(CRM, **{"demo/people.yaml": PEOPLE, "demo/story.yaml": STORY})
    with opened(database_url, crm) as database:
        play(database, crm)
        with database.read() as connection:
            fired = connection.scalars(select(TIMERS.c.fired_at).order_by(TIMERS.c.id)).all()
    friday = datetime(2026, 2, 27, 7, 15, tzinfo=NOW.tzinfo)
    assert fired == [friday, None]
    assert friday < NOW - timedelta(days=3)
