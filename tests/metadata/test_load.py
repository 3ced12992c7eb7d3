"""From a folder to an application: files merge, what is not said is filled in, layers."""

import os
from datetime import date, time
from pathlib import Path

import pytest

from engine.errors import Refused
from engine.metadata.load import load, load_sources
from engine.metadata.model.entity import SortKey
from engine.metadata.model.field import FormulaKind
from engine.metadata.model.text import Expression, Literal, Template
from engine.metadata.problems import Severity
from tests.kit.applications import REQUESTS, VET, application, codes, loaded


def test_the_samples_have_no_errors() -> None:
    assert application(VET).name == "vet"
    assert loaded(REQUESTS, **{"data/user.csv": "key,name\nivan,Ivan\n"}).problems == ()


@pytest.mark.parametrize("example", ["kitchen-sales", "vet-practice"])
def test_examples_have_nothing_to_say(example: str) -> None:
    assert load(Path("configs/examples") / example).problems == ()


def test_rows_without_end_leave_the_mistake_of_a_definition_to_be_read() -> None:
    rows = "key,nme\n" + "".join(f"k{one},Anna,more\n" for one in range(1_200))
    found = loaded(
        "entities: {client: {fields: {name: text}}}",
        **{"data/client.csv": rows, "more.yaml": "labl: Shop\n"},
    )
    assert len(found.problems) == 1_000
    assert [one.code for one in found.problems if one.mark.file == "more.yaml"] == ["E102"]


def test_files_merge_by_section_and_id() -> None:
    merged = application(
        "entities: {client: {fields: {name: text}}}",
        **{
            "more.yaml": "entities: {deal: {fields: {name: text}}}",
            "deep/er.yaml": "teams: {a: {label: A}}",
        },
    )
    assert [one for one in merged.entities if merged.entities[one].layer == "own"] == [
        "client",
        "deal",
    ]
    assert list(merged.teams) == ["a"]


def test_the_same_address_twice_names_both_places() -> None:
    result = loaded(
        "teams: {a: {label: A}}\nlabel: One\n",
        **{"more.yaml": "teams: {a: {label: B}}\nlabel: Two\n"},
    )
    assert [(one.code, one.mark.file, one.mark.line, one.message) for one in result.problems] == [
        ("E112", "more.yaml", 1, "'teams.a' is already defined in crm.yaml, line 1"),
        ("E112", "more.yaml", 2, "'label' is already defined in crm.yaml, line 2"),
    ]


def test_a_folder_is_read_as_it_lies(tmp_path: Path) -> None:
    files = {
        "crm.yaml": "name: shop\nentities: {item: {fields: {name: text}}}\n",
        "parts/teams.yaml": "teams: {a: {}}\n",
        "data/item.csv": "key,name\na,Apple\n",
        ".git/config.yaml": "nonsense",
        "packages/other/crm.yaml": "nonsense",
        "notes.txt": "nonsense",
        "old.yml": "nonsense",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    result = load(tmp_path)
    assert list(result.sources) == ["crm.yaml", "data/item.csv", "parts/teams.yaml"]
    assert [(one.code, one.mark.file) for one in result.problems] == [
        ("W136", "old.yml"),
        ("L003", "packages/other/crm.yaml"),
    ]
    assert result.application is not None
    assert [(row.entity, row.key, row.demo) for row in result.application.rows] == [
        ("item", "a", False)
    ]
    assert load_sources(result.sources).application == result.application


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "secret.yaml"
    outside.write_text("name: secret", encoding="utf-8")
    inside = tmp_path / "crm"
    inside.mkdir()
    (inside / "crm.yaml").symlink_to(outside)
    (problem, *_) = load(inside).problems
    assert problem.code == "E101"
    assert "outside the folder" in problem.message


def test_what_is_no_text_of_reasonable_size_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "crm.yaml").write_text("name: shop\n", encoding="utf-8")
    os.mkfifo(tmp_path / "pipe.yaml")
    with (tmp_path / "large.yaml").open("wb") as large:
        large.truncate(10**10)
    found = {one.mark.file: one.message for one in load(tmp_path).problems}
    assert found == {
        "large.yaml": "this file can't be read: it is larger than 1 MiB",
        "pipe.yaml": "this file can't be read: it is no ordinary file",
    }


