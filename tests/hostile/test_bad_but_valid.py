"""Configurations that look wrong, by hand: a good sentence, or pages that work."""

from pathlib import Path

import pytest

from engine.metadata.load import load_sources
from engine.metadata.problems import Severity
from tests.hostile.evil import EVENT, SCRIPT
from tests.hostile.served import become, look_at_all, scratch, site_of
from tests.hostile.world import open_world

ROLE = "roles: {clerk: {can: {deal: {every: all}}}}\n"
BOARD = "views: {b: {entity: deal, label: B, type: board}}\n"
RULE_OF_ITSELF = """
automations:
  again: {entity: deal, on: [{changed: [name]}], do: [set: {n: "= n + 1", name: "{{ name }}x"}]}
"""
PING_PONG = """
automations:
  a: {entity: deal, on: [{changed: [name]}], do: [set: {other: "{{ name }}x"}]}
  b: {entity: deal, on: [{changed: [other]}], do: [set: {name: "{{ other }}y"}]}
"""
WAY = "pipelines: {way: {stages: {first: {}, second: {}, won: {closes: won}}}}\n"


def deal(*fields: str, above: str = "", more: str = "", roles: str = ROLE) -> str:
    """Returns a CRM of one entity with these fields."""
    lines = [
        "name: sample",
        "entities:",
        "  deal:",
        *([f"    {above}"] if above else []),
        "    fields:",
    ]
    lines += [f"      {one}" for one in ("name: text", "owner: user", *fields)]
    return "\n".join(lines) + "\n" + more + roles


def hidden(field: str) -> str:
    """Returns a role that can't see a field."""
    return f"roles: {{clerk: {{can: {{deal: {{every: all}}}}, hide: [deal.{field}]}}}}\n"


def options(count: int) -> str:
    return "[" + ", ".join(f"o{one}" for one in range(count)) + "]"


# What an author is told: a code. A warning lets the CRM run all the same.
TOLD = {
    "formula on itself": (deal("x: {type: number, formula: x + 1}"), "E240"),
    "formulas in a ring": (
        deal("x: {type: number, formula: y + 1}", "y: {type: number, formula: x + 1}"),
        "E240",
    ),
    "a timer of 0 s": (
        deal(
            "stage: stage",
            more="pipelines: {way: {stages: {a: {sla: 0 min}, won: {closes: won}}}}\n",
        ),
        "E809",
    ),
    "10,000 options": (deal(f"x: {{type: choice, options: {options(10_000)}}}"), "E114"),
    "a view on a dropped field": (
        deal(more="views: {v: {entity: deal, label: V, columns: [gone]}}\n"),
        "E204",
    ),
    "a ladder without tries": (
        deal(
            above="buttons: {b: {label: B, ladder: {tries: [], each: [note: x], then: [note: y]}}}"
        ),
        "E812",
    ),
    "a board on an empty pipeline": (
        deal(
            "stage: stage",
            more="pipelines: {way: {stages: {}}}\n" + BOARD,
        ),
        "E203",
    ),
    "a board without stages": (
        deal(more="views: {b: {entity: deal, label: B, type: board}}\n"),
        "E236",
    ),
    "a calendar without days": (
        deal(more="views: {c: {entity: deal, label: C, type: calendar}}\n"),
        "E238",
    ),
    "a stage without exit": (
        deal(
            "stage: stage",
            more="pipelines: {way: {stages: {a: {}, b: {}, w: {closes: won}}, moves: {a: [b]}}}\n",
        ),
        "W",
    ),
    "a role without any right": (deal(roles="roles: {nobody: {can: {}}}\n"), "W401"),
    "a required field that is hidden": (
        deal("must: {type: text, required: true}", roles=hidden("must")),
        "W402",
    ),
    **{
        f"a field called {one}": (deal(f"{one}: text"), "E110")
        for one in ("id", "created_at", "title", "archived")
    },
    "401 fields": (deal(*(f"f{one}: text" for one in range(401))), "E227"),
    "options that are no ids": (
        deal(
            "x: {type: choice, options: {a b: A, \"c'd\": C, 'e\"f': E, g/h: G, '': L, '<b>': M}}"
        ),
        "E109",
    ),
    "stages that are no ids": (
        deal("stage: stage", more='pipelines: {way: {stages: {a b: {}, "c\'d": {}}}}\n'),
        "E109",
    ),
    "a default that is no option": (deal("x: {type: choice, options: [a], default: b}"), "E228"),
    "a default that is no day": (deal("x: {type: date, default: 2026-02-30}"), "E228"),
    "a default of 20 digits": (deal(f"x: {{type: integer, default: {'9' * 20}}}"), "E228"),
    "limits the wrong way": (deal("x: {type: number, min: 10, max: 1}"), "E231"),
    "decimals of 99": (deal("x: {type: number, decimals: 99}"), "E227"),
    "teams in a ring": (deal(more="teams: {a: {parent: b}, b: {parent: a}}\n"), "E208"),
    "a colour that is more": (deal(more="theme: {color: 'red; } body { display: none'}\n"), "E605"),
    "a time zone of Mars": (deal(more="timezone: Mars/Olympus\n"), "E602"),
}
# What runs: the pages answer, and a record is made or refused in words.
RUNS = {
    "a rule that triggers itself": deal("n: {type: integer, default: 0}", more=RULE_OF_ITSELF),
    "rules in ping-pong": deal("other: text", more=PING_PONG),
    "a link to itself that is required": deal("parent: {type: link, to: deal, required: true}"),
    "links in a ring": deal("one: {type: link, to: deal}", more="").replace(
        "entities:\n", "entities:\n  other: {fields: {name: text, deal: {type: link, to: deal}}}\n"
    ),
    "a timer of 99,999 d": deal(
        "stage: stage", more="pipelines: {way: {stages: {a: {sla: 99999 d}, won: {closes: won}}}}\n"
    ),
    "900 options": deal(f"x: {{type: choice, options: {options(900)}}}"),
    "a missing translation": "languages: [en, bg]\n" + deal("x: text"),
    "a pipeline of one stage": deal(
        "stage: stage",
        more="pipelines: {way: {stages: {only: {}}}}\n" + BOARD,
    ),
    "a title that reads what is hidden": deal(
        "secret: text", above='title: "{{ secret }} {{ name }}"', roles=hidden("secret")
    ),
    "a title of itself": deal(above='title: "{{ title }}"'),
    "fields called like SQL": deal("select: text", "order: text", "group: integer", "table: date"),
    "a field called version": deal("version: integer"),
    "300 fields": deal(
        *(
            f"f{one}: {('text', 'money', 'date', 'datetime', 'bool', 'user', 'any_link')[one % 7]}"
            for one in range(300)
        )
    ),
    "200 roles": deal(
        roles="roles:\n"
        + "".join(f"  r{one}: {{can: {{deal: {{every: all}}}}}}\n" for one in range(200))
    ),
    "entities without fields": "name: sample\nentities: {deal: {}, other: {fields: {}}}\n" + ROLE,
    "no entity": "name: sample\n",
    "an entity called select": deal().replace("  deal:", "  select:").replace("{deal:", "{select:"),
    "an entity called kt_log": deal().replace("  deal:", "  kt_log:").replace("{deal:", "{kt_log:"),
    "labels of markup": deal(
        f"x: {{type: choice, label: '{SCRIPT}', options: {{a: '{SCRIPT}'}}, help: '<img src=x>'}}",
        more=f'views: {{v: {{entity: deal, label: "{EVENT}"}}}}\n',
    ),
    "a label of 20,000 letters": deal(f"x: {{type: text, label: '{'x' * 20_000}'}}"),
    "a field shown when it holds something": deal("x: {type: text, visible_when: x == 'a'}"),
    "fields that show each other": deal(
        "x: {type: text, visible_when: y == 'a'}", "y: {type: text, visible_when: x == 'a'}"
    ),
    "no working day": "workdays: {days: []}\n" + deal(),
    "one minute of work a week": 'workdays: {days: [mon], from: "09:00", to: "09:01"}\n'
    + deal("stage: stage", more="pipelines: {way: {stages: {a: {sla: 9999 workd}, b: {}}}}\n"),
    "a number of 5,000 zeros": deal(f"x: {{type: number, formula: '{'0' * 5_000}'}}"),
    "a button for nobody": deal(above="buttons: {a: {label: A, roles: [], do: [note: x]}}"),
    "a button in no stage": deal(
        "stage: stage", above="buttons: {a: {label: A, show_in: [], do: [note: x]}}", more=WAY
    ),
}


