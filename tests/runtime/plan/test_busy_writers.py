"""People write by the old version while another one is applied: all of it lands, or is told so."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Timer

import pytest

from engine.app import open_services
from engine.errors import Outdated, Unavailable
from engine.metadata.model.application import Application
from engine.runtime import one_version
from engine.runtime.actor import ENGINE
from engine.runtime.database import Database
from tests.kit.applications import application
from tests.kit.plans import Living, living

BEFORE = application("entities: {client: {fields: {name: text, age: text, town: text}}}\n")
WRITERS = 4
WRITTEN_BEFORE = 40
PATIENCE = 8.0
AFTER = {
    "a retyped field": "entities: {client: {fields: {name: text, age: integer, town: text}}}\n",
    "a renamed field": "entities:\n  client:\n    fields:\n      name: text\n"
    "      years: {type: text, was: age}\n      town: text\n",
    "a renamed entity": "entities:\n  person:\n    was: client\n    fields:\n      name: text\n"
    "      age: text\n      town: text\n",
    "looks alone": "label: Other\n"
    "entities: {client: {fields: {name: text, age: text, town: text}}}\n",
}


class Writers:
    """Writers of the version before, each until it is told that there is another one."""

    def __init__(self, database: Database, before: Application) -> None:
        self.records = open_services(before, database).records
        self.acknowledged: list[str] = []
        self.refused: list[Exception] = []
        self.is_over = threading.Event()

    def write(self, number: int) -> None:
        turn = 0
        while not self.is_over.is_set():
            turn += 1
            name = f"{number}-{turn}"
            try:
                saved = self.records.create(ENGINE, "client", {"name": name, "age": "7"})
                self.acknowledged.append(name)
                self.records.update(ENGINE, "client", saved.id, {"age": "8"}, None)
            except Outdated as error:
                self.refused.append(error)
                return
            except Unavailable:
                continue  # busy: nothing was done


@pytest.mark.parametrize("what", AFTER)
def test_no_write_of_an_old_version_lands_in_tables_of_a_new_one(
    database_url: str, what: str
) -> None:
    wanted = application(AFTER[what])
    with living(database_url, BEFORE) as now, ThreadPoolExecutor(WRITERS) as threads:
        writers = Writers(now.database, BEFORE)
        running = [threads.submit(writers.write, number) for number in range(WRITERS)]
        wait_until(lambda: len(writers.acknowledged) >= WRITTEN_BEFORE)
        now.become(wanted)
        patience = Timer(PATIENCE, writers.is_over.set)  # nobody told them: then it fails
        patience.start()
        for one in running:
            one.result(timeout=30)
        patience.cancel()
        assert len(writers.refused) == WRITERS
        assert kept(now) == sorted(writers.acknowledged)


def kept(now: Living) -> list[str]:
    """Returns the names of the records, whose values must be where they belong."""
    application = now.application
    assert application is not None
    entity = "person" if "person" in application.entities else "client"
    fields = application.entities[entity].fields
    name = "years" if "years" in fields else "age"
    rows = now.values(entity, "name", name)
    assert {value for _, value in rows} <= {7, 8, "7", "8"}
    assert None not in {value for _, value in rows}
    return sorted(one for one, _ in rows)


def wait_until(is_so: Callable[[], bool]) -> None:
    pause = threading.Event()
    while not is_so():
        pause.wait(0.005)


def test_a_writer_goes_on_with_the_version_of_now(database_url: str) -> None:
    with living(database_url, BEFORE) as now:
        old = open_services(BEFORE, now.database)
        now.become(application(AFTER["a retyped field"]))
        before = now.dump()
        with pytest.raises(Outdated):
            old.records.create(ENGINE, "client", {"name": "late"})
        with pytest.raises(Outdated):
            old.records.create_many(ENGINE, "client", [{"name": "late"}])
        assert now.dump() == before
        assert now.database.has_news
        assert now.application is not None
        new = open_services(now.application, now.database)
        assert new.records.create(ENGINE, "client", {"name": "new", "age": 7}).id


@pytest.mark.postgres
def test_a_connection_that_is_cut_while_it_waits_is_away_for_now(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with living(postgres, BEFORE) as now:
        records = open_services(BEFORE, now.database).records
        with monkeypatch.context() as cut:
            suicide = "SELECT pg_terminate_backend(pg_backend_pid()); SELECT 'x'"
            cut.setattr(one_version, "LOCK_AND_LOOK", suicide)
            with pytest.raises(Unavailable, match="can't be reached"):
                records.create(ENGINE, "client", {"name": "Anna"})
        assert records.create(ENGINE, "client", {"name": "Anna"}).id == 1
