"""Demo stories: what is told happens as it would have by hand, once, whatever comes between."""

import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from engine.app import open_services
from engine.automation.worker import Worker
from engine.clock import FrozenClock
from engine.errors import Refused
from engine.metadata.model.application import Application
from engine.runtime.accounts.users import Users
from engine.runtime.actor import Actor
from engine.runtime.database import Database
from engine.runtime.records.service import RecordService
from engine.runtime.services import Services
from engine.runtime.tables.system import HISTORY, ROW_KEYS, RUNS, TIMERS
from engine.scenarios import story
from engine.scenarios.story import Played, play_story
from tests.kit import told as kit
from tests.kit.told import NOW, STORY, office, opened, play, told

SOFIA = ZoneInfo("Europe/Sofia")
BESIDE = ("kt_meta", "kt_outbox", "kt_versions", "kt_row_keys")


@pytest.fixture
def other_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'other.db'}"


def by_hand(records: RecordService, ivan: Actor, eva: Actor) -> Mapping[str, Callable[[], object]]:
    """Returns what the story tells, to be done at these times."""
    anna = {"name": "Anna", "next": "2026-03-03 10:00"}
    soon, later = {"next": "2026-03-02 10:07"}, {"next": "2026-03-03 12:00"}
    since = {"since": "2026-03-01"}
    return {
        "09:00": lambda: records.create(ivan, "request", anna),
        "09:05": lambda: records.create(eva, "request", {"name": "Boris"}),
        "09:07": lambda: records.move(eva, "request", 2, "working", soon),
        "09:20": lambda: records.press(ivan, "request", 1, "busy"),
        "09:40": lambda: records.press(ivan, "request", 1, "busy"),
        "09:41": lambda: records.finish_task(ivan, 2, "Busy still"),
        "09:42": lambda: records.update(eva, "request", 2, later, 2),
        "10:00": lambda: records.press(ivan, "request", 1, "client", since),
        "10:01": lambda: records.note(ivan, "client", 1, "Wants oak"),
        "10:02": lambda: records.update(eva, "request", 2, {"client": 1}, 3),
        "10:10": lambda: records.press(eva, "request", 2, "busy"),
        "10:12": lambda: records.archive(eva, "request", 2),
    }


def live(database: Database, crm: Application) -> None:
    """Lets the morning pass minute by minute: the worker looks, then people do things."""
    clock = FrozenClock(datetime(2026, 3, 2, 9, 0, tzinfo=SOFIA))
    services = open_services(crm, database, clock=clock)
    worker = Worker(lambda: services)
    deeds = by_hand(services.records, actor(services, "ivan"), actor(services, "eva"))
    while clock.now() <= NOW:
        worker.run_due()
        deed = deeds.get(f"{clock.now().astimezone(SOFIA):%H:%M}")
        if deed:
            deed()
        clock.pass_(timedelta(minutes=1))


def actor(services: Services, login: str) -> Actor:
    users = Users(services.application, services.tables)
    with services.database.read() as connection:
        user = users.by_login(connection, login)
        found = users.acting(connection, user.id) if user else None
    assert found is not None
    return found


