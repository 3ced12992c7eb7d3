"""People work while a plan is applied: nobody's record is lost, no value left behind."""

import threading

from engine.runtime.database import Database
from tests.kit.plans import NOW, living

BEFORE = "entities: {client: {fields: {name: text, age: text, town: text}}}\n"
AFTER = "entities: {client: {fields: {name: text, age: integer, town: text, zip: text}}}\n"


def test_writers_go_on_around_an_apply(database_url: str) -> None:
    stop, written = threading.Event(), list[str]()

    def write(database: Database, thread: int) -> None:
        table = first.tables.table("client")
        statement = table.insert().values(age="7", created_at=NOW, updated_at=NOW)
        while not stop.is_set():
            name = f"{thread}-{len(written)}"
            try:
                with database.write() as connection:
                    connection.execute(statement.values(name=name))
            except Exception:  # noqa: BLE001 - the tables are others now: this writer has to stop
                return
            written.append(name)

    with living(database_url, BEFORE) as now:
        first = type(now)(now.database, now.application)
        threads = [threading.Thread(target=write, args=(now.database, one)) for one in range(3)]
        for thread in threads:
            thread.start()
        while len(written) < 50:
            stop.wait(0.01)
        now.become(AFTER)
        stop.set()
        for thread in threads:
            thread.join()
        kept = now.ask('SELECT name, age, "r1$age" FROM e_client')
        assert sorted(name for name, *_ in kept) == sorted(written)
        assert {age for _, age, _ in kept} == {7}
        assert [old for *_, old in kept].count("7") >= 50
