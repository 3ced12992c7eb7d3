"""The rights of the kitchen maker against the independent model: teams, a scope, hidden sums.

What `test_rights_of_the_example.py` asks at every door, this asks where the larger example goes
further: the team's records, those that a measurer is sent to, amounts that a role does not see,
and the buttons that people press. Every text is a canary, and so is every sum.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
import yaml

from engine.metadata.model.text import RecordRef
from engine.resources import resource_dir
from engine.runtime.actor import ENGINE
from tests.kit.web import Site, open_site
from tests.perm_model import Model, User

# A text, or a sum between 2,401.00 and 2,499.00 or above 80,000.00 as pages and files write it.
CANARY = re.compile(r"cnry-[a-z]+-[a-z_]+-\d+|\b(?:2,?4|[89]0,?0)\d\d\.00\b")
PEOPLE = {
    "ivan": ("seller", "sellers"),
    "maria": ("seller", "sellers"),
    "olga": ("seller", ""),
    "petar": ("measurer", "measurers"),
    "elena": ("head", "sales"),
    "website": ("intake", "sales"),
}
BELOW = {"sales": ("sales", "sellers", "measurers"), "sellers": ("sellers",)}
TEXTS = {
    "client": ("name", "email", "city", "note"),
    "deal": ("address", "wishes", "site_notes"),
    "request": ("name", "email", "city", "text", "needs"),
    "task": ("subject", "result"),
}
SUMS = {"deal": ("price_per_m", "amount", "cost"), "request": ("ad_cost",)}
# What stands in a title, wherever a record may be peeked at.
NAMING = {"client": ("name",), "deal": (), "request": ("name",), "task": ("subject",)}
VIEWS = ("untaken", "my_requests", "advertising", "living_abroad", "to_contact", "debts")
WRITES: Mapping[str, tuple[tuple[str, str, dict[str, str]], ...]] = {
    "client": (("edit", "edit", {"city": "Ruse", "_version": "1"}), ("edit", "archive", {})),
    "deal": (
        ("edit", "edit", {"wishes": "oak", "_version": "1"}),
        ("press", "press/lost", {"lost_reason": "price"}),
        ("edit", "move", {"stage": "lost"}),
        ("delete", "delete", {}),
    ),
    "request": (("press", "press/take", {}), ("press", "press/junk", {}), ("delete", "delete", {})),
    "task": (("edit", "edit", {"result": "done", "_version": "1"}),),
}


@dataclass(frozen=True)
class World:
    """The example as it is served, its records as they were written, and what the model says."""

    site: Site
    model: Model
    people: Mapping[str, User]
    records: list[dict[str, Any]] = field(default_factory=list)

    def add(self, entity: str, values: Mapping[str, object], **known: Any) -> dict[str, Any]:
        """Writes a record with a canary in each text, and keeps what the model has to know."""
        number = len(self.records) + 10
        texts = {name: canary(entity, name, number) for name in TEXTS[entity]}
        record = {
            "entity": entity,
            "id": self.site.create(entity, **texts, **values),
            "owner": None,
            "creator": None,
            "trashed": False,
            "about": None,
            "of": None,
            **known,
            "texts": texts,
        }
        self.records.append(record)
        return record

    def add_deal(self, login: str | None, stage: str, number: int) -> None:
        """Writes a client, a deal of theirs with its task, and a request; all are somebody's."""
        person = self.people[login].id if login else None
        owned: dict[str, object] = {"owner": "" if person is None else person}
        phones = {"phone": f"+3598800011{number:02}"}
        client = self.add("client", phones | owned, owner=person)
        petar = self.people["petar"].id
        sums = {"price_per_m": 2400 + number, "amount": 2400 + number, "cost": 90000 + number}
        values: dict[str, object] = {"length_m": 1, "measurer": petar, "client": client["id"]}
        values |= {"price_per_m": sums["price_per_m"], "cost": sums["cost"]}
        deal = self.add(
            "deal", values | owned, owner=person, of=client, measurer=petar, stage="new"
        )
        deal["sums"] = sums
        task = {"about": RecordRef("deal", deal["id"]), "to": self.people["maria"].id}
        self.add("task", task, owner=self.people["maria"].id, about=deal)
        asked = {"source": "site", "ad_cost": 80000 + number, "phone": f"+3598700011{number:02}"}
        request = self.add("request", asked | owned, owner=person)
        request["sums"] = {"ad_cost": asked["ad_cost"]}
        self.move(deal, stage)

    def move(self, deal: dict[str, Any], stage: str) -> None:
        """Brings a deal to its stage as the configuration would."""
        records = self.site.services.records
        if stage == "measuring":
            records.update(ENGINE, "deal", deal["id"], {"measure_at": "2026-03-03 10:00"}, None)
            records.move(ENGINE, "deal", deal["id"], stage)
        elif stage == "lost":
            records.update(ENGINE, "deal", deal["id"], {"lost_reason": "price"}, None)
            records.move(ENGINE, "deal", deal["id"], stage)
        deal["stage"] = stage

    def known(self, login: str) -> set[str]:
        """All canaries that a person may come to see."""
        user, found = self.people[login], set[str]()
        for record in self.records:
            if self.model.may(user, "see", record):
                found |= self.shown(user, record) | self.names(record)
            elif self.model.may(user, "peek", record):
                found |= self.names(record)
        return {plain(mark) for one in found for mark in CANARY.findall(one)}

    def shown(self, user: User, record: Mapping[str, Any]) -> set[str]:
        """The canaries of the fields of a record that a person sees."""
        sums = {name: f"{one}.00" for name, one in record.get("sums", {}).items()}
        fields = {**record["texts"], **sums}
        return {
            one
            for name, one in fields.items()
            if not self.model.hides(user, record["entity"], name, "see")
        }

    def names(self, record: Mapping[str, Any]) -> set[str]:
        """The canaries in a record's title, which is made of that of its client as well."""
        own = {record["texts"][one] for one in NAMING[record["entity"]]}
        return own | (self.names(record["of"]) if record["of"] else set())


