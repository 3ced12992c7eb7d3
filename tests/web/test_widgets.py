"""Every type of field as an input: named, labelled, explained, right when the form comes back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest

from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.resources import resource_dir
from tests.kit.web import Browser, Site, open_site

GIVEN = {"stage", "sequence"}  # by moves and by the engine: never typed
CRM = """
name: everything
currency: EUR
timezone: Europe/Sofia
phone_region: BG
entities:
  other: {fields: {name: {type: text, required: true}}}
  thing:
    title: "{{ text }}"
    fields:
      text: {type: text, required: true, help: One line, placeholder: a word, quick: [alpha, beta]}
      long_text: {type: long_text, help: Many lines}
      email: {type: email}
      phone: {type: phone}
      url: {type: url}
      timezone: {type: timezone}
      integer: {type: integer, min: 1, max: 9}
      number: {type: number, unit: kg, decimals: 1}
      percent: {type: percent}
      money: {type: money, quick: ["10", "20"]}
      bool: {type: bool}
      choice: {type: choice, options: [few, more]}
      long_choice: {type: choice, options: [one, two, three, four, five]}
      choices: {type: choices, options: {red: {label: Red, color: red}, blue: Blue}}
      date: {type: date, quick: [in 1 w]}
      datetime: {type: datetime, help: When}
      link: {type: link, to: other, help: Another one}
      person: {type: user}
      team: {type: team}
      any_link: {type: any_link}
      stage: {type: stage, pipeline: walk}
      sequence: {type: sequence, format: "T-{n:3}"}
      twice: {type: number, formula: number * 2}
pipelines: {walk: {stages: {start: {label: Start}, end: {label: End, closes: done}}}}
roles: {all: {can: {thing: {every: all}, other: {every: all}}}}
"""


class Controls(HTMLParser):
    """What stands in a page: ids, what points at them, and the names of controls."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: Counter[str] = Counter()
        self.pointed: set[str] = set()
        self.names: dict[str, list[dict[str, str]]] = {}
        self.attributes: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.attributes |= set(given)
        if "id" in given:
            self.ids[given["id"]] += 1
        for name in ("for", "list", "aria-labelledby", "aria-describedby", "aria-controls"):
            self.pointed |= set(given.get(name, "").split())
        if tag in ("input", "select", "textarea") and "name" in given:
            self.names.setdefault(given["name"], []).append(given)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site(CRM) as opened:
        opened.user("ana", "all", name="Ana")
        opened.create("other", name="First")
        yield opened


@pytest.fixture
def ana(site: Site) -> Browser:
    return site.browser("ana")


@pytest.fixture
def form(ana: Browser) -> Controls:
    return Controls(ana.get("/thing/new").text)


def test_each_widget_has_its_template() -> None:
    folder = resource_dir("ui_templates") / "widgets"

    assert {one.widget for one in FIELD_TYPES.values()} <= {one.stem for one in folder.iterdir()}


def test_each_field_has_an_input_named_by_its_id(form: Controls, site: Site) -> None:
    fields = site.services.application.entity("thing").fields.values()
    typed = {one.id for one in fields if one.type not in GIVEN and one.formula is None}

    assert typed <= set(form.names)
    assert not {"stage", "sequence", "twice"} & set(form.names)


def test_every_id_is_there_once_and_everything_pointed_at_is_there(form: Controls) -> None:
    assert [one for one, count in form.ids.items() if count > 1] == []
    assert form.pointed - set(form.ids) == set()


def test_nothing_is_styled_or_scripted_in_place(form: Controls) -> None:
    assert not [one for one in form.attributes if one == "style" or one.startswith("on")]


def test_required_and_help_are_said(ana: Browser) -> None:
    page = ana.get("/thing/new").text

    assert 'Text <span class="must">required</span>' in page
    assert 'role="tooltip" id="f-text-help">One line<' in page
    assert "From 1 to 9" in page
    assert '<span class="unit">kg</span>' in page
    assert '<span class="unit">€</span>' in page


def test_what_was_typed_stands_there_again(ana: Browser) -> None:
    typed = {
        "text": "",
        "integer": "many",
        "money": "12,50",
        "datetime": "in a while",
        "choice": "more",
        "choices": ["red"],
        "_has": ["bool", "choices"],
        "link": "1",
    }
    refused = ana.post("/thing/new", typed)
    form = Controls(refused.text)

    assert refused.status_code == 422
    assert form.names["integer"][0]["value"] == "many"
    assert form.names["money"][0]["value"] == "12,50"
    assert form.names["datetime"][0]["value"] == "in a while"
    assert [one["value"] for one in form.names["choice"] if "checked" in one] == ["more"]
    assert [one["value"] for one in form.names["choices"] if "checked" in one] == ["red"]
    assert '<option value="1" selected>First</option>' in refused.text
    assert form.names["integer"][0]["aria-invalid"] == "true"


def test_stored_values_stand_as_a_person_would_type_them(site: Site, ana: Browser) -> None:
    number = site.create(
        "thing",
        text="a",
        number="1.5",
        money="10",
        date="2026-03-12",
        datetime="2026-03-12T08:00:00Z",
        bool=True,
        choices=["blue"],
        link="1",
        any_link="other:1",
    )
    form = Controls(ana.get(f"/thing/{number}/edit").text)
    values = {name: found[0].get("value", "") for name, found in form.names.items()}

    assert (values["number"], values["money"]) == ("1.5", "10.00")
    assert (values["date"], values["datetime"]) == ("2026-03-12", "2026-03-12 10:00")
    assert values["_pick.datetime"] == "2026-03-12T10:00"
    assert "checked" in form.names["bool"][0]
    assert [one["value"] for one in form.names["choices"] if "checked" in one] == ["blue"]