def seen(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Returns what has happened, without the numbers that a database gives to rows."""
    history, timers = HISTORY.c, TIMERS.c
    queries = {
        "history": select(
            *(history.at, history.entity, history.action, history.version),
            *(history.actor_kind, history.actor_name, history.press),
        ),
        "timers": select(timers.kind, timers.due_at, timers.state, timers.fired_at),
        "keys": select(ROW_KEYS.c.entity, ROW_KEYS.c.key, ROW_KEYS.c.loaded_at),
        "runs": select(RUNS.c.rule_id, RUNS.c.state, RUNS.c.started_at),
    }
    with database.read() as connection:
        return {
            name: sorted((tuple(row) for row in connection.execute(query)), key=repr)
            for name, query in queries.items()
        }


def test_a_story_comes_to_what_the_same_deeds_come_to_by_hand(
    database_url: str, other_url: str
) -> None:
    crm = office()
    with opened(database_url, crm) as database:
        assert play(database, crm) is Played.PLAYED
        found = told(database, crm, without=BESIDE)
    with opened(other_url, crm) as database:
        live(database, crm)
        assert found == told(database, crm, without=BESIDE)
    assert len(found["e_task"]) == 3
    assert sum("Anna waits" in one for one in found["e_notification"]) == 1
    assert sum("Nobody calls Anna" in one for one in found["e_notification"]) == 1


def test_a_story_is_played_once(database_url: str) -> None:
    crm = office()
    with opened(database_url, crm) as database:
        play(database, crm)
        before = told(database, crm)
        assert play(database, crm) is Played.NOTHING_NEW
        assert told(database, crm) == before


@pytest.mark.parametrize("last", ["today 9:05 create", "today 9:40 press", "today 10:00 press"])
def test_a_play_that_was_killed_goes_on_behind_its_last_line(
    database_url: str, other_url: str, last: str
) -> None:
    crm = office()
    with opened(database_url, crm) as database:
        command = (sys.executable, kit.__file__, database_url, last)
        killed = subprocess.run(command, check=False, capture_output=True, timeout=60)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        half = seen(database)["history"]
        assert play(database, crm) is Played.PLAYED
        found = seen(database)
    with opened(other_url, crm) as database:
        play(database, crm)
        assert found == seen(database)
    assert len(half) < len(found["history"])


def test_a_refused_line_names_its_place_and_what_was_played_before_it_stays(
    database_url: str, other_url: str
) -> None:
    wrong = office(STORY.replace("press: client on r1, ask: {since: yesterday}", "move: new on r1"))
    unready = office(STORY.replace("ask: {next: in 1 h}", "ask: {}"))
    right = office()
    with opened(database_url, right) as database:
        with pytest.raises(Refused, match=r"^demo/story.yaml:4:5: this line .* refused: next: "):
            play(database, unready)
        with pytest.raises(Refused, match=r"^demo/story.yaml:9:5: .* No record of client has"):
            play(database, wrong)
        assert play(database, right) is Played.PLAYED
        mended = seen(database)
    with opened(other_url, right) as database:
        play(database, right)
        assert mended == seen(database)


def test_people_have_the_rights_of_their_roles(database_url: str) -> None:
    crm = office(STORY.replace("9:05, as: eva", "9:05, as: rita"))
    with opened(database_url, crm) as database:
        with pytest.raises(Refused, match=r"^demo/story.yaml:3:5: "):
            play(database, crm)
        assert [one[2] for one in seen(database)["history"] if one[1] == "request"] == ["create"]


def test_another_story_is_not_played_on_top_of_one(database_url: str) -> None:
    crm = office()
    with opened(database_url, crm) as database:
        play(database, crm)
        but = ("kt_versions",)  # another story is another version
        before = told(database, crm, without=but)
        assert play(database, office(STORY.replace("Anna", "Hanna"))) is Played.IS_ANOTHER
        assert told(database, crm, without=but) == before
        longer = office(f"{STORY}  - {{at: 5 min ago, as: eva, note: {{r2: Called again}}}}\n")
        assert play(database, longer) is Played.PLAYED
        assert len(told(database, crm)["e_activity"]) == len(before["e_activity"]) + 1


def test_moments_are_counted_from_the_beginning_and_nothing_happens_in_the_future(
    database_url: str,
) -> None:
    lines = """
story:
  - {at: today 23:50, as: eva, note: {r1: third}}
  - {at: today 23:40, as: eva, note: {r1: second}}
  - {at: 3 d ago 10:00, as: ivan, create: {request r1: {name: Anna}}}
  - {at: 3 d ago 10:00, as: ivan, note: {r1: first}}
"""
    crm = office(lines)
    with opened(database_url, crm) as database:
        play(database, crm)
        notes = select(HISTORY.c.at, HISTORY.c.after).where(HISTORY.c.entity == "activity")
        with database.read() as connection:
            rows = connection.execute(notes.order_by(HISTORY.c.id)).all()
    friday = datetime(2026, 2, 27, 10, 0, tzinfo=SOFIA)
    assert [(row.at, row.after["text"]) for row in rows] == [
        (friday, "first"),
        (NOW, "second"),
        (NOW, "third"),
    ]


def test_whoever_watches_hears_how_far_the_story_is(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(story, "AT_ONCE", 4)
    heard: list[tuple[int, int]] = []
    crm = office()
    with opened(database_url, crm) as database:
        play_story(crm, database, lambda played, lines: heard.append((played, lines)))
    assert heard[-1] == (12, 12)
    assert heard == sorted(set(heard))
    assert max(b[0] - a[0] for a, b in pairwise(heard)) <= 4
