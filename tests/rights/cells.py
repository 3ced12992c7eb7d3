"""Field-write cells: each field, declared or of the system or made up, at each door that writes.

What a person may not write is refused as a whole, also where another field of the form is right;
what they may write changes that field of that record, and what is computed from it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from zlib import crc32

from werkzeug.test import TestResponse

from tests.kit.web import Browser
from tests.rights.marks import marks_in, marks_of_answer
from tests.rights.world import Kept, World
from tests.rights.writing import AROUND, LOG, TOASTS, Disk, State, changed, columns_of

SYSTEM = (
    *("id", "title", "version", "created_at", "created_by", "updated_at", "updated_by"),
    *("archived", "trashed_at", "last_activity_at", "search_text", "nosuchfield", "is_admin"),
)
BESIDE = frozenset(
    {"version", "updated_at", "updated_by", "last_activity_at", "title", "title_key", "search_text"}
)
TITLES = frozenset({"title", "title_key", "search_text"})
NEVER = frozenset({"stage", "sequence"})
OWN_SETTINGS = frozenset({"language", "timezone"})
VALUES: Mapping[str, str] = MappingProxyType(
    {
        "text": "zz changed",
        "long_text": "zz changed",
        "email": "zz@example.com",
        "phone": "+359888999999",
        "url": "https://example.com/zz",
        "timezone": "Europe/Athens",
        "integer": "61",
        "number": "3",
        "percent": "7",
        "money": "461",
        "date": "2026-04-15",
        "datetime": "2026-04-15 11:00",
        "sequence": "X-0001",
    }
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of one record, or of a new one, at one door."""

    entity: str
    name: str
    door: str
    record: Kept

    @property
    def path(self) -> str:
        """The address of the record."""
        return f"/{self.entity}/{self.record['id']}"


