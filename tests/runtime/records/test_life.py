"""A long life of records: several people do anything in any order, and every promise still holds.

After each step SQL is asked: a version for each history row, an outbox row for each change, a stay
for each record, a timer for each open task with a due time and for each stage that may last so
long, every title as it would be made now. A refusal changes nothing.
"""

import random
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from engine.errors import Conflict, NotAllowed, NotFound, ValidationFailed
from engine.runtime.actor import ENGINE, Actor
from engine.runtime.records.changes import Saved, Seen
from engine.runtime.records.context import Scene, Setting
from engine.runtime.records.titles import names_of
from engine.runtime.tables.system import LADDERS
from tests.kit.applications import VET, application
from tests.kit.examples import examples
from tests.kit.writer import Desk, person, writing

REFUSED = (ValidationFailed, NotAllowed, NotFound, Conflict)
ENTITIES = ("owner", "animal", "visit", "task")
BUTTONS = """
    buttons:
      call:
        show_in: [booked]
        ladder:
          tries: [5 min, 1 h]
          each: [{task: {subject: Call, due: "= next_try", type: call}}]
          then: [{archive: true}]
      begin:
        show_in: [booked]
        ask: {diagnosis: {}, fee: {required: true}}
        do: [{move: treatment}]
      lose: {do: [{done: {tasks: all}}, {archive: true}]}
"""
LIVELY = (
    VET.replace("    moves:\n      booked:", f"{BUTTONS.strip(chr(10))}\n    moves:\n      booked:")
    .replace("booked: {label: Booked,", "booked: {sla: 4 workh, label: Booked,")
    .replace("treatment: {label:", "treatment: {sla: 2 d, label:")
)
STAGES = ("booked", "treatment", "to_pay", "done", "missed")
FIELDS: dict[str, dict[str, list[Any]]] = {
    "owner": {
        "name": ["Anna", "Bea", "", "x" * 121],
        "phone": ["0888 123 456", "0888 123 457", "", "12"],
        "city": ["Sofia", "Varna", ""],
        "groups": [["regular"], ["regular", "shelter"], [], ["x"]],
        "margin": ["5", "7,5", "", "1,23"],
    },
    "animal": {
        "name": ["Rex", "Max", ""],
        "owner": [1, 2, 3, 999, ""],
        "legs": [3, 4, -1, ""],
        "chip": ["123456789012345", "1", ""],
        "aggressive": [True, False],
        "caution": ["bites", ""],
    },
    "visit": {
        "animal": [1, 2, 3, 999],
        "vet": [1, 2, 3, ""],
        "fee": ["30", "0", "-1", "35,50"],
        "paid": ["0", "30", "99"],
        "diagnosis": ["flu", ""],
        "at": ["tomorrow 10:00", "in 1 w", "", "never"],
        "number": ["V-1"],
    },
    "task": {
        "subject": ["Call", "Write", ""],
        "due": ["in 1 h", "tomorrow 9:00", ""],
        "about": ["visit/1", "visit/2", "owner/1", ""],
        "done": [True, False],
        "to": [1, 2, 3],
    },
}
NUMBERS = st.integers(0, 999)


