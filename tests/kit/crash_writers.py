"""People who write while programs are killed, and keep what was acknowledged to them in a file.

Each thing is done under a token of its own. Whoever gets no answer asks again, blindly, with the
same token, until there is one.
"""

import json
import random
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

from engine.runtime.records.changes import Seen
from tests.kit.crash_doors import Answer, Defect, Door, NoAnswer

WRITERS = 4
PATIENCE = 60.0
PAUSE = 0.02
DIGITS = 10**4  # of each writer in the tally: nobody ever stores what somebody else would


@dataclass(frozen=True, slots=True)
class Ack:
    """What somebody was told: the token, what it was about, and after how many tries."""

    token: str
    deed: str
    status: int
    entity: str
    record_id: int | None
    writer: int
    tries: int
    button: str = ""

    @property
    def is_done(self) -> bool:
        """Says whether it was acknowledged."""
        return 200 <= self.status < 400


@dataclass
class AckFile:
    """The file of what was told to whom; a line is there before the next thing is done."""

    path: Path
    _turn: threading.Lock = field(default_factory=threading.Lock)
    number: int = 0

    def note(self, ack: Ack) -> None:
        """Appends a line."""
        line = json.dumps(asdict(ack))
        with self._turn, self.path.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
            self.number += 1

    def read(self) -> list[Ack]:
        """Returns what was noted."""
        if not self.path.exists():
            return []
        return [Ack(**json.loads(one)) for one in self.path.read_text("utf-8").splitlines()]


@dataclass
class Writer:
    """One person at work: makes requests, presses on them, moves them, and counts."""

    number: int
    door: Door
    acks: AckFile
    counter: int
    shared: Sequence[int]  # requests on which all press the same
    stop: threading.Event
    seed: int
    mine: list[tuple[int, int]] = field(default_factory=list)  # requests, and the next try
    error: BaseException | None = None

    def run(self) -> None:
        """Works until it is told to stop; what is begun is brought to its end."""
        luck = random.Random(self.seed * 100 + self.number)  # noqa: S311 - no secret
        try:
            while not self.stop.is_set():
                self.turn(luck)
        except BaseException as error:  # noqa: BLE001 - told to the test, which fails by it
            self.error = error
        finally:
            self.door.close()

    def turn(self, luck: random.Random) -> None:
        """Does one thing."""
        match luck.randrange(10):
            case 0 | 1 | 2:
                self._create()
            case 3 | 4 if self.mine:
                self._climb(luck.randrange(len(self.mine)))
            case 5 | 6 if self.mine:
                self._finish(self.mine.pop(luck.randrange(len(self.mine))), luck)
            case 7 if self.shared:
                self._press_with_all(luck.choice(self.shared))
            case _:
                self._count()

    def _create(self) -> None:
        name = f"{self.number}-{uuid.uuid4().hex[:12]}"
        answer = self._insist(
            "create", "request", None, lambda t: self.door.create("request", {"name": name}, t)
        )
        if answer is not None and answer.record_id is not None:
            self.mine.append((answer.record_id, 1))

    def _climb(self, place: int) -> None:
        """Presses the ladder of a request once more."""
        record_id, number = self.mine[place]
        seen = Seen("new", number)
        answer = self._insist(
            "press",
            "request",
            record_id,
            lambda t: self.door.press(("request", record_id), "busy", seen, t),
            "busy",
        )
        if answer is not None:
            self.mine[place] = (record_id, number + 1)
        if number == 3:
            del self.mine[place]

    def _finish(self, mine: tuple[int, int], luck: random.Random) -> None:
        """Takes a request, throws it away, or moves it by hand."""
        record = ("request", mine[0])
        match luck.randrange(3):
            case 0:
                seen = Seen("new", 0)
                self._insist(
                    "press", *record, lambda t: self.door.press(record, "take", seen, t), "take"
                )
            case 1:
                seen = Seen("new", 0)
                self._insist(
                    "press", *record, lambda t: self.door.press(record, "junk", seen, t), "junk"
                )
            case _:
                self._insist("move", *record, lambda t: self.door.move(record, "taken", t))

    def _press_with_all(self, record_id: int) -> None:
        record = ("request", record_id)
        seen = Seen("new", 0)
        self._insist("press", *record, lambda t: self.door.press(record, "take", seen, t), "take")

    def _count(self) -> None:
        """Adds one to this writer's part of the tally, again and again until it is stored."""
        record = ("counter", self.counter)
        step = DIGITS**self.number
        while not self.stop.is_set():
            try:
                version, tally = self.door.read(record, "tally")
            except NoAnswer:
                time.sleep(PAUSE)
                continue
            store = partial(self.door.update, record, {"tally": tally + step}, version)
            answer = self._insist("count", *record, store)
            if answer is None or answer.is_done:
                return

    def _insist(
        self,
        deed: str,
        entity: str,
        record_id: int | None,
        send: Callable[[str], Answer],
        button: str = "",
    ) -> Answer | None:
        """Sends one thing under one token until somebody answers; None where nobody ever does."""
        token = uuid.uuid4().hex
        deadline, tries = time.monotonic() + PATIENCE, 0
        while time.monotonic() < deadline:
            tries += 1
            try:
                answer = send(token)
            except NoAnswer:
                time.sleep(PAUSE)
                continue
            found = answer.record_id or record_id
            self.acks.note(
                Ack(token, deed, answer.status, entity, found, self.number, tries, button)
            )
            return answer
        raise Defect(f"nobody answered {deed} of {entity} {record_id} for {PATIENCE} s")


@contextmanager
def at_work(writers: Sequence[Writer]) -> Iterator[None]:
    """Lets writers work meanwhile; afterwards whatever stopped one of them is raised."""
    threads = [threading.Thread(target=one.run, daemon=True) for one in writers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for one in writers:
            one.stop.set()
        for thread in threads:
            thread.join(2 * PATIENCE)
    for one in writers:
        if one.error is not None:
            raise one.error