def canary(entity: str, name: str, number: int) -> str:
    mark = f"cnry-{entity}-{name}-{number}"
    return f"{mark}@example.com" if name == "email" else mark


def plain(mark: str) -> str:
    """The canary as it was written: pages set the thousands of sums apart."""
    return mark.replace(",", "")


def met_in(text: str) -> set[str]:
    return {plain(one) for one in CANARY.findall(text.replace("\u00a0", ""))}


def sources() -> dict[str, Any]:
    """The files of the example without its demo."""
    folder = resource_dir("examples") / "kitchen-sales"
    return {one.name: one.read_text(encoding="utf-8") for one in sorted(folder.glob("*.yaml"))}


def merged(texts: Mapping[str, str]) -> str:
    """One text that says what all files say together; their sections name different things."""
    whole: dict[str, Any] = {}
    for text in texts.values():
        for section, value in yaml.safe_load(text).items():
            is_map = isinstance(value, dict) and section in whole
            whole[section] = {**whole[section], **value} if is_map else value
    return yaml.safe_dump(whole)


def measures(user: User, deal: Mapping[str, Any]) -> bool:
    return bool(deal["measurer"] == user.id and deal["stage"] in ("measuring", "production"))


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Deals of each seller and of nobody, in stages that the measurer sees and does not see."""
    texts = sources()
    head = texts.pop("crm.yaml")
    with open_site(head, **texts) as site:
        teams = {one.key: one.id for one in site.services.accounts.people.teams()}
        people = {}
        for login, (role, team) in PEOPLE.items():
            people[login] = User(site.user(login, role, team=teams.get(team)), [role], set())
        for login, (_, team) in PEOPLE.items():
            below = [one for one in PEOPLE if PEOPLE[one][1] in BELOW.get(team, ())]
            people[login].below.update(people[one].id for one in below)
        model = Model(merged({"crm.yaml": head, **texts}), {"my_measurings": measures})
        world = World(site, model, people)
        stages = ("measuring", "new", "measuring", "lost")
        for number, owner in enumerate(("ivan", "maria", "olga", None)):
            world.add_deal(owner, stages[number], number + 1)
        yield world


def paths(world: World) -> Iterator[str]:
    """The addresses at which records of this example are met."""
    for entity, texts in TEXTS.items():
        columns = ",".join(("title", *texts, *SUMS.get(entity, ())))
        yield from (f"/{entity}", f"/{entity}.csv", f"/{entity}?columns={columns}")
        yield from (f"/{entity}?columns={','.join(('title', *texts))}", f"/{entity}?q=cnry")
    yield from (f"/views/{one}" for one in VIEWS)
    yield from ("/search/pick/deal/client?q=cnry", "/search/filter/request/deal?q=cnry")
    yield from ("/my-day", "/calendar", "/notifications", "/search?q=cnry")
    for one in world.records:
        path = f"/{one['entity']}/{one['id']}"
        yield from (path, f"{path}/edit", f"{path}/runs")
        yield from (f"{path}/{deed}" for _, deed, _ in WRITES[one["entity"]] if "press" in deed)


@pytest.mark.parametrize("login", PEOPLE)
def test_no_page_shows_more_than_the_model_allows(world: World, login: str) -> None:
    browser, known, met = world.site.browser(login), world.known(login), set[str]()
    for path in paths(world):
        answer = browser.get(path)
        assert answer.status_code < 500, path
        assert met_in(answer.text) <= known, path
        met |= met_in(answer.text)
    assert known <= met


@pytest.mark.parametrize("login", PEOPLE)
def test_a_refused_write_changes_nothing(world: World, login: str) -> None:
    browser, user = world.site.browser(login), world.people[login]
    before, refused = world.site.digest(), 0
    for record in world.records:
        for verb, deed, form in WRITES[record["entity"]]:
            if world.model.may(user, verb, record):
                continue
            path = f"/{record['entity']}/{record['id']}/{deed}"
            expected = 403 if world.model.may(user, "peek", record) else 404
            assert browser.post(path, form).status_code == expected, path
            refused += 1
    assert refused or login == "elena"
    assert world.site.digest() == before


def test_sums_that_a_seller_may_only_read_are_written_by_buttons_alone(world: World) -> None:
    ivan, before = world.site.browser("ivan"), world.site.digest()
    deal = next(one for one in world.records if one["entity"] == "deal")
    path = f"/deal/{deal['id']}"
    version = world.site.services.reader.get(world.site.actor("ivan"), "deal", deal["id"]).version
    form = {"paid": "1", "_version": str(version)}
    assert ivan.post(f"{path}/edit", form).status_code == 422
    assert world.site.digest() == before
    agreed = {"prepaid": "2401", "promised_for": "2026-04-10"}
    assert ivan.post(f"{path}/press/prepaid", agreed).status_code == 303
    assert "2,401.00" in ivan.get(path).text.replace("\u00a0", "")
