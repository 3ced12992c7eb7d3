"""The example beside the language, and a folder on top of it: what this version runs of them."""

from pathlib import Path

from engine.metadata.load import load
from engine.metadata.problems import Severity

HERE = Path(__file__).parent


def test_the_example_is_served_without_what_runs_later() -> None:
    result = load(HERE / "example")
    assert [one.code for one in result.problems if one.severity is Severity.ERROR] == []
    later = {one.address for one in result.problems if one.severity is Severity.LATER}
    assert later == {
        "inputs",
        "changes",
        "entities.deal.fields.price_per_m.default",  # names an input
        "roles.dealer.only_if",
        "automations.remind_debt.on.1.every",
        "messages",
        "dashboards",
        "tests",
        "translations",
    }
    crm = result.application
    assert crm is not None
    assert list(crm.buttons("deal")) == ["busy", "quote_sent"]
    assert list(crm.automations) == ["new_request", "sla_missed"]
    assert [one.type for one in crm.views.values()] == ["board", "list"]


def test_a_folder_on_top_of_it_is_served_with_its_head() -> None:
    result = load(HERE / "example_ours")
    assert [(one.code, one.address) for one in result.problems] == [("L001", "uses")]
    assert result.application is not None
    assert result.application.label == "Our company"
