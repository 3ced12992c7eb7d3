"""Stages that can be left and reached: by moves, by buttons, by rules."""

from tests.kit.applications import codes

SHOP = """
entities:
  deal: {{help: h, fields: {{name: {{type: text, help: h}}, stage: {{type: stage, help: h}}}}}}
roles: {{seller: {{can: {{deal: {{every: all}}}}}}}}
pipelines:
  sales:
    stages: {{new: {{}}, waiting: {{}}, won: {{closes: won}}}}
    moves: {{new: [{moves}]}}
    buttons: {buttons}
automations: {rules}
"""
WIN = "{win: {show_in: [waiting], do: [{move: won}]}}"
WAIT = "{wait: {show_in: [new], do: [{if: {when: name is none, do: [{move: waiting}]}}]}}"
RULE = "{late: {entity: deal, on: [{entered: waiting}], do: [{move: won}]}}"


def shop(moves: str, buttons: str = "{}", rules: str = "{}") -> list[str]:
    found = codes(SHOP.format(moves=moves, buttons=buttons, rules=rules))
    return [one for one in found if one in ("W501", "W502")]


def test_a_stage_without_any_way_out_is_said() -> None:
    assert shop("waiting, won") == ["W501"]


def test_a_button_of_the_stage_is_a_way_out() -> None:
    assert shop("waiting, won", WIN) == []
    assert shop("waiting, won", WIN.replace("[waiting]", "[new]")) == ["W501"]


def test_a_rule_is_a_way_out() -> None:
    assert shop("waiting, won", rules=RULE) == []


def test_a_stage_that_only_a_button_leads_to_is_reached() -> None:
    assert shop("won", WIN) == ["W502"]
    assert shop("won", f"{WIN[:-1]}, {WAIT[1:]}") == []