@dataclass
class FieldWriter:
    """One person before every field at every door; one cell in so many is asked."""

    world: World
    login: str
    disk: Disk
    share: int = 1
    refused: int = 0
    done: int = 0

    @cached_property
    def browser(self) -> Browser:
        """The browser in which the person is signed in."""
        return self.world.browser(self.login)

    def begin(self) -> None:
        """Signs in, which is no part of what is compared."""
        assert self.browser.cookie("kartoteka")
        self.disk.keep()

    def check(self) -> set[tuple[str, str]]:
        """Tries every cell; returns the fields that were changed."""
        found = set()
        for cell in self.cells():
            digest = crc32(f"{self.login} {cell.path} {cell.name} {cell.door}".encode())
            if digest % self.share == 0 and self.check_one(cell):
                found.add((cell.entity, cell.name))
        return found

    def cells(self) -> Iterator[Cell]:
        """Yields every cell of the person."""
        for entity in self.world.entities:
            record = self.editable(entity)
            if record is not None:
                for name in (*self.world.fields(entity), *SYSTEM):
                    for door in DOORS:
                        if door != "move" or self.moves(entity, name):
                            yield Cell(entity, name, door, record)

    def moves(self, entity: str, name: str) -> bool:
        """Says whether a form of a move can hold a field: there are stages, and it is none."""
        stages = self.world.stages(entity)
        return (
            bool(stages)
            and name not in stages
            and not self.world.hides(self.login, entity, next(iter(stages)))
        )

    def editable(self, entity: str) -> Kept | None:
        """Returns a record that the person may edit, one whose owner they may name if possible."""
        found = [one for one in self.world.of(entity) if self.world.may(self.login, "edit", one)]
        active = [one for one in found if not one["archived"]] or found
        return next(iter(active), None)

    def check_one(self, cell: Cell) -> bool:
        """Tries one cell; says whether it changed something."""
        said = f"{self.world.name}, {self.login}, {cell.door} {cell.path}: {cell.name}"
        before = self.disk.state()
        answer = DOORS[cell.door](self, cell)
        after = self.disk.state()
        assert answer.status_code < 500, said
        value = self.value(cell)
        known = self.world.known(self.login) | marks_in(value)
        # What is computed from the new value is new itself.
        strange = (marks_of_answer(answer) & self.world.every_mark()) - known
        assert not strange, (said, strange)
        self.disk.go_back()
        self.browser.client.delete_cookie(TOASTS)
        rows = changed(before, after)
        if cell.door in ("preview", "prefill"):
            assert not rows or set(rows) == {LOG}, (said, rows)
            is_known = cell.door == "preview" or self.writes_new(cell)
            assert answer.status_code == (200 if is_known else 400), (said, answer.status_code)
            return False
        if not self.writes(cell):
            self.refused += 1
            assert answer.status_code in (400, 422), (said, answer.status_code)
            denials = 1 if answer.status_code == 422 else 0
            assert set(rows) <= {LOG}, (said, rows)
            assert len(rows.get(LOG, ())) == denials, (said, answer.status_code, rows)
            return False
        return self.judge_change(cell, said, answer, before, after)

    def judge_change(
        self, cell: Cell, said: str, answer: TestResponse, before: State, after: State
    ) -> bool:
        """Of records, just this field of this one has changed, and what is computed from it."""
        self.done += 1
        assert answer.status_code in (200, 303, 409, 422), (said, answer.status_code)
        tables = self.world.site.services.tables.tables
        rows = changed(before, after)
        touched = {name: rows[one.name] for name, one in tables.items() if one.name in rows}
        if answer.status_code in (409, 422):
            assert not touched, said
            return False
        for entity, keys in touched.items():
            for key in keys:
                if entity in AROUND and entity != cell.entity:
                    continue  # what rules do
                names = self.columns(before, after, tables[entity].name, key)
                own = (entity, key) == (cell.entity, (cell.record["id"],))
                may = BESIDE | self.columns_for(cell) if own else TITLES
                assert names <= may, (said, entity, key, names - may)
        return cell.entity in touched

    def columns(self, before: State, after: State, table: str, key: tuple[int, ...]) -> set[str]:
        """Returns the columns in which a row differs."""
        names = self.disk.columns(table)
        return {names[one] for one in columns_of(before, after, table, key)}

    def columns_for(self, cell: Cell) -> set[str]:
        """Returns the columns of a field, and of what is computed."""
        tables, fields = self.world.site.services.tables, self.world.fields(cell.entity)
        also = [name for name, one in fields.items() if "formula" in one]
        also += list(self.world.stages(cell.entity)) if cell.door == "move" else []
        return {
            one.key
            for name in (cell.name, *also)
            if tables.is_stored(cell.entity, name)
            for one in tables.columns(cell.entity, name)
        }

    # What the model says

    def writes(self, cell: Cell) -> bool:
        """Says whether the person may write this field of this record at this door."""
        if cell.door == "press" or not self.declared(cell.entity, cell.name, "edit", "create"):
            return False
        if cell.door == "day" and self.world.fields(cell.entity)[cell.name]["type"] not in MOMENTS:
            return False
        if cell.name == self.world.owner_field(cell.entity):
            return self.world.may(self.login, "assign", cell.record)
        return True

    def writes_new(self, cell: Cell) -> bool:
        """Says whether the person may write this field of a new record."""
        if not self.declared(cell.entity, cell.name, "edit", "create"):
            return False
        user = self.world.people[self.login]
        is_owner = cell.name == self.world.owner_field(cell.entity)
        return not is_owner or bool(self.world.model.reaches(user, cell.entity, "assign"))

    def declared(self, entity: str, name: str, *verbs: str) -> bool:
        """Says whether a field is there for the person, and is not closed to them."""
        one = self.world.fields(entity).get(name)
        if one is None or one["type"] in NEVER or "formula" in one or one.get("readonly"):
            return False
        if self.world.hides(self.login, entity, name):
            return False
        if entity == "user":
            return name in OWN_SETTINGS or "admin" in self.world.people[self.login].roles
        roles, model = self.world.people[self.login].roles, self.world.model
        giving = [r for r in roles if {model.granted(r, entity, v) for v in verbs} != {"none"}]
        closed = [model.yaml["roles"].get(one, {}).get("readonly", []) for one in giving or roles]
        return not (closed and all(f"{entity}.{name}" in one for one in closed))

    # What is sent

    def value(self, cell: Cell) -> str:
        """Returns another value than the field has, one that it would take."""
        one = self.world.fields(cell.entity).get(cell.name)
        if one is None:
            return "77"
        now = cell.record["values"][cell.name]
        match one["type"]:
            case "bool":
                return "false" if now else "true"
            case "choice" | "choices":
                options = one.get("options") or {}
                return next((str(n) for n in options if n not in (now or ())), "nothing")
            case "stage":
                stages = self.world.stages(cell.entity)[cell.name]
                return next(n for n in stages if n != now)
            case "link" | "user" | "team" | "any_link":
                return self.target(one, now)
            case kind:
                return VALUES[kind]

    def target(self, one: Mapping[str, str], now: object) -> str:
        """Returns a record that the person may link to."""
        entity = {"user": "user", "team": "team"}.get(one["type"]) or one.get("to") or "user"
        user, model = self.world.people[self.login], self.world.model
        found = (r["id"] for r in self.world.of(entity) if model.may(user, "peek", r))
        number = next((number for number in found if number != now), 1)
        return f"{entity}/{number}" if one["type"] == "any_link" else str(number)

    def form(self, cell: Cell) -> dict[str, str]:
        """Returns a form with the field, and with another one that is right."""
        form = {cell.name: self.value(cell), "_version": str(cell.record["version"])}
        if not self.writes(cell):
            right = self.right_field(cell)
            form |= {right: "zz also"} if right else {}
        return form

    def right_field(self, cell: Cell) -> str:
        """Returns a text that the person may write."""
        fields = self.world.fields(cell.entity).items()
        texts = (n for n, one in fields if one["type"] in ("text", "long_text") and n != cell.name)
        return next((n for n in texts if self.declared(cell.entity, n, "edit", "create")), "")


