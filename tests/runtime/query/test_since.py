"""How long records have been in their stages: the same in a list, in a formula, in a condition."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from engine.metadata.expressions.compile import Scope, typed
from engine.metadata.expressions.evaluate import closure
from engine.metadata.fieldtypes.base import Kind
from engine.metadata.model.text import Expression
from engine.metadata.problems import Mark
from engine.runtime.actor import ENGINE
from engine.runtime.plan.create import create_everything
from engine.runtime.records.context import Scene, Setting
from tests.kit.applications import application
from tests.kit.prepared import Prepared
from tests.kit.writer import Desk, writing

REQUESTS = """
timezone: Europe/Sofia
entities:
  request:
    fields:
      name: {type: text, required: true}
      stage: {type: stage, pipeline: way}
      pay: {type: stage, pipeline: money}
      late: {type: bool, formula: since(stage) > hours(2) and since(pay) > hours(3)}
pipelines:
  way: {stages: {fresh: {}, taken: {}}}
  money: {stages: {open: {}, paid: {}}}
roles:
  old_hand: {can: {request: {see: waiting}}}
scopes:
  waiting: {entity: request, where: since(stage) > hours(4)}
views:
  slow: {entity: request, where: since(stage) >= hours(3), columns: [name, late]}
"""
CONDITIONS = (
    "since(stage) > hours(2)",
    "since(stage) < hours(2) or since(pay) > days(1)",
    "since(stage) == hours(3)",
    "since(stage) is none",
    "since(stage) + hours(1) > since(pay)",
)


@pytest.fixture
def desk(prepared: Prepared) -> Iterator[Desk]:
    requests = application(REQUESTS)
    with writing(requests, prepared(requests, create_everything)) as found:
        for hours, name in ((2, "Anna"), (1, "Bea"), (3, "Vera")):
            saved = found.service.create(ENGINE, "request", {"name": name})
            found.stock.clock.pass_(timedelta(hours=hours))
            if name == "Bea":
                found.service.move(ENGINE, "request", saved.id, "paid", field="pay")
        yield found


def test_lists_scopes_and_formulas_know_how_long(desk: Desk) -> None:
    assert desk.stock.titles(ENGINE, "request", "view=slow&sort=id") == ["Anna", "Bea", "Vera"]
    assert desk.stock.titles(ENGINE, "request", "late=true") == ["Anna"]
    desk.stock.clock.pass_(timedelta(minutes=30))
    sees = desk.stock.user("olga", "old_hand")
    assert desk.stock.titles(sees, "request", "sort=id") == ["Anna", "Bea"]
    first = desk.stock.records(ENGINE, "request", "sort=id")[0]
    desk.service.move(ENGINE, "request", first.id, "taken", field="stage")
    assert desk.stock.titles(sees, "request", "sort=id") == ["Bea"]


@pytest.mark.parametrize("condition", CONDITIONS)
def test_python_and_the_database_count_alike(desk: Desk, condition: str) -> None:
    written = Expression(condition, Mark("crm.yaml", 1, 1), "")
    service, stock = desk.service, desk.stock
    entity = stock.application.entity("request")
    judge = closure(typed(written, Scope(stock.application, entity), Kind.BOOL))
    compiled = service.tools.entities["request"]
    table = stock.tables.table("request")
    setting = Setting(stock.clock.now(), service.zone, stock.application.workdays, ENGINE)
    with stock.database.read() as connection:
        scene = Scene(connection, service.tools.entities, setting, service.tools.words.shower(""))
        where = stock.access.expressions.condition(written, "request", table, ENGINE)
        in_sql = set(connection.scalars(table.select().with_only_columns(table.c.id).where(where)))
        in_python = set()
        for number in connection.scalars(table.select().with_only_columns(table.c.id)).all():
            values = scene.lookup.values("request", number)
            assert values is not None
            if judge(scene.context(compiled, values)):
                in_python.add(number)
    assert in_sql == in_python
