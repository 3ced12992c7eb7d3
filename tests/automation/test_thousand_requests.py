"""A thousand requests under a moved clock: exactly the calls and archives that the YAML says.

The sellers' presses are drawn by lot; what must come of them is said twice: by the YAML, and by a
model of a few lines here that shares nothing with the engine.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Connection, func, select

from engine.automation.worker import Worker
from engine.metadata.model.text import RecordRef, Value
from engine.runtime.actor import Actor
from engine.runtime.tables.system import RUNS, TIMERS
from tests.kit.office import Office, Opened

REQUESTS = 1_000
MINUTE = timedelta(minutes=1)
MORNING = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)  # 9:00 in Sofia, when work begins
CRM = """
    timezone: Europe/Sofia
    workdays: {days: [mon, tue, wed, thu, fri], from: "09:00", to: "18:00"}
    entities:
      request:
        fields:
          name: text
          owner: user
          reason: {type: choice, options: [unreachable, silent]}
          late: {type: integer, default: 0}
          stage: {type: stage, pipeline: calls}
    pipelines:
      calls:
        stages: {new: {sla: 15 workmin}, reached: {label: Reached}}
        buttons:
          busy:
            show_in: [new]
            ladder:
              tries: [5 min, 10 min, 30 min]
              each: [{task: {subject: "Busy {{ try }} of {{ tries }}", due: "= next_try"}}]
              then: [{set: {reason: unreachable}}, {archive: true}]
          no_answer:
            show_in: [new]
            ladder:
              tries: [2 h, 1 d]
              each: [{task: {subject: "No answer {{ try }} of {{ tries }}", due: "= next_try"}}]
              then: [{set: {reason: silent}}, {archive: true}]
          reached: {show_in: [new], do: [{done: {tasks: all}}, {move: reached}]}
    roles:
      seller: {can: {request: {every: all}}}
    automations:
      too_late:
        entity: request
        on: [{overdue: stage}]
        do: [{set: {late: "= late + 1"}}]
