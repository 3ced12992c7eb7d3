"""A small office whose demo tells a story: for tests of the player, and for one that is killed."""

import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from engine.app import open_services
from engine.clock import FrozenClock
from engine.metadata.model.application import Application
from engine.runtime.database import Database
from engine.runtime.plan.apply import apply
from engine.runtime.plan.compare import make_plan
from engine.runtime.plan.rows import load_rows
from engine.runtime.tables.entity import build_tables
from engine.runtime.tables.system import SYSTEM
from engine.scenarios.story import Played, play_story, unheard
from tests.kit.applications import application

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday, 11:00 in Sofia

CRM = """
name: office
timezone: Europe/Sofia
phone_region: BG
workdays: {days: [mon, tue, wed, thu, fri], from: "09:00", to: "18:00"}
entities:
  request:
    fields:
      name: {type: text, required: true}
      owner: {type: user, default: "= user"}
      client: {type: link, to: client}
      next: datetime
      stage: stage
  client: {fields: {name: {type: text, required: true}, since: date}}
pipelines:
  intake:
    stages:
      new: {label: New, sla: 15 workmin}
      working: {label: In work, require: [next]}
      done: {label: Done, closes: done}
    buttons:
      busy:
        label: Busy
        show_in: [new, working]
        ladder:
          tries: [5 min, 10 min]
          each:
            - task: {subject: "Call {{ name }}", due: "= next_try", to: "= user", type: call}
          then: [{archive: true}]
      client:
        label: New client
        ask: {since: {type: date, required: true}}
        do:
          - create: {entity: client, as: made, set: {name: "= name", since: "= ask.since"}}
          - set: {client: "= made"}
          - move: done
automations:
  late:
    label: Nobody looks
    entity: request
    on: [{overdue: stage}]
    do: [{notify: {to: {user: eva}, text: "{{ name }} waits since {{ created_at }}"}}]
  late_call:
    label: Nobody calls
    entity: request
    on: [{overdue: task}]
    do: [{notify: {to: {user: eva}, text: "Nobody calls {{ name }}"}}]
roles:
  seller: {can: {request: {every: all}, client: {every: all}}}
  reader: {can: {request: {see: all}}}
"""
PEOPLE = """
rows:
  user:
    ivan: {name: Ivan, roles: [seller]}
    eva: {name: Eva, roles: [seller]}
    rita: {name: Rita, roles: [reader]}
"""
STORY = """
story:
  - {at: today 9:00, as: ivan, create: {request r1: {name: Anna, next: tomorrow 10:00}}}
  - {at: today 9:05, as: eva, create: {request r2: {name: Boris}}}
  - {at: today 9:07, as: eva, move: working on r2, ask: {next: in 1 h}}
  - {at: today 9:20, as: ivan, press: busy on r1}
  - {at: today 9:40, press: busy on r1}
  - {at: today 9:41, done: r1, result: "Busy still"}
  - {at: today 9:42, as: eva, set: {r2: {next: "2026-03-03 12:00"}}}
  - {at: today 10:00, as: ivan, press: client on r1, ask: {since: yesterday}, makes: {client: c1}}
  - {at: today 10:01, note: {c1: Wants oak}}
  - {at: today 10:02, as: eva, set: {r2: {client: c1}}}
  - {at: today 10:10, press: busy on r2}
  - {at: today 10:12, archive: r2}
"""


def office(story: str = STORY) -> Application:
    """Returns the office with a story."""
    return application(CRM, **{"demo/people.yaml": PEOPLE, "demo/story.yaml": story})


@contextmanager
def opened(url: str, crm: Application, at: datetime = NOW) -> Iterator[Database]:
    """Opens an empty database of the office, with the rows of its demo."""
    database = Database(url, FrozenClock(at))
    try:
        apply(database, make_plan(database, crm), crm, "tester")
        load_rows(crm, database, open_services(crm, database).records, demo=True)
        yield database
    finally:
        database.dispose()


def play(database: Database, crm: Application) -> Played:
    """Applies the office as it is told now, and plays its story."""
    apply(database, make_plan(database, crm), crm, "tester")
    return play_story(crm, database, unheard)


def told(database: Database, crm: Application, *, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """Returns all that has happened: records, history, timers, counters, runs."""
    tables = [*build_tables(crm).tables.values(), *SYSTEM.sorted_tables]
    hidden = {"lease_token", "lease_until", "token"}
    with database.read() as connection:
        return {
            table.name: sorted(
                json.dumps(
                    {name: value for name, value in row.items() if name not in hidden},
                    sort_keys=True,
                    default=str,
                )
                for row in connection.execute(select(table)).mappings()
            )
            for table in tables
            if table.name not in without
        }


def main() -> None:
    """Plays a story and is killed inside the transaction of one of its lines."""
    from engine.scenarios.lines import Lines  # noqa: PLC0415 - only here it is another one

    url, last = sys.argv[1], sys.argv[2]
    one_by_one = Lines.play

    def killed(self: Lines, connection: Any, line: Any, known: Any) -> None:
        one_by_one(self, connection, line, known)
        if f"{line.at} {line.verb}" == last:
            os.kill(os.getpid(), signal.SIGKILL)

    Lines.play = killed  # type: ignore[method-assign] # this process has no other purpose
    database = Database(url, FrozenClock(NOW))
    play(database, office())


if __name__ == "__main__":
    main()
