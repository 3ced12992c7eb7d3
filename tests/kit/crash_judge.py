"""What came of a crash test: acknowledged and lost, done twice or not at all, promises broken."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.runtime.tables.system import FORM_TOKENS, TIMERS
from tests.kit.crash_writers import DIGITS, WRITERS, Ack
from tests.kit.oracles import Books, Row, broken_by_rules, late_timers


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of it all."""

    events: int
    acknowledged: int
    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    broken: tuple[str, ...]

    @property
    def found(self) -> list[str]:
        """Returns everything that must not be."""
        return [*self.lost, *self.doubled, *self.broken]


def judge(books: Books, told: Sequence[Ack], now: datetime) -> Judged:
    """Asks everything, when nothing is at work any more."""
    broken = broken_by_rules(books)
    if late := late_timers(books, now):
        broken.append(f"{late} timers are lost")
    history = books.history()
    return Judged(
        events=sum(map(len, history.values())),
        acknowledged=sum(one.is_done for one in told),
        lost=tuple(_lost(books, history, told)),
        doubled=(*_reminded(books), *_followed(books, history)),
        broken=(*broken, *_miscounted(books, told)),
    )


def _lost(
    books: Books, history: dict[tuple[str, int], list[Row]], told: Sequence[Ack]
) -> Iterator[str]:
    """Yields what was acknowledged and is not there, and what is there and was refused (G2, G3)."""
    results = {row["token"]: row["result"] for row in books.rows(FORM_TOKENS)}
    for ack in told:
        changes = history.get((ack.entity, ack.record_id or 0), [])
        wrong = _wrong(ack, results.get(ack.token), changes)
        if wrong:
            yield f"{ack}: {wrong}"


def _wrong(ack: Ack, result: Row | None, changes: Sequence[Row]) -> str:
    """Returns what is wrong with what somebody was told."""
    if not ack.is_done:
        return "done, and refused when it was asked again" if result else ""
    if result is None or (result["entity"], result["id"]) != (ack.entity, ack.record_id):
        return "acknowledged, and its token is lost"
    if not changes or changes[-1]["version"] < result["version"]:
        return "acknowledged and lost"
    if ack.deed in ("create", "count") and all(row["token"] != ack.token for row in changes):
        return "acknowledged, and nothing has changed"
    if ack.button and all((row["press"] or {}).get("button") != ack.button for row in changes):
        return "acknowledged, and not pressed"
    return ""


def _reminded(books: Books) -> Iterator[str]:
    """Yields the tasks whose timer has fired and whose person was not reminded once (G6)."""
    reminders = Counter(one["text"] for one in books.rows(books.tables.table("notification")))
    tasks = {one["id"]: one["subject"] for one in books.rows(books.tables.table("task"))}
    for timer in books.rows(TIMERS):
        if timer["entity"] == "task" and timer["state"] == "fired":
            number = reminders[f"It is time: {tasks[timer['record_id']]}"]
            if number != 1:
                yield f"task {timer['record_id']}: reminded {number} times"


def _followed(books: Books, history: dict[tuple[str, int], list[Row]]) -> Iterator[str]:
    """Yields the requests of which something followed twice, or did not follow (G1, G7)."""
    notices = Counter(one["text"] for one in books.rows(books.tables.table("notification")))
    tasks = Counter(one["subject"] for one in books.rows(books.tables.table("task")))
    for one in books.rows(books.tables.table("request")):
        name, changes = one["name"], history.get(("request", one["id"]), [])
        stages = [row["after"]["stage"] for row in changes if "stage" in row["fields"]]
        pressed = Counter(row["press"]["button"] for row in changes if row["press"])
        expected = {
            f"Call {name}": 1,
            f"Prepare {name}": pressed["take"],
            f"Try 1 of {name}": min(pressed["busy"], 1),
            f"Try 2 of {name}": min(max(pressed["busy"] - 1, 0), 1),
        }
        found = {subject: tasks[subject] for subject in expected}
        if found != expected or one["steps"] != pressed["take"] or pressed["take"] > 1:
            yield f"request {one['id']}, pressed {dict(pressed)}: {found}, {one['steps']} steps"
        if not notices[f"Taken: {name}"] == stages.count("taken") <= 1:
            yield f"request {one['id']}: {stages}, told {notices[f'Taken: {name}']} times"


def _miscounted(books: Books, told: Sequence[Ack]) -> Iterator[str]:
    """Yields the writers of whom the tally holds another number than was acknowledged (G8)."""
    (row,) = books.rows(books.tables.table("counter"))
    counted = Counter(one.writer for one in told if one.is_done and one.deed == "count")
    for number in range(WRITERS):
        stored = row["tally"] // DIGITS**number % DIGITS
        if stored != counted[number]:
            yield f"writer {number} was told of {counted[number]} counts, there are {stored}"
