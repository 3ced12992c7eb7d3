"""Where records stand follows a plan: a new stage field, another name, a type taken back."""

from engine.app import open_services
from engine.runtime.actor import ENGINE
from tests.kit.plans import NOW, Living, living

BARE = """
entities: {deal: {fields: {name: text}}}
pipelines: {way: {stages: {fresh: {sla: 2 h}, won: {}}}}
"""


def with_field(text: str) -> str:
    return BARE.replace("{name: text}", "{name: text, " + text + "}")


STAGE = with_field("step: {type: stage, pipeline: way}")
RENAMED = with_field("state: {type: stage, pipeline: way, was: step}")
AS_TEXT = with_field("state: text")


def stays(now: Living) -> list[tuple[object, ...]]:
    return now.ask("SELECT record_id, field, stage FROM kt_stays ORDER BY record_id")


def test_stays_follow_the_field(database_url: str) -> None:
    with living(database_url, BARE) as now:
        now.fill("deal", [{"c_name": "Anna"}, {"c_name": "Bea"}])
        now.become(STAGE)
        assert stays(now) == [(1, "step", "fresh"), (2, "step", "fresh")]
        since = now.ask("SELECT entered_at FROM kt_stays")
        assert str(NOW.date()) in str(since[0][0])

        assert now.application is not None
        records = open_services(now.application, now.database).records
        records.create(ENGINE, "deal", {"name": "Cleo"})
        records.move(ENGINE, "deal", 2, "won")
        now.become(RENAMED)
        expected = [(1, "state", "fresh"), (2, "state", "won"), (3, "state", "fresh")]
        assert stays(now) == expected
        assert now.ask("SELECT name FROM kt_timers WHERE kind = 'sla'") == [("state",)]

        now.become(AS_TEXT)
        records = open_services(now.application, now.database).records
        records.update(ENGINE, "deal", 1, {"state": "won"}, None)
        records.create(ENGINE, "deal", {"name": "Dora"})
        now.become(RENAMED)
        assert stays(now) == [(1, "state", "won"), *expected[1:], (4, "state", "fresh")]