@pytest.mark.parametrize("name", ["nowhere", "file"])
def test_no_folder_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(Refused):
        load(tmp_path / name)


def test_labels_plurals_and_titles_are_filled_in() -> None:
    entities = application(
        """
        entities:
          sales_lead: {fields: {first_name: text, phone: phone}}
          company: {label: Фирма, fields: {number: {type: sequence}}}
          box: {fields: {weight: number}}
          city: {plural: Towns, fields: {name: text}}
        """
    ).entities
    lead = entities["sales_lead"]
    assert (lead.label, lead.plural) == ("Sales lead", "Sales leads")
    assert (lead.title, lead.title_field, lead.search) == (
        None,
        "first_name",
        ("first_name", "phone"),
    )
    assert lead.fields["first_name"].label == "First name"
    assert lead.order == (SortKey("created_at", descending=True),)
    assert (entities["company"].plural, entities["company"].title_field) == ("Фирма", "number")
    box = entities["box"].title
    assert isinstance(box, Template)
    assert (box.text, entities["box"].plural) == ("Box {{ id }}", "Boxes")
    assert entities["city"].plural == "Towns"


def test_fields_say_all_about_themselves() -> None:
    fields = application(VET).entities["visit"].fields
    assert (fields["vet"].to, fields["animal"].to) == ("user", "owner" and "animal")
    assert (fields["fee"].decimals, fields["stage"].pipeline) == (2, "day")
    assert list(fields["stage"].options) == ["booked", "treatment", "to_pay", "done", "missed"]
    assert fields["stage"].options["done"].color == "green"
    assert fields["total"].readonly
    assert fields["total"].formula_kind is FormulaKind.STORED
    assert isinstance(fields["vet"].default, Expression)
    assert fields["vet"].default.text == "user"
    assert isinstance(fields["fee"].default, Literal)
    assert fields["number"].readonly


@pytest.mark.parametrize(
    "written, kind, text",
    [
        ('"= user"', Expression, "user"),
        ('"==A1"', Literal, "=A1"),
        ('"Dear {{ name }}"', Template, "Dear {{ name }}"),
        ("plain", Literal, "plain"),
    ],
)
def test_value_slots(written: str, kind: type, text: str) -> None:
    to = "{type: user, default: %s}" if "user" in written else "{type: text, default: %s}"
    built = application(f"entities: {{client: {{fields: {{name: text, x: {to % written}}}}}}}")
    default = built.entities["client"].fields["x"].default
    assert isinstance(default, kind)
    assert default is not None
    assert default.text == text


def test_a_formula_by_the_clock_is_computed_on_reading_and_so_is_what_needs_it() -> None:
    fields = (
        application(
            """
        entities:
          client:
            fields:
              name: text
              born: date
              years: {type: integer, formula: age(born)}
              twice: {type: integer, formula: years * 2}
              word: {type: bool, formula: "name == 'today()'"}
        """
        )
        .entities["client"]
        .fields
    )
    kinds = {name: one.formula_kind for name, one in fields.items() if one.formula}
    assert kinds == {
        "years": FormulaKind.ON_READ,
        "twice": FormulaKind.ON_READ,
        "word": FormulaKind.STORED,
    }


def test_rights_are_written_out() -> None:
    roles = application(VET).roles
    assert roles["reception"].can["visit"] == dict.fromkeys(
        ("see", "peek", "create", "edit", "press", "assign", "share"), "team"
    )
    assert roles["vet"].can["visit"] == {
        "see": "own",
        "peek": "all",
        "create": "all",
        "edit": "own",
        "press": "own",
    }
    assert roles["head"].can["owner"]["export"] == "all"
    assert "merge" not in roles["head"].can["owner"]
    assert roles["vet"].hide == {"owner.margin", "visit.paid"}