@pytest.mark.parametrize("text, code", TOLD.values(), ids=TOLD)
def test_it_is_told(text: str, code: str) -> None:
    found = [one for one in load_sources({"crm.yaml": text}).problems if one.code.startswith(code)]
    assert found
    assert all(one.message and one.mark.line for one in found)


@pytest.mark.parametrize("text", RUNS.values(), ids=RUNS)
def test_it_runs(text: str, tmp_path: Path) -> None:
    result = load_sources({"crm.yaml": text})
    errors = [one for one in result.problems if one.severity is Severity.ERROR]
    assert result.application, [(one.code, one.message) for one in errors]
    database = scratch(tmp_path)
    try:
        become(database, result.application)
        site = site_of(database, result.application)
        assert look_at_all(site, all_roles=len(result.application.roles) < 10)
        boss = site.browser("person0")
        for entity in (
            one.id for one in result.application.entities.values() if one.layer == "own"
        ):
            made = boss.post(f"/{entity}/new", {"name": "Anna"})
            assert made.status_code in (303, 404, 422), entity
            for path in (f"/{entity}", f"/{entity}/1", f"/{entity}/1/edit"):
                assert boss.get(path).status_code in (200, 404)
            changed = boss.post(f"/{entity}/1/edit", {"name": "Boris", "_version": "1"})
            assert changed.status_code in (303, 404, 409, 422), entity
    finally:
        database.dispose()


def test_no_entity_hides_a_page_of_the_engine() -> None:
    with open_world() as world:
        rules = (one.rule for one in world.site.app.url_map.iter_rules())
        words = {one.strip("/").split("/")[0].replace("-", "_") for one in rules}
    for word in sorted(one for one in words if one and "<" not in one and one != "task"):
        text = f"name: a\nentities: {{{word}: {{fields: {{name: text}}}}}}\n"
        assert "E110" in [one.code for one in load_sources({"crm.yaml": text}).problems], word