MOMENTS = ("date", "datetime")
Door = Callable[[FieldWriter, Cell], TestResponse]


def _edit(writer: FieldWriter, cell: Cell) -> TestResponse:
    return writer.browser.post(f"{cell.path}/edit", writer.form(cell))


def _inline(writer: FieldWriter, cell: Cell) -> TestResponse:
    form = {cell.name: writer.value(cell), "_version": str(cell.record["version"])}
    return writer.browser.post(f"{cell.path}/edit", {**form, "_field": cell.name}, htmx=True)


def _preview(writer: FieldWriter, cell: Cell) -> TestResponse:
    path = f"/{cell.entity}/preview?record={cell.record['id']}"
    return writer.browser.post(path, writer.form(cell), htmx=True)


def _prefill(writer: FieldWriter, cell: Cell) -> TestResponse:
    query = {cell.name: writer.value(cell)}
    if not writer.world.creates(writer.login, cell.entity) or cell.entity == "user":
        query = {}  # nothing to be asked here: the form of the record itself
        return writer.browser.get(
            f"{cell.path}/edit" if writer.writes_new(cell) else f"{cell.path}/edit?nosuch=1"
        )
    return writer.browser.get(f"/{cell.entity}/new", query=query)


def _move(writer: FieldWriter, cell: Cell) -> TestResponse:
    stages = writer.world.stages(cell.entity)
    name = next(iter(stages), "stage")
    now = cell.record["values"].get(name)
    other = next((one for one in stages.get(name, ()) if one != now), "new")
    form = {one: text for one, text in writer.form(cell).items() if one != "_version"}
    return writer.browser.post(f"{cell.path}/move", {**form, "_field": name, "stage": other})


def _day(writer: FieldWriter, cell: Cell) -> TestResponse:
    form = {"_version": str(cell.record["version"]), "_field": cell.name}
    form |= {"_day": "2026-04-15"}
    return writer.browser.post(f"{cell.path}/day", form)


DOORS: Mapping[str, Door] = MappingProxyType(
    {
        "edit": _edit,
        "inline": _inline,
        "preview": _preview,
        "prefill": _prefill,
        "move": _move,
        "day": _day,
    }
)
