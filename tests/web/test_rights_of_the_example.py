"""The rights of the example's roles at every door of the web, against the independent model.

Every text of every record is a canary: whatever a page, a file or a fragment carries says where it
is from. A refused write leaves the database as it was, an allowed one changes it. The routes are
listed in `tests/rights/doors.py`.
"""

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from engine.metadata.model.text import RecordRef
from engine.resources import resource_dir
from engine.runtime.actor import ENGINE
from tests.kit.web import Browser, Site, open_site
from tests.perm_model import Model, User

CANARY = re.compile(r"cnry-?[a-z]+-?[a-z]+-?\d+", re.IGNORECASE)
PEOPLE = {
    "rada": ("reception",),
    "vera": ("vet",),
    "boris": ("vet",),
    "head": ("admin", "reception"),
    "boss": ("admin",),
}
ENTITIES = ("owner", "animal", "visit", "task")
VIEWS = ("in_the_house", "unpaid", "dogs", "stages")
BOARD = "  stages: {entity: visit, label: Stages, type: board, sum: debt}\n"
FORM = "form"  # shown to whoever may edit
DOORS = {
    # what stands in a list of some kind, or on one record's pages
    "/<entity_id>": "list",
    "/<entity_id>.csv": "export",
    "/views/<view_id>": "view",
    "/<entity_id>/<int:record_id>": "record",
    "/<entity_id>/<int:record_id>/edit": FORM,
    "/<entity_id>/<int:record_id>/move": FORM,
    "/<entity_id>/<int:record_id>/press/<button_id>": FORM,
    "/<entity_id>/<int:record_id>/runs": "runs",
    "/<entity_id>/<int:record_id>/runs/<int:run_id>": "run",
    "/<entity_id>/<int:record_id>/drop": FORM,
    "/<entity_id>/new": "list",
    "/<entity_id>/preview": "write",
    "/search": "search",
    "/search/pick/<entity_id>/<field_id>": "pick",
    "/search/filter/<entity_id>/<path>": "pick",
    "/<entity_id>/<int:record_id>/day": FORM,
    "/my-day": "own",
    "/calendar": "own",
    "/notifications": "own",
    "/task/<int:task_id>/done": FORM,
    "/task/<int:task_id>/postpone": FORM,
    # writes to one record
    "/<entity_id>/<int:record_id>/archive": "write",
    "/<entity_id>/<int:record_id>/delete": "write",
    "/<entity_id>/<int:record_id>/restore": "write",
    "/<entity_id>/<int:record_id>/notes": "write",
    "/notifications/<int:notice_id>/open": "write",
    "/notifications/<int:notice_id>/read": "write",
    "/notifications/read": "write",
    # the person's own things, and those of administrators: tests of their own
    "/account": "own",
    "/account/look": "write",
    "/sign-out": "write",
    "/admin/configuration": "admin",
    "/admin/configuration/note": "admin",
    "/admin/configuration/<int:version_id>": "admin",
    "/admin/configuration/<int:version_id>/back": "write",
    "/admin/users": "admin",
    "/admin/users/new": "admin",
    "/admin/users/<int:user_id>": "admin",
    "/admin/users/<int:user_id>/disable": "write",
    "/admin/users/<int:user_id>/enable": "write",
    "/admin/users/<int:user_id>/link": "write",
    "/admin/users/lift": "write",
    # no records at all
    "/": "open",
    "/sign-in": "open",
    "/welcome/<token>": "open",
    "/healthz": "open",
    "/readyz": "open",
    "/served": "open",
    "/static/<path:path>": "open",
    "/theme-<stamp>.css": "open",
    "/search/moment": "open",
}


TEXTS = {
    "owner": ("name", "email", "city", "note"),
    "animal": ("name", "breed", "caution"),
    "visit": ("complaint", "diagnosis"),
    "task": ("subject", "result"),
}
NOTES = {
    "owner": "{{ name }}, {{ note }}: {{ ask.said }}",
    "animal": "{{ name }}, {{ caution }}: {{ ask.said }}",
    "visit": "{{ complaint }}, {{ animal.owner.note }}: {{ ask.said }}",
}
BUTTON = "    buttons: {{remark: {{label: Remark, ask: {{said: text}}, do: [note: '{note}']}}}}\n"
# What names a record wherever it may be peeked at: its title, its second line, those of its links.
NAMING = {"owner": ("name", "city"), "animal": ("name", "breed"), "visit": (), "task": ("subject",)}
LINKS = {"animal": "of", "visit": "of"}