def test_verbs_are_cut_by_see() -> None:
    built = application(
        """
        entities: {client: {fields: {name: text}}, deal: {fields: {name: text}}}
        scopes: {mine: {entity: client, where: created_by == user}}
        roles:
          a: {can: {client: {see: own, edit: all, delete: team}, deal: {edit: all}}}
          b: {can: {client: {see: mine, edit: all, press: own}, deal: {see: all}}}
        """
    )
    assert built.roles["a"].can == {
        "client": {"see": "own", "edit": "own", "delete": "own"},
        "deal": {},
    }
    assert built.roles["b"].can["client"] == {"see": "mine", "edit": "mine", "press": "own"}


def test_the_core_package_is_always_there() -> None:
    built = application(
        "entities: {client: {fields: {name: text}}}\nroles: {a: {can: {client: {see: all}}}}"
    )
    core = [one.id for one in built.entities.values() if one.layer == "core"]
    assert core == ["user", "team", "task", "activity", "notification"]
    assert list(built.entities["user"].fields["roles"].options) == ["admin", "a"]
    assert built.entities["task"].owner == "to"
    assert built.entities["task"].fields["type"].options["call"].icon == "phone"
    assert built.roles["admin"].can == {}


def test_the_core_package_is_right() -> None:
    assert [one for one in loaded("label: x").problems if one.mark.file.startswith("core:")] == []


def test_a_folder_extends_the_core() -> None:
    built = application(
        """
        entities:
          task: {label: To do, fields: {due: {type: datetime, label: Until}, room: text}}
        roles: {admin: {can: {task: {see: all}}}}
        """
    )
    task = built.entities["task"]
    assert (task.label, task.fields["due"].label, task.fields["due"].index) == (
        "To do",
        "Until",
        True,
    )
    assert [name for name, one in task.fields.items() if one.layer == "own"] == ["room"]
    assert built.roles["admin"].can == {"task": {"see": "all"}}


def test_the_head_says_who_the_company_is() -> None:
    built = application(
        """
        name: shop
        currency: JPY
        workdays: {days: [sat, mon], from: 8:30, to: "16:00", holidays: BG}
        theme: {color: "#0B6688"}
        language: bg
        languages: [en]
        """
    )
    assert (built.label, built.version, built.currency_decimals) == ("Shop", "1", 0)
    assert built.languages == ("bg", "en")
    assert built.workdays.days == (0, 5)
    assert (built.workdays.start, built.workdays.end) == (time(8, 30), time(16))
    assert date(2026, 3, 3) in built.workdays.holidays
    assert built.theme.color == "#0b6688"


def test_own_holidays_are_dates() -> None:
    built = application("workdays: {holidays: [2026-12-24, 2026-12-31]}")
    assert built.workdays.holidays == {date(2026, 12, 24), date(2026, 12, 31)}


def test_moves_are_complete() -> None:
    moves = application(VET).pipelines["day"].moves
    assert moves is not None
    assert [one.target for one in moves["booked"]] == ["treatment", "missed"]
    assert moves["done"] == ()
    conditional = moves["to_pay"][1]
    assert (conditional.target, conditional.roles) == ("treatment", ("head",))
    assert conditional.when is not None


def test_options_have_three_forms() -> None:
    built = application(
        """
        entities:
          a:
            fields:
              name: text
              one: {type: choice, options: [yes, no]}
              two: {type: choice, options: {web: From the web, fair: {label: A fair, color: teal}}}
        """
    )
    fields = built.entities["a"].fields
    assert {one.id: one.label for one in fields["one"].options.values()} == {
        "yes": "Yes",
        "no": "No",
    }
    assert {one.id: (one.label, one.color) for one in fields["two"].options.values()} == {
        "web": ("From the web", "grey"),
        "fair": ("A fair", "teal"),
    }