"""


@dataclass(frozen=True, slots=True)
class Press:
    """What a seller does at a time with a request, whose number in the order of arrival it says."""

    at: datetime
    request: int
    button: str


@dataclass(slots=True)
class Call:
    """A call that is to be made, and when that was over."""

    subject: str
    due: datetime
    over: datetime | None = None


@dataclass(slots=True)
class Request:
    """A request as the model sees it."""

    name: str
    owner: int
    made: datetime
    stage: str = "new"
    reason: str | None = None
    archived: bool = False
    left: datetime | None = None
    counts: Counter[str] = field(default_factory=Counter)
    calls: list[Call] = field(default_factory=list)

    def finish(self, at: datetime, name: str = "") -> None:
        """Open calls whose subject begins so are over."""
        for call in self.calls:
            if call.over is None and call.subject.startswith(name):
                call.over = at

    def leave(self, at: datetime, **what: Any) -> None:
        """The request is out of its stage, and nothing is to be done about it."""
        self.finish(at)
        self.left = at
        for name, value in what.items():
            setattr(self, name, value)


TRIES = {
    "busy": ("Busy", (5 * MINUTE, 10 * MINUTE, 30 * MINUTE), "unreachable"),
    "no_answer": ("No answer", (timedelta(hours=2), timedelta(days=1)), "silent"),
}


def model(created: list[datetime], presses: list[Press], sellers: list[int]) -> list[Request]:
    """Says what must come of the presses."""
    found = []
    for number, at in enumerate(created):
        request = Request(f"R{number}", sellers[number % len(sellers)], at)
        found.append(request)
    for one in presses:
        press(found[one.request], one)
    return found


def press(request: Request, one: Press) -> None:
    if one.button == "reached":
        request.leave(one.at, stage="reached")
        return
    name, tries, reason = TRIES[one.button]
    request.counts[one.button] += 1
    count = request.counts[one.button]
    request.finish(one.at, name)
    if count > len(tries):
        request.leave(one.at, reason=reason, archived=True)
    else:
        subject = f"{name} {count} of {len(tries)}"
        request.calls.append(Call(subject, one.at + tries[count - 1]))


def in_working_time(at: datetime, length: timedelta) -> datetime:
    """Counts from a moment of a working day before a working day."""
    evening = at.replace(hour=16, minute=0)
    return at + length if at + length <= evening else at + length + timedelta(hours=15)


def draw(random: Random) -> tuple[list[datetime], list[Press]]:
    """Draws when requests come in a working day, and what sellers press."""
    created = sorted(MORNING + random.randrange(36) * 15 * MINUTE for _ in range(REQUESTS))
    presses = [one for number, at in enumerate(created) for one in life(random, number, at)]
    return created, sorted(presses, key=lambda one: one.at)


def life(random: Random, number: int, at: datetime) -> Iterator[Press]:
    """Draws the presses of one request, until it is reached, given up or forgotten."""
    counts = Counter[str]()
    patience, luck = random.choice(((0.6, 15), (0.6, 15), (0.2, 1), (0.2, 1), (0.95, 1)))
    while random.random() < patience:
        at += random.choice((3, 5, 8, 12, 40)) * MINUTE
        button = random.choices(("busy", "no_answer", "reached"), (6, 3, luck))[0]
        yield Press(at, number, button)
        counts[button] += 1
        if button == "reached" or counts[button] > len(TRIES[button][1]):
            return


def play(crm: Office, sellers: list[Actor], created: list[datetime], presses: list[Press]) -> None:
    """Lets it all happen: at each moment first what people do, then what is due."""
    worker, head = Worker(lambda: crm.services), crm.person("head", "seller")
    arriving, pressing = defaultdict(list), defaultdict(list)
    for number, at in enumerate(created):
        owner = sellers[number % len(sellers)].user_id
        arriving[at].append({"name": f"R{number}", "owner": owner})
    for one in presses:
        pressing[one.at].append(one)
    for at in sorted({*arriving, *pressing}):
        wait(crm, worker, at)
        crm.services.records.create_many(head, "request", arriving[at])
        with crm.services.database.write() as connection:  # one commit for all of a moment
            for one in pressing[at]:
                push(crm, connection, sellers[one.request % len(sellers)], one)
    wait(crm, worker, crm.clock.now() + timedelta(days=4))


def push(crm: Office, connection: Connection, seller: Actor, one: Press) -> None:
    with crm.services.records.within(connection, seller) as deeds:
        deeds.press(seller, "request", one.request + 1, one.button, {})


def wait(crm: Office, worker: Worker, until: datetime) -> None:
    """Lets time pass: the clock goes to each timer that is due before, and there it fires."""
    first = select(func.min(TIMERS.c.due_at)).where(TIMERS.c.state == "waiting")
    while True:
        with crm.services.database.read() as connection:
            due = connection.scalar(first)
        if due is None or due >= until:
            crm.clock.move_to(until)
            return
        crm.clock.move_to(due)
        worker.run_due()


Story = tuple[list[Any], Counter[Any], Counter[Any]]


def expected(requests: list[Request]) -> Story:
    """Returns requests, calls and notices as the model has them."""
    rows, calls, notices = [], Counter[Any](), Counter[Any]()
    for number, one in enumerate(requests, 1):
        late_at = in_working_time(one.made, 15 * MINUTE)
        late = int(one.left is None or one.left > late_at)
        rows.append((one.name, one.owner, one.stage, one.reason, one.archived, late))
        for call in one.calls:
            calls[number, call.subject, call.due, call.over, one.owner] += 1
            if call.over is None or call.over > call.due:
                notices[one.owner, f"It is time: {call.subject}", number, call.due] += 1
    return rows, calls, notices


def observed(crm: Office) -> Story:
    """Returns requests, calls and notices as they are stored."""
    fields = ("name", "owner", "stage", "reason", "archived", "late")
    rows = [tuple(one[name] for name in fields) for one in crm.records("request")]
    calls = Counter(
        (about(one), one["subject"], one["due"], over(one), one["to"])
        for one in crm.records("task")
    )
    notices = Counter(
        (one["to"], one["text"], about(one), one["created_at"])
        for one in crm.records("notification")
    )
    return rows, calls, notices


def over(task: dict[str, Value]) -> Value:
    return task["updated_at"] if task["done"] else None


def about(record: dict[str, Value]) -> int:
    found = record["about"]
    assert isinstance(found, RecordRef)
    return found.id


def test_a_thousand_requests_come_to_what_the_yaml_says(opened: Opened) -> None:
    crm = opened(CRM)
    sellers = [crm.person(one, "seller") for one in ("ann", "bob", "cat")]
    created, presses = draw(Random(1))  # noqa: S311 - a lot, no secret
    play(crm, sellers, created, presses)
    wanted = expected(model(created, presses, [one.user_id or 0 for one in sellers]))
    assert observed(crm) == wanted
    assert_interesting(wanted)
    assert {one["state"] for one in crm.rows(RUNS)} == {"done"}
    assert {one["state"] for one in crm.rows(TIMERS)} == {"fired", "cancelled"}


def assert_interesting(wanted: Story) -> None:
    """The lot has drawn everything that the YAML speaks of, often."""
    rows, calls, notices = wanted
    outcomes = Counter(row[2:] for row in rows)
    assert len(rows) == REQUESTS
    assert {reason for _, reason, *_ in outcomes} == {None, "unreachable", "silent"}
    assert {late for *_, late in outcomes} == {0, 1}
    assert min(Counter(row[2:5] for row in rows).values()) > 20
    assert {subject for _, subject, *_ in calls} == {
        *(f"Busy {one} of 3" for one in (1, 2, 3)),
        *(f"No answer {one} of 2" for one in (1, 2)),
    }
    assert sum(calls.values()) > REQUESTS / 2
    assert sum(notices.values()) > REQUESTS / 5
