"""The demo of the kitchen maker can be started on any day, at any hour, and always has a today."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from engine.clock import FrozenClock
from engine.metadata.load import load
from engine.resources import resource_dir
from engine.runtime.database import Database
from engine.runtime.tables.entity import build_tables
from engine.scenarios.story import Played
from engine.start import bring_up_to_date
from tests.kit.examples import examples

SOFIA = ZoneInfo("Europe/Sofia")
# The night after a weekend and a holiday; then hours of all kinds.
MOMENTS = (
    datetime(2026, 3, 4, 0, 10, tzinfo=SOFIA),
    datetime(2026, 7, 15, 9, 5, tzinfo=SOFIA),
    datetime(2026, 10, 25, 3, 30, tzinfo=SOFIA),
    datetime(2027, 1, 7, 14, 0, tzinfo=SOFIA),
    datetime(2026, 9, 1, 18, 30, tzinfo=SOFIA),
)
SELLERS = ("ivan", "maria", "olga")


@pytest.mark.parametrize("now", MOMENTS[: examples(1, nightly=len(MOMENTS))], ids=str)
def test_the_demo_can_be_started_at_any_hour(now: datetime, tmp_path: Path) -> None:
    crm = load(resource_dir("examples") / "kitchen-sales").application
    assert crm is not None
    database = Database(f"sqlite:///{tmp_path / 'kitchen.db'}", FrozenClock(now))
    try:
        assert bring_up_to_date(crm, database, demo=True).story is Played.PLAYED
        tables = build_tables(crm)
        task, user, request = (tables.table(one) for one in ("task", "user", "request"))
        to, due, done = (tables.column("task", one) for one in ("to", "due", "done"))
        is_open = select(func.count()).select_from(task.join(user, user.c.id == to))
        with database.read() as connection:
            for login in SELLERS:
                mine = is_open.where(tables.column("user", "login") == login, done.is_(False))
                soon = due.between(now, now + timedelta(hours=3))
                assert connection.scalar(mine.where(due < now)), f"{login} is late with nothing"
                assert connection.scalar(mine.where(soon)), f"{login} has no call in three hours"
            fresh = select(func.count()).where(tables.column("request", "owner").is_(None))
            assert connection.scalar(fresh.select_from(request)) == 4
    finally:
        database.dispose()