def test_the_digest_follows_every_source() -> None:
    files = {"crm.yaml": "name: shop\n", "data/user.csv": "key,name\na,A\n"}
    first = load_sources(files).application
    again = load_sources(dict(reversed(files.items()))).application
    changed = load_sources({**files, "data/user.csv": "key,name\na,B\n"}).application
    assert first is not None
    assert again is not None
    assert changed is not None
    assert first.digest == again.digest != changed.digest


SAID = """\
name: shop
entities:
  client:
    fields:
      name: {type: text, help: 'The name: first and last'}
      size_of: {type: choice, options: [small, large]}
"""
SAID_THE_SAME = """\
# Our shop

name:   shop   # as on the sign
entities:
    client:

        fields:
            name: {type: text,
                   help: 'The name: first and last'}
            size_of:
                type: choice
                options:
                    - small   # rare
                    - large
"""
ROWS = "key,name\na,Anna\n"


def digest_of(text: str, rows: str = ROWS, file: str = "crm.yaml") -> str:
    built = load_sources({file: text, "data/client.csv": rows}).application
    assert built is not None
    return built.digest


def test_comments_blank_lines_and_indentation_are_no_other_configuration() -> None:
    assert digest_of(SAID_THE_SAME, "key, name\n\na, Anna\n\n") == digest_of(SAID)


@pytest.mark.parametrize(
    "before, after",
    [
        ("small, large", "large, small"),
        ("small, large", "'small', large"),
        ("first and last", "first  and last"),
        ("first and last", "first # last"),
        ("      size_of", "      town: text\n      size_of"),
        ("type: text, ", "type: text, required: false, "),
    ],
)
def test_whatever_a_configuration_says_otherwise_is_another_one(before: str, after: str) -> None:
    assert SAID.count(before) == 1
    assert digest_of(SAID.replace(before, after)) != digest_of(SAID)


def test_other_rows_or_another_place_are_another_configuration() -> None:
    digests = [
        digest_of(SAID),
        digest_of(SAID, ROWS + "b,Boris\n"),
        digest_of(SAID, "key,name\na,Bella\n"),
        digest_of(SAID, file="shop.yaml"),
    ]
    assert len(set(digests)) == len(digests)


def test_rows_of_csv_and_yaml() -> None:
    built = application(
        VET,
        **{
            "demo/owner.csv": 'key;name;groups\nanna;"Anna; Lee";regular, breeder\n\n',
            "data/team.csv": "key,name\nday,Day\n",
            "demo/people.yaml": "rows: {user: {ivan: {name: Ivan, roles: [vet, head], team: day}}}",
        },
    )
    rows = {(one.entity, one.key): one for one in built.rows}
    assert {key: one.demo for key, one in rows.items()} == {
        ("user", "ivan"): True,
        ("owner", "anna"): True,
        ("team", "day"): False,
    }
    anna = rows["owner", "anna"]
    assert {name: one.text for name, one in anna.cells.items()} == {
        "name": "Anna; Lee",
        "groups": ("regular", "breeder"),
    }
    assert (anna.cells["name"].mark.line, anna.cells["name"].mark.column) == (2, 7)
    assert rows["team", "day"].cells["key"].text == "day"
    assert rows["user", "ivan"].cells["roles"].text == ("vet", "head")


@pytest.mark.parametrize(
    "text, left_out",
    [
        ("entities: {a: {fields: {name: text, x: image}}}", "entities.a.fields.x"),
        (
            "entities: {a: {fields: {name: text}, buttons: {go: {do: [{send: {}}, {wait: 1 h}]}}}}",
            "entities.a.buttons.go.do.1.send",
        ),
        (
            "automations: {a: {entity: user, on: [created, {every: day}], do: [{call: {}}]}}",
            "automations.a.on.2.every",
        ),
        ("automations: {a: {entity: user, on: [imported], do: []}}", "automations.a.on.1.imported"),
        ("roles: {a: {only_if: inputs.x}}", "roles.a.only_if"),
        ("views: {a: {entity: user, type: timeline}}", "views.a"),
    ],
)
def test_what_runs_later_is_listed_once_and_left_out(text: str, left_out: str) -> None:
    result = loaded(text)
    assert [(one.severity, one.address) for one in result.problems] == [(Severity.LATER, left_out)]
    assert result.application is not None


