"""What changed in buttons and rules, step by step, as one would write it."""

import pytest

from engine.metadata.diff.change import Change
from engine.metadata.diff.compare import compare_applications
from tests.kit.applications import REQUESTS, application
from tests.metadata.diff.telling import said


def changes(*edits: tuple[str, str]) -> list[Change]:
    """Returns what changes when parts of the sample are written otherwise."""
    text = REQUESTS
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return list(compare_applications(application(REQUESTS), application(text)))


BUTTONS = "pipelines.sales.buttons"


@pytest.mark.parametrize(
    "old, new, expected",
    [
        ("label: Busy", "label: Engaged", f"display changed {BUTTONS}.busy.label"),
        (
            "tries: [5 min, 10 min, 30 min]",
            "tries: [5 min]",
            f"behaviour changed {BUTTONS}.busy.ladder.tries",
        ),
        (
            "reset_on: [other_button, left]",
            "reset_on: [left]",
            f"behaviour changed {BUTTONS}.busy.ladder.reset_on",
        ),
        (
            '"= next_try"',
            "tomorrow 10:00",
            f"behaviour changed {BUTTONS}.busy.ladder.each.1.task",
        ),
        (
            "            - archive: true\n",
            "",
            f"behaviour removed {BUTTONS}.busy.ladder.then.3.archive",
        ),
        (
            "show_in: [new, waiting]",
            "show_in: [new]",
            f"behaviour changed {BUTTONS}.new_client.show_in",
        ),
        (
            "          city: text\n        do:",
            "          city: long_text\n        do:",
            f"behaviour changed {BUTTONS}.new_client.ask",
        ),
        ("sla: 2 d", "sla: 3 d", "behaviour changed pipelines.sales.stages.waiting.sla"),
        (
            "      praise: {",
            "      more: {do: [{note: More}]}\n      praise: {",
            "behaviour added entities.request.buttons.more",
        ),
        (
            "roles: [head], do",
            "do",
            "access changed entities.request.buttons.praise.roles grows",
        ),
        (
            "roles: [head], do",
            "roles: [head, seller], do",
            "access changed entities.request.buttons.praise.roles grows",
        ),
        ("by: least_busy, ", "", "behaviour changed automations.greet.do.1.assign"),
        (
            "    on: [created]",
            "    on: [created, changed]",
            "behaviour changed automations.greet.on",
        ),
        ("once_per: 1 d", "once_per: 2 d", "behaviour changed automations.late.once_per"),
        ("    when: owner is none\n", "", "behaviour changed automations.greet.when"),
        (
            "automations:\n",
            "automations:\n  more: {entity: client, on: [created], do: [{note: Hello}]}\n",
            "behaviour added automations.more",
        ),
        ("sum: [amount, debt]", "sum: amount", "display changed views.board.sum"),
    ],
)
def test_a_change_is_told_with_its_address(old: str, new: str, expected: str) -> None:
    assert said(changes((old, new))) == [expected]


def test_a_step_is_told_as_it_is_written() -> None:
    (found,) = changes(("due: in 5 workmin", "due: in 9 workmin"))
    written = '{subject: "Call {{ name }}", due: in %s workmin, type: call, to: "= owner"}'
    assert (found.key, found.before, found.after) == ("task", written % 5, written % 9)


def test_steps_are_paired_by_what_stays() -> None:
    note = '                - note: "A small one, {{ amount }}"\n'
    found = changes(
        ("          - done: {tasks: all}\n", ""), (note, f"                - archive: true\n{note}")
    )
    told = {one.address: (one.before, one.after) for one in found}
    assert told[f"{BUTTONS}.give_up.do.2.done"] == ("{tasks: all}", "")
    assert "else: [{archive: true}, {note: " in told[f"{BUTTONS}.new_client.do.5.if"][1]


def test_a_rule_about_another_entity_is_another_rule() -> None:
    text = "entities: {a: {fields: {name: text}}, b: {fields: {name: text}}}\n"
    text += "automations: {tell: {entity: a, on: [created], do: [{note: Hello}]}}\n"
    before, after = application(text), application(text.replace("entity: a", "entity: b"))
    (found,) = compare_applications(before, after)
    assert (found.address, found.before, found.after) == ("automations.tell.entity", "a", "b")
    renamed = application(text.replace("{a: {", "{c: {was: a, ").replace("entity: a", "entity: c"))
    assert [one.address for one in compare_applications(before, renamed)][:1] == ["entities.c"]
    assert not [one for one in compare_applications(before, renamed) if "tell" in one.address]