class Life(RuleBasedStateMachine):
    """Several people working on the same records; what stands below is set from outside.

    One life goes on from example to example, so nothing that is drawn may depend on what was made:
    a record is drawn as a number among those that there are (`records`).
    """

    desk: Desk
    people: tuple[Actor, ...]
    records: list[Saved]

    def _record(self, number: int) -> Saved:
        return self.records[number % len(self.records)]

    def _try(self, deed: Callable[[], Saved]) -> Saved | None:
        before = self.desk.digest()
        try:
            return deed()
        except REFUSED:
            assert self.desk.digest() == before
            return None

    def _payload(self, entity: str, seed: int) -> dict[str, object]:
        chance = random.Random(seed)  # noqa: S311 - a payload is no secret
        fields = FIELDS[entity]
        names = chance.sample(sorted(fields), chance.randint(1, len(fields)))
        return {name: chance.choice(fields[name]) for name in names}

    @rule(
        entity=st.sampled_from(ENTITIES),
        who=st.integers(0, 4),
        seed=st.integers(0, 10**6),
        complete=st.booleans(),
    )
    def create(self, entity: str, who: int, seed: int, complete: bool) -> None:
        payload = self._payload(entity, seed)
        if complete:
            payload = {name: values[0] for name, values in FIELDS[entity].items()} | payload
            payload.pop("number", None)
        made = self._try(lambda: self.desk.service.create(self.people[who], entity, payload))
        if made is not None:
            self.records.append(made)

    @rule(
        number=NUMBERS, who=st.integers(0, 4), seed=st.integers(0, 10**6), behind=st.integers(0, 2)
    )
    def update(self, number: int, who: int, seed: int, behind: int) -> None:
        record = self._record(number)
        version = self.desk.values(record)["version"]
        assert isinstance(version, int)
        payload = self._payload(record.entity, seed)
        self._try(
            lambda: self.desk.service.update(
                self.people[who], record.entity, record.id, payload, max(1, version - behind)
            )
        )

    @rule(number=NUMBERS, who=st.integers(0, 4), stage=st.sampled_from(STAGES), ready=st.booleans())
    def move(self, number: int, who: int, stage: str, ready: bool) -> None:
        record = self._record(number)
        payload = {"diagnosis": "flu", "paid": "30", "fee": "30"} if ready else {}
        self._try(
            lambda: self.desk.service.move(
                self.people[who], record.entity, record.id, stage, payload
            )
        )

    @rule(
        number=NUMBERS,
        who=st.integers(0, 4),
        deed=st.sampled_from(["archive", "restore", "delete", "restore"]),
    )
    def set_state(self, number: int, who: int, deed: str) -> None:
        record = self._record(number)
        done = getattr(self.desk.service, deed)
        self._try(lambda: done(self.people[who], record.entity, record.id))

    @rule(
        visit=st.integers(1, 3),
        who=st.sampled_from([0, 0, 1, 2, 4]),
        name=st.sampled_from(["call", "call", "call", "begin", "lose"]),
        seed=st.integers(0, 10**6),
        number=st.integers(0, 4),
    )
    def press(self, visit: int, who: int, name: str, seed: int, number: int) -> None:
        chance = random.Random(seed)  # noqa: S311 - a payload is no secret
        fees = {"fee": chance.choice(FIELDS["visit"]["fee"])} if name == "begin" else {}
        seen = chance.choice([None, Seen("booked", number), Seen("treatment", number)])
        self._try(
            lambda: self.desk.service.press(self.people[who], "visit", visit, name, fees, seen)
        )

    @rule(number=NUMBERS, who=st.integers(0, 4))
    def note(self, number: int, who: int) -> None:
        record = self._record(number)
        self._try(
            lambda: self.desk.service.note(self.people[who], record.entity, record.id, "hello")
        )

    @invariant()
    def promises_hold(self) -> None:
        assert self.desk.broken() == []

    @invariant()
    def open_tasks_have_timers(self) -> None:
        with self.desk.stock.database.read() as connection:
            tasks = connection.execute(
                text(
                    "SELECT id FROM e_task WHERE due IS NOT NULL AND NOT done "
                    "AND NOT archived AND trashed_at IS NULL ORDER BY id"
                )
            )
            timers = connection.execute(
                text(
                    "SELECT record_id FROM kt_timers WHERE kind = 'task_due' "
                    "AND state = 'waiting' ORDER BY record_id"
                )
            )
            assert tasks.scalars().all() == timers.scalars().all()

    @invariant()
    def stages_that_may_last_so_long_have_timers(self) -> None:
        with self.desk.stock.database.read() as connection:
            visits = connection.execute(
                text(
                    "SELECT id FROM e_visit WHERE stage IN ('booked', 'treatment') "
                    "AND NOT archived AND trashed_at IS NULL ORDER BY id"
                )
            )
            timers = connection.execute(
                text(
                    "SELECT record_id FROM kt_timers WHERE kind = 'sla' "
                    "AND state = 'waiting' ORDER BY record_id"
                )
            )
            assert visits.scalars().all() == timers.scalars().all()

    @invariant()
    def ladders_stand_where_they_were_pressed_last(self) -> None:
        for ladder in self.desk.rows(LADDERS):
            visit = Saved("visit", ladder["record_id"], 0)
            presses = [row["press"] for row in self.desk.history(visit) if row["press"]]
            last = [one for one in presses if one["button"] == ladder["button"]][-1]
            assert last["number"] == ladder["count"]

    @invariant()
    def titles_are_fresh(self) -> None:
        desk, tools = self.desk, self.desk.service.tools
        setting = Setting(
            desk.stock.clock.now(),
            desk.service.zone,
            desk.stock.application.workdays,
            ENGINE,
        )
        with desk.stock.database.read() as connection:
            scene = Scene(connection, tools.entities, setting, tools.words.shower(""))
            for entity in ENTITIES:
                compiled = tools.entities[entity]
                for row in connection.execute(compiled.table.select()).mappings():
                    values = scene.lookup.values(entity, row["id"])
                    assert values is not None
                    assert names_of(scene, compiled, row["id"], values).title == row["title"]


def test_every_promise_holds_whatever_people_do(database_url: str) -> None:
    with writing(application(LIVELY), database_url, by_rules=True) as desk:
        people = (
            person(desk, "helen", "head"),
            person(desk, "victor", "vet"),
            person(desk, "rita", "reception"),
            person(desk, "sam"),
            ENGINE,
        )
        records: list[Saved] = []
        for name in ("Anna", "Bea", "Cleo"):
            owner = desk.service.create(ENGINE, "owner", {"name": name})
            animal = desk.service.create(ENGINE, "animal", {"name": f"{name}'s", "owner": owner.id})
            visit = desk.service.create(ENGINE, "visit", {"animal": animal.id, "vet": 1})
            records += (owner, animal, visit)
        life = type("LifeHere", (Life,), {"desk": desk, "people": people, "records": records})
        run_state_machine_as_test(
            life,
            settings=settings(
                max_examples=examples(4, nightly=60),
                stateful_step_count=25,
                suppress_health_check=list(HealthCheck),
                database=None,
            ),
        )