def test_what_names_a_left_out_field_is_no_second_error() -> None:
    result = loaded(
        """
        entities:
          a:
            title: "{{ name }}"
            search: [name, x]
            fields:
              name: {type: text, required_when: x}
              x: image
              sum: {type: money, formula: sum(lines.total)}
              more: {type: money, formula: sum * 2}
              last: {type: money, formula: more + 1}
            validate: {a: {check: sum > 0, message: "{{ more }}"}}
        views: {v: {entity: a, columns: [name, x, sum], filters: {x: "*"}}}
        """
    )
    assert {one.severity for one in result.problems} == {Severity.LATER}
    assert result.application is not None
    entity = result.application.entities["a"]
    assert list(entity.fields) == ["name"]
    assert entity.fields["name"].required_when is None
    assert entity.validate == {}
    assert entity.search == ("name",)
    assert result.application.views["v"].columns == ("name",)
    assert result.application.views["v"].filters == {}


def test_what_names_a_left_out_definition_goes_with_it() -> None:
    result = loaded(
        """
        entities:
          a: {fields: {name: text, b: {type: link, to: b}, stage: {type: stage, pipeline: p}}}
          b: {only_if: inputs.x, fields: {name: text}}
        pipelines: {p: {only_if: inputs.x, stages: {new: {}, done: {closes: done}}}}
        roles:
          r: {can: {a: {see: all}, b: {see: s}}}
          d: {only_if: inputs.x, can: {b: {see: all}}}
        scopes: {s: {entity: b, where: name == 'x'}}
        views: {v: {entity: a, columns: [name, b, b.name], roles: [r, d]}, w: {entity: b}}
        start: {r: w, d: my_day}
        """,
        **{
            "demo/people.yaml": "rows: {user: {u: {name: U, roles: [r, d]}}, b: {x: {name: X}}}",
            "demo/a.csv": "key,name,b\none,One,x\n",
        },
    )
    assert {one.address for one in result.problems} == {
        "entities.b.only_if",
        "pipelines.p.only_if",
        "roles.d.only_if",
    }
    built = result.application
    assert built is not None
    assert list(built.entities["a"].fields) == ["name"]
    assert (list(built.roles), list(built.scopes), list(built.start)) == (["admin", "r"], [], [])
    assert built.roles["r"].can == {"a": {"see": "all"}}
    assert built.views["v"].columns == ("name",)
    rows = {one.entity: one for one in built.rows}
    assert rows["user"].cells["roles"].text == ("r",)
    assert list(rows["a"].cells) == ["name"]


def test_a_folder_on_a_package_is_said_once() -> None:
    result = loaded(
        """
        uses: {kitchen: ">=2"}
        entities: {deal: {fields: {source: {options: {append: [fair]}}, y: {requird: true}}}}
        pipelines: {sales: {buttons: {busy: {}}}}
        remove: [views.x]
        """,
        **{"data/deal.csv": "key,source\na,b\n"},
    )
    assert [(one.code, one.address) for one in result.problems] == [
        ("L001", "uses"),
        ("E102", "entities.deal.fields.y"),
    ]


def test_nothing_is_said_about_what_has_an_error() -> None:
    assert codes(
        """
        entities:
          a:
            title: "{{ x }} {{ l.name }}"
            fields:
              x: {type: txt, options: [a], default: 5}
              l: {type: link, to: nowhere}
              n: {type: integer, formula: x * 2, visible_when: x == 'a' and l.name == 'b'}
            validate: {v: {check: x > l.size, message: "{{ x }}"}}
            search: [x]
        views: {v: {entity: a, columns: [x, l.name], sort: [x]}}
        roles: {r: {can: {a: {see: all}}, hide: [a.x]}}
        """,
        **{"data/a.csv": "key,x,l\n1,2,3\n"},
    ) == ["E106", "E201"]