@dataclass(frozen=True)
class World:
    """The served example, its records as they were written, and who they are for."""

    site: Site
    model: Model
    ids: Mapping[str, int]
    records: list[dict[str, Any]] = field(default_factory=list)

    def person(self, login: str) -> User:
        """A person as the model knows them; there are no teams here."""
        return User(self.ids[login], list(PEOPLE[login]), set())

    def add(
        self,
        entity: str,
        values: Mapping[str, object],
        *,
        owner: str | None = None,
        of: Mapping[str, Any] | None = None,
        about: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Writes a record with a canary in each text, and keeps what the model has to know."""
        number = len(self.records) + 1
        texts = {name: canary(entity, name, number) for name in TEXTS[entity]}
        record = {
            "entity": entity,
            "id": self.site.create(entity, **texts, **values),
            "owner": self.ids.get(owner or ""),
            "creator": None,
            "trashed": False,
            "about": about,
            "of": of,
            "texts": texts,
        }
        self.records.append(record)
        return record

    def add_visit(self, number: int, vet: str | None) -> None:
        """Writes an owner with an animal, its visit and a task about that."""
        owner = self.add("owner", {"phone": f"+3598881122{number:02}"})
        bite = {"owner": owner["id"], "species": "dog", "aggressive": True}
        animal = self.add("animal", bite, of=owner)
        treated = {"animal": animal["id"], "at": "2026-03-03 10:00", "reason": "illness"}
        visit = self.add(
            "visit", treated | {"vet": self.ids.get(vet or "", "")}, owner=vet, of=animal
        )
        task = {"about": RecordRef("visit", visit["id"]), "to": self.ids["boris"]}
        self.add("task", task, owner="boris", about=visit)

    def known(self, login: str) -> set[str]:
        """All canaries that a person may come to see."""
        user, found = self.person(login), set[str]()
        for record in self.records:
            if self.model.may(user, "see", record) or self.model.may_restore(user, record):
                names = {n for n in record["texts"] if not self.hides(user, record, n, "see")}
                found |= {record["texts"][one] for one in names} | self.names(user, record)
            elif self.model.may(user, "peek", record):
                found |= self.names(user, record)
        return {mark for one in found for mark in CANARY.findall(one)}

    def names(self, user: User, record: Mapping[str, Any]) -> set[str]:
        """The canaries in a record's title, which is made of those of its links as well."""
        own = {record["texts"][one] for one in NAMING[record["entity"]]}
        return own | (self.names(user, record["of"]) if record["of"] else set())

    def hides(self, user: User, record: Mapping[str, Any], name: str, verb: str) -> bool:
        return self.model.hides(user, record["entity"], name, verb)


def canary(entity: str, name: str, number: int) -> str:
    mark = f"cnry-{entity}-{name}-{number}"
    return f"{mark}@example.com" if name == "email" else mark


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Owners, animals, visits of each vet and of none, and tasks; the last of each is trashed."""
    text = (resource_dir("examples") / "vet-practice" / "crm.yaml").read_text(encoding="utf-8")
    for name, note in NOTES.items():
        text = text.replace(f"\n  {name}:\n", f"\n  {name}:\n{BUTTON.format(note=note)}", 1)
    with open_site(text.replace("\nviews:\n", f"\nviews:\n{BOARD}", 1)) as site:
        ids = {login: site.user(login, *roles) for login, roles in PEOPLE.items()}
        world = World(site, Model(text, {}), ids)
        for number, vet in enumerate(("vera", "boris", None, "vera")):
            world.add_visit(number, vet)
        head = site.actor("head")
        for record in world.records:
            if record["entity"] in NOTES:
                site.services.records.press(head, record["entity"], record["id"], "remark")
                runs = site.services.records.runs(head, record["entity"], record["id"])
                record["run"] = runs[0].id
        for record in world.records[:-5:-1]:
            site.services.records.delete(ENGINE, record["entity"], record["id"])
            record["trashed"] = True
        yield world


def paths(world: World) -> Iterator[tuple[str, str, dict[str, Any] | None]]:
    """Every address of a page: its kind, the address, the record it is about."""
    for rule, kind in DOORS.items():
        if kind in ("write", "open", "admin"):
            continue
        if "<int:" in rule:
            yield from ((kind, *one) for one in pages_of_records(world, rule))
        elif rule == "/search":
            for one in world.records:
                yield from ((kind, f"/search?q={text}", None) for text in one["texts"].values())
        elif kind == "pick":
            pick = "/search/pick/visit/animal", "/search/pick/animal/owner", "/search/pick/task/to"
            chosen = pick if "field_id" in rule else ("/search/filter/visit/animal",)
            yield from ((kind, f"{one}?q=cnry", None) for one in chosen)
            yield from ((kind, one, None) for one in chosen)
        elif kind == "view":
            yield from ((kind, f"/views/{one}", None) for one in VIEWS)
            yield from ((kind, path, None) for path in parts_of_the_board(world))
        else:
            for entity in ENTITIES:
                columns = ",".join(("title", *TEXTS[entity]))
                path = rule.replace("<entity_id>", entity)
                yield kind, path, None
                yield kind, f"{path}?columns={columns}", None
                yield kind, f"{path}?q=cnry", None
                yield kind, f"{path}?archived=only", None
                yield kind, f"{path}?trashed=only", None


def parts_of_the_board(world: World) -> Iterator[str]:
    """Every part of a board: counts, the cards of a stage, one card anew."""
    columns = ",".join(("title", *TEXTS["visit"]))
    yield f"/views/stages?columns={columns}"
    yield "/views/stages?_part=heads"
    yield f"/views/stages?_column=booked&columns={columns}"
    for one in world.records:
        yield f"/views/stages?_part=card&_record={one['id']}&columns={columns}"


def pages_of_records(world: World, rule: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every address of a page that is about one record, or about one task."""
    for one in world.records:
        if "<int:task_id>" not in rule or one["entity"] == "task":
            path = rule.replace("<entity_id>", one["entity"]).replace("<button_id>", "remark")
            path = path.replace("<int:run_id>", str(one.get("run", 0)))
            yield re.sub(r"<int:\w+>", str(one["id"]), path), one


@pytest.mark.parametrize("login", PEOPLE)
def test_no_door_shows_more_than_the_model_allows(world: World, login: str) -> None:
    browser, known = world.site.browser(login), world.known(login)
    user, met = world.person(login), set[str]()
    for kind, path, record in paths(world):
        for htmx in (False, True):
            answer = browser.get(path, htmx=htmx)
            assert answer.status_code < 500, path
            shown = set(CANARY.findall(answer.text.replace(f"q={path.partition('q=')[2]}", "")))
            asked = set(CANARY.findall(path))
            assert shown - asked <= known, path
            met |= shown - asked
        if record is not None and kind == "record":
            peeks = world.model.may(user, "peek", record)
            restores = world.model.may_restore(user, record)
            assert (answer.status_code == 200) == (peeks or restores), path
    # The other way round: what may be seen is met somewhere.
    assert known <= met


WRITES: dict[str, tuple[str, dict[str, str]]] = {
    "edit": ("edit", {}),
    "press/remark": ("press", {}),
    "archive": ("edit", {}),
    "delete": ("delete", {}),
    "notes": ("see", {"text": "a note"}),
    "move": ("edit", {"stage": "arrived"}),
    "day": ("edit", {"_field": "at", "_day": "2026-03-10", "_version": "1"}),
}
EDITS = {"owner": "city", "animal": "breed", "visit": "complaint", "task": "result"}


def writes(record: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Every write to a record: the verb it needs, its address, its form."""
    for deed, (verb, form) in WRITES.items():
        if deed in ("move", "day") and record["entity"] != "visit":
            continue
        if deed == "press/remark" and record["entity"] not in NOTES:
            continue
        edit = {EDITS[record["entity"]]: "another text", "_version": "1"}
        yield verb, f"/{record['entity']}/{record['id']}/{deed}", edit if deed == "edit" else form


@pytest.mark.parametrize("login", PEOPLE)
def test_a_refused_write_changes_nothing(world: World, login: str) -> None:
    browser, user = world.site.browser(login), world.person(login)
    before, refused = world.site.digest(), 0
    for record, htmx in itertools.product(world.records, (False, True)):
        for verb, path, form in writes(record):
            if world.model.may(user, verb, record):
                continue
            answer = browser.post(path, form, htmx=htmx)
            expected = 403 if world.model.may(user, "peek", record) else 404
            assert answer.status_code == expected, (path, form)
            refused += 1
    assert refused
    assert world.site.digest() == before


def test_an_allowed_write_changes_the_record(world: World) -> None:
    done = set()
    for number, (login, vet) in enumerate(itertools.product(PEOPLE, ("vera", "boris"))):
        first = len(world.records)
        world.add_visit(10 + number, vet)
        browser, user = world.site.browser(login), world.person(login)
        for record in reversed(world.records[first:]):
            for verb, path, form in writes(record):
                if verb == "delete" or not world.model.may(user, verb, record):
                    continue
                before = world.site.digest()
                assert post(browser, path, form) in (303, 422), (login, path)
                done.add((record["entity"], verb))
                if path.endswith(("/edit", "/archive", "/notes", "/remark")):
                    assert world.site.digest() != before, path
            if world.model.may(user, "delete", record):
                assert post(browser, f"/{record['entity']}/{record['id']}/delete", {}) == 303
                record["trashed"] = True
                done.add((record["entity"], "delete"))
    assert {("owner", "edit"), ("animal", "delete"), ("visit", "edit"), ("task", "edit")} <= done
    assert {("owner", "press"), ("animal", "press"), ("visit", "press")} <= done


def post(browser: Browser, path: str, form: Mapping[str, object]) -> int:
    return browser.post(path, form).status_code
