"""A watched folder: what is applied by itself, what asks, what is told, and what never happens."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent

import pytest
from sqlalchemy import text

from engine.app import applied_services
from engine.errors import Refused
from engine.live import LiveFolder
from engine.metadata.load import load, load_sources
from engine.runtime.actor import ENGINE
from engine.runtime.database import Database
from engine.runtime.plan.agreement import Agreement
from engine.runtime.plan.folder import FolderState, Standing
from engine.runtime.plan.renames import NO_RENAMES, read_renames
from engine.runtime.plan.steps import Plan
from engine.runtime.plan.versions import applied_version
from engine.start import bring_up_to_date
from engine.watching import fingerprint, watching

CRM = """
    name: shop
    label: Corner shop
    entities:
      client:
        label: Client
        fields:
          name: {type: text, required: true}
          phone: {type: phone, label: Phone}
    roles: {seller: {can: {client: {every: all}}}}
"""
PHONE = "phone: {type: phone, label: Phone}"
PATIENCE = 20.0


@dataclass
class Desk:
    """A folder, its database, and what was told of it."""

    folder: Path
    database: Database
    told: list[tuple[FolderState, Plan | None]] = field(default_factory=list)
    gone_over: int = 0
    live: LiveFolder = field(init=False)

    def __post_init__(self) -> None:
        loaded = load(self.folder)
        assert loaded.application is not None
        bring_up_to_date(loaded.application, self.database)
        now = self.database.clock.now()
        self.live = LiveFolder(
            self.folder,
            self.database,
            FolderState(Standing.SERVED, now),
            tell=lambda state, plan: self.told.append((state, plan)),
            go_over=self.go_over,
        )

    def go_over(self) -> None:
        self.gone_over += 1

    def write(self, before: str, after: str) -> None:
        """Saves crm.yaml with one place changed."""
        path = self.folder / "crm.yaml"
        path.write_text(path.read_text("utf-8").replace(before, after, 1), encoding="utf-8")

    def save(self, text: str) -> None:
        (self.folder / "crm.yaml").write_text(text, encoding="utf-8")

    @property
    def text(self) -> str:
        return (self.folder / "crm.yaml").read_text("utf-8")

    def look(self) -> FolderState:
        self.live.settle(self.live.examine())
        return self.live.state

    @property
    def served(self) -> str:
        """The texts of the version that is applied."""
        version = applied_version(self.database)
        assert version is not None
        return version.sources["crm.yaml"]

    @property
    def standings(self) -> list[str]:
        return [str(state.standing) for state, _ in self.told]

    def insert(self, count: int) -> None:
        records = applied_services(self.database).records
        for number in range(count):
            payload = {"name": f"Client {number}", "phone": "+359888123456"}
            records.create(ENGINE, "client", payload)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    yield from a_desk(tmp_path, f"sqlite:///{tmp_path / 'kartoteka.db'}")


@pytest.fixture
def any_desk(tmp_path: Path, database_url: str) -> Iterator[Desk]:
    yield from a_desk(tmp_path, database_url)


def a_desk(tmp_path: Path, url: str) -> Iterator[Desk]:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "crm.yaml").write_text(dedent(CRM).lstrip("\n"), encoding="utf-8")
    database = Database(url)
    try:
        yield Desk(folder, database)
    finally:
        database.dispose()


def test_what_only_adds_is_applied_at_once_and_told(desk: Desk) -> None:
    desk.write(PHONE, f"{PHONE}\n      city: {{type: text, label: City, help: Where they live}}")
    state = desk.look()

    assert state.standing is Standing.SERVED
    assert desk.served == desk.text
    assert desk.gone_over == 1
    (_, plan), *_ = desk.told
    assert plan is not None
    assert [one.address for one in plan.steps] == ["entities.client.fields.city"]


def test_a_mistake_is_told_and_changes_nothing(desk: Desk) -> None:
    before = desk.served
    desk.write("type: phone", "type: phnoe")
    state = desk.look()

    assert state.standing is Standing.WRONG
    assert [(one.code, one.mark.line) for one in state.problems] == [("E106", 8)]
    assert desk.served == before
    assert desk.gone_over == 0
    desk.write("type: phnoe", "type: phone")
    assert desk.look().standing is Standing.SERVED
    assert desk.standings == ["wrong", "served"]


def test_a_save_that_says_the_same_is_no_version_and_no_news(desk: Desk) -> None:
    before, stamp = desk.served, desk.live.state.stamp
    desk.save(f"# Our shop\n\n{desk.text}\n")
    assert desk.look().standing is Standing.SERVED
    assert desk.served == before
    assert (desk.told, desk.gone_over, desk.live.state.stamp) == ([], 0, stamp)


def test_the_same_is_told_once(desk: Desk) -> None:
    desk.write("type: phone", "type: phnoe")
    for _ in range(3):
        desk.look()
    assert desk.standings == ["wrong"]


def test_a_vanished_field_asks_and_a_rename_keeps_its_values(any_desk: Desk) -> None:
    any_desk.insert(3)
    any_desk.write("phone: {type: phone, label: Phone}", "mobile: {type: phone, label: Phone}")
    state = any_desk.look()

    assert state.standing is Standing.ASKS
    plan = any_desk.live.plan(NO_RENAMES)
    assert plan is not None
    assert [(one.old, one.new, one.count) for one in plan.look_alikes] == [("phone", "mobile", 3)]
    renames = read_renames([f"{plan.look_alikes[0].address}=phone"])
    renamed = any_desk.live.plan(renames)
    assert renamed is not None
    any_desk.live.apply(renamed, Agreement(yes=True, consent=renamed.consent), "eva")

    assert any_desk.live.state.standing is Standing.SERVED
    with any_desk.database.read() as connection:
        kept = connection.scalar(text("SELECT count(mobile) FROM e_client"))
    assert kept == 3
    version = applied_version(any_desk.database)
    assert version is not None
    assert version.author == "eva"


def test_a_plan_of_a_folder_that_has_changed_since_is_not_applied(desk: Desk) -> None:
    desk.write(PHONE, "")
    desk.look()
    plan = desk.live.plan(NO_RENAMES)
    assert plan is not None
    desk.write("label: Client", "label: Customer")
    desk.look()
    before = desk.served

    with pytest.raises(Refused):
        desk.live.apply(plan, Agreement(yes=True, consent=plan.consent), "eva")
    assert desk.served == before


def test_what_was_found_before_somebody_applied_is_looked_for_again(desk: Desk) -> None:
    first = desk.text
    desk.write(PHONE, "")
    desk.look()
    plan = desk.live.plan(NO_RENAMES)
    assert plan is not None
    desk.save(first)
    finding = desk.live.examine()
    assert finding.state.standing is Standing.SERVED
    desk.live.apply(plan, Agreement(yes=True, consent=plan.consent), "eva")
    assert desk.served != desk.text

    desk.live.settle(finding)
    assert desk.live.again.is_set()
    desk.look()
    assert desk.served == desk.text


def test_what_another_process_applied_meanwhile_is_looked_at_again(any_desk: Desk) -> None:
    any_desk.write("label: Client", "label: Customer")
    finding = any_desk.live.examine()
    assert finding.to_apply is not None
    other = load_sources({"crm.yaml": any_desk.text.replace("Customer", "Buyer")}).application
    assert other is not None
    bring_up_to_date(other, any_desk.database)

    any_desk.live.settle(finding)
    assert any_desk.live.again.is_set()
    assert any_desk.look().standing is Standing.SERVED
    assert any_desk.served == any_desk.text


def test_a_plan_is_applied_once(any_desk: Desk) -> None:
    any_desk.write(PHONE, "")
    any_desk.look()
    plan = any_desk.live.plan(NO_RENAMES)
    assert plan is not None
    said = Agreement(yes=True, consent=plan.consent)
    refusals: list[Refused] = []

    def press() -> None:
        try:
            any_desk.live.apply(plan, said, "eva")
        except Refused as error:
            refusals.append(error)

    threads = [threading.Thread(target=press) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(refusals) == 3


def test_rows_that_come_with_a_change_are_loaded(desk: Desk) -> None:
    (desk.folder / "data").mkdir()
    (desk.folder / "data" / "client.csv").write_text("key,name\na,Anna\n", encoding="utf-8")
    assert desk.look().standing is Standing.SERVED
    with desk.database.read() as connection:
        assert connection.scalars(text("SELECT name FROM e_client")).all() == ["Anna"]


def test_rows_that_are_refused_leave_the_version_and_say_so(desk: Desk) -> None:
    desk.write("required: true}", "required: true, unique: true}")
    desk.look()
    plan = desk.live.plan(NO_RENAMES)
    assert plan is not None
    desk.live.apply(plan, Agreement(yes=True, consent=plan.consent), "eva")
    desk.insert(1)
    (desk.folder / "data").mkdir()
    (desk.folder / "data" / "client.csv").write_text("key,name\na,Client 0\n", encoding="utf-8")
    desk.write("label: Client", "label: Customer")
    state = desk.look()

    assert desk.served == desk.text
    assert state.standing is Standing.SERVED
    assert state.refusal is not None
    assert "data/client.csv:2:3: the row 'a' is refused: name" in str(state.refusal)
    assert desk.told[-1] == (state, None)
    assert not desk.live.again.is_set()


@pytest.mark.parametrize("harm", ["gone", "a file"])
def test_a_folder_that_can_not_be_read_is_a_sentence(desk: Desk, harm: str) -> None:
    before = desk.served
    away = desk.folder.with_name("away")
    shutil.move(desk.folder, away)
    if harm == "a file":
        desk.folder.write_text("no folder")
    state = desk.look()

    assert state.standing is Standing.WRONG
    assert state.refusal is not None
    assert desk.served == before
    if desk.folder.exists():
        desk.folder.unlink()
    shutil.move(away, desk.folder)
    assert desk.look().standing is Standing.SERVED


# --- The same with a watcher, as editors save ---


@pytest.fixture
def watched(desk: Desk) -> Iterator[Desk]:
    with watching(desk.live, fingerprint(desk.folder)):
        yield desk


def until(holds: Callable[[], object], patience: float = PATIENCE) -> None:
    """Waits until something holds."""
    deadline = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


CITY = f"{PHONE}\n      city: {{type: text, label: City}}"


def by_rename(path: Path, wanted: str) -> None:
    beside = path.with_name(".crm.yaml.swp")
    beside.write_text(wanted, encoding="utf-8")
    beside.replace(path)


def by_parts(path: Path, wanted: str) -> None:
    """Truncates, writes a half, waits longer than a moment, writes the rest."""
    with path.open("w", encoding="utf-8") as file:
        file.flush()
        time.sleep(0.1)
        file.write(wanted[: wanted.index("label: Phone")])
        file.flush()
        time.sleep(0.25)
        file.write(wanted[wanted.index("label: Phone") :])


def by_deleting(path: Path, wanted: str) -> None:
    path.unlink()
    time.sleep(0.12)
    path.write_text(wanted, encoding="utf-8")


@pytest.mark.parametrize("save", [by_rename, by_parts, by_deleting])
def test_a_saved_file_is_served_whatever_way_it_was_saved(
    watched: Desk, save: Callable[[Path, str], None]
) -> None:
    wanted = watched.text.replace(PHONE, CITY)
    save(watched.folder / "crm.yaml", wanted)
    until(lambda: watched.told)

    assert watched.served == wanted
    assert watched.standings == ["served"]  # no mistake of a half-written file was ever told


def test_a_change_is_served_within_two_seconds(watched: Desk) -> None:
    took = []
    for number in range(3):
        wanted = watched.text.replace("label: Corner shop", f"label: Corner shop {number}")
        began = time.monotonic()
        watched.save(wanted)
        until(lambda wanted=wanted: watched.served == wanted)  # type: ignore[misc] # of a loop
        took.append(time.monotonic() - began)
    assert min(took) < 2.0


def test_a_mistake_that_is_gone_at_once_is_never_told(watched: Desk) -> None:
    good = watched.text
    watched.save(good.replace("type: phone", "type: phnoe"))
    time.sleep(0.3)
    watched.save(good.replace("label: Phone", "label: Telephone"))
    until(lambda: watched.told)
    assert "Telephone" in watched.served
    assert watched.standings == ["served"]


def test_a_folder_that_was_deleted_and_made_again_is_followed(watched: Desk) -> None:
    wanted = watched.text.replace(PHONE, CITY)
    shutil.rmtree(watched.folder)
    until(lambda: watched.standings == ["wrong"])
    watched.folder.mkdir()
    watched.save(wanted)
    until(lambda: watched.served == wanted)
    watched.write("label: Client", "label: Customer")
    until(lambda: "Customer" in watched.served)


@pytest.mark.parametrize(
    "content", [b"x: y\n" * 500_000, b"\x00\xff\xfe" * 100], ids=["2 MB", "binary"]
)
def test_a_file_that_is_no_configuration_is_told_and_changes_nothing(
    watched: Desk, content: bytes
) -> None:
    before = watched.served
    (watched.folder / "more.yaml").write_bytes(content)
    until(lambda: watched.standings == ["wrong"])

    assert {one.mark.file for one in watched.live.state.problems} == {"more.yaml"}
    assert watched.served == before
    (watched.folder / "more.yaml").unlink()
    until(lambda: watched.live.state.standing is Standing.SERVED)


def test_files_that_change_all_the_time_are_a_sentence(
    watched: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.watching.RESTLESS", 0.5)
    before, good, over = watched.served, watched.text, threading.Event()

    def churn() -> None:
        for number in range(100_000):
            if over.wait(0.03):
                return
            watched.save(good.replace("Corner shop", f"Shop {number}"))

    thread = threading.Thread(target=churn)
    thread.start()
    try:
        until(lambda: watched.live.state.refusal is not None)
        assert "change all the time" in str(watched.live.state.refusal)
        assert watched.served == before
    finally:
        over.set()
        thread.join()
    until(lambda: watched.served == watched.text)


def test_what_editors_leave_beside_is_not_looked_at(watched: Desk) -> None:
    for name in (".crm.yaml.swp", "crm.yaml~", "#crm.yaml#", "4913", "notes.txt"):
        (watched.folder / name).write_text("name: [broken", encoding="utf-8")
    (watched.folder / ".kartoteka").mkdir()
    (watched.folder / ".kartoteka" / "x.yaml").write_text("name: [broken", encoding="utf-8")
    time.sleep(0.6)
    assert watched.told == []


def test_a_defect_while_applying_leaves_the_version_before(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = desk.served

    def broken(*_: object, **__: object) -> None:
        raise ValueError("a defect")

    monkeypatch.setattr("engine.live.apply_plan", broken)
    desk.write(PHONE, CITY)
    state = desk.look()

    assert state.standing is Standing.WRONG
    assert "Something went wrong" in str(state.refusal)
    assert desk.served == before
