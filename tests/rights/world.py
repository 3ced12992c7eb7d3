"""A served CRM full of marks, and what the independent model says of its records.

`World.read` takes everything from the tables, so that what rules have made is known as well. What
a person may come to see follows from the model and the YAML alone.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from engine.metadata.model.text import RecordRef
from engine.runtime.tables.system import HISTORY, RUNS
from tests.kit.web import Browser, Site
from tests.perm_model import Model, User
from tests.rights.marks import Marks, marks_in, marks_of

Kept = dict[str, Any]
Entities = Mapping[str, Mapping[str, Any]]

CORE = Path(__file__).parents[2] / "engine" / "core"
OWNERS = {"task": "to", "activity": "by", "notification": "to"}
TITLES = {"user": "name", "team": "name", "task": "subject", "activity": "text"}
CREATED = frozenset({"task", "activity"})
_PATH = re.compile(r"\{\{\s*([a-z_.]+)\s*\}\}")
MISSING = 999_999
BEFORE = 900  # the number of the first mark that stood there before


def merged(*texts: str) -> str:
    """Returns one text for the core package and all files, shorthands written out."""
    whole: dict[str, Any] = {}
    core = (one.read_text(encoding="utf-8") for one in sorted(CORE.glob("*.yaml")))
    for text in (*core, *texts):
        for section, value in yaml.safe_load(text).items():
            is_map = isinstance(value, dict) and section in whole
            whole[section] = {**whole[section], **value} if is_map else value
    for entity in whole["entities"].values():
        for name, one in entity["fields"].items():
            entity["fields"][name] = {"type": one} if isinstance(one, str) else one
    return yaml.safe_dump(whole, sort_keys=False)


@dataclass
class World:
    """A site, who works there, and its records as they stand in the tables."""

    name: str
    site: Site
    model: Model
    people: Mapping[str, User]
    records: list[Kept] = field(default_factory=list)
    runs: dict[tuple[str, int], list[int]] = field(default_factory=dict)

    def read(self) -> None:
        """Takes every record from the tables, with all values that it has and has had."""
        self.__dict__.pop("by_ref", None)
        self._known.clear()
        with self.site.services.database.read() as connection:
            history = connection.execute(select(HISTORY)).all()
            ran = connection.execute(select(RUNS.c.entity, RUNS.c.record_id, RUNS.c.id)).all()
            self.records = [
                self._kept(entity, dict(row))
                for entity, table in self.site.services.tables.tables.items()
                for row in connection.execute(select(table).order_by(table.c.id)).mappings()
            ]
        self.runs = {}
        for entity, record_id, run_id in ran:
            self.runs.setdefault((entity, record_id), []).append(run_id)
        for one in history:
            self._remember(one.entity, one.record_id, {**(one.before or {})}, {**(one.after or {})})
            record = self.by_ref.get((one.entity, one.record_id))
            if record is not None and one.press:
                record["answers"] |= marks_in(str(one.press))
        for record in self.records:
            about = record["values"].get("about")
            record["about"] = self.by_ref.get((about.entity, about.id)) if about else None

    @cached_property
    def by_ref(self) -> dict[tuple[str, int], Kept]:
        """The records by their entity and id."""
        return {(one["entity"], one["id"]): one for one in self.records}

    @property
    def entities(self) -> Entities:
        """The entities as the YAML declares them, those of the core package too."""
        found: Entities = self.model.yaml["entities"]
        return found

    def fields(self, entity: str) -> dict[str, dict[str, Any]]:
        """Returns the declared fields of an entity."""
        found: dict[str, dict[str, Any]] = self.entities[entity]["fields"]
        return found

    @property
    def views(self) -> Entities:
        """The views as the YAML declares them."""
        found: Entities = self.model.yaml.get("views", {})
        return found

    def stages(self, entity: str) -> dict[str, list[str]]:
        """Returns the stages of each stage field of an entity."""
        pipelines = self.model.yaml.get("pipelines", {})
        return {
            name: list(pipelines[one["pipeline"]]["stages"])
            for name, one in self.fields(entity).items()
            if one["type"] == "stage"
        }

    def buttons(self, entity: str) -> dict[str, dict[str, Any]]:
        """Returns the buttons of an entity and of its pipelines."""
        pipelines = self.model.yaml.get("pipelines", {})
        found = dict(self.entities[entity].get("buttons", {}))
        for one in self.fields(entity).values():
            if one["type"] == "stage":
                found |= pipelines[one["pipeline"]].get("buttons", {})
        return found

    def has_button(self, login: str, entity: str, button: str) -> bool:
        """Says whether a button is meant for a person."""
        roles = self.buttons(entity)[button].get("roles")
        return not roles or bool(set(roles) & set(self.people[login].roles))

    def tells_stage(self, login: str, entity: str, button: str) -> bool:
        """Says whether a button would tell of a stage that is hidden from a person."""
        is_shown_in = "show_in" in self.buttons(entity)[button]
        return is_shown_in and any(self.hides(login, entity, one) for one in self.stages(entity))

    def browser(self, login: str) -> Browser:
        """Opens a browser for a person."""
        return self.site.browser(login)

    def of(self, entity: str) -> list[Kept]:
        """Returns the records of an entity."""
        return [one for one in self.records if one["entity"] == entity]

    # What the model says

    def sees_any(self, login: str, entity: str) -> bool:
        """Says whether an entity is there at all for a person: pages begin with `see`."""
        return bool(self.model.reaches(self.people[login], entity, "see"))

    def creates(self, login: str, entity: str) -> bool:
        """Says whether a person may make records: tasks and notes are made by everybody."""
        return entity in CREATED or bool(self.model.reaches(self.people[login], entity, "create"))

    def may(self, login: str, verb: str, record: Kept) -> bool:
        """Says whether a person may do this with a record that there is."""
        user = self.people[login]
        if verb == "restore":
            archived = record["archived"] and self.model.may(user, "edit", record)
            return self.model.may_restore(user, record) or bool(archived)
        return self.model.may(user, verb, record)

    def finds(self, login: str, record: Kept) -> bool:
        """Says whether a person finds a record at its address."""
        user = self.people[login]
        known = self.model.may(user, "peek", record) or self.model.may_restore(user, record)
        return known and self.sees_any(login, record["entity"])

    def sees(self, login: str, record: Kept) -> bool:
        """Says whether a person finds a record whole, be it in the trash."""
        user = self.people[login]
        return self.model.may(user, "see", record) or self.model.may_restore(user, record)

    def hides(self, login: str, entity: str, name: str, *verbs: str) -> bool:
        """Says whether a field is hidden from a person."""
        return self.model.hides(self.people[login], entity, name, *(verbs or ("see",)))

    def hides_title(self, login: str, entity: str, *verbs: str) -> bool:
        """Says whether something in the titles of an entity is hidden from a person."""
        return any(
            self._hides_path(login, entity, path.split("."), verbs or ("see", "peek"))
            for path in self.title_paths(entity)
        )

    def title_paths(self, entity: str) -> list[str]:
        """Returns what the titles of an entity are made of."""
        title = self.entities[entity].get("title", "")
        if title:
            return _PATH.findall(title)
        texts = (
            n for n, one in self.fields(entity).items() if one["type"] in ("text", "long_text")
        )
        return [TITLES.get(entity) or next(texts)]

    def _hides_path(self, login: str, entity: str, path: list[str], verbs: Iterable[str]) -> bool:
        first, *rest = path
        field = self.fields(entity).get(first)
        if field is None:
            return False
        if self.hides(login, entity, first, *verbs):
            return True
        target = {"user": "user", "team": "team"}.get(field["type"]) or field.get("to")
        if target is None:
            return False
        if rest in ([], ["title"]):
            return self.hides_title(login, target)
        return self._hides_path(login, target, rest, ("see", "peek"))

    def readable(self, login: str, record: Kept) -> set[str]:
        """Returns the fields of a record that a person may read."""
        entity = record["entity"]
        if self.sees(login, record):
            return {one for one in self.fields(entity) if not self.hides(login, entity, one)}
        if not self.model.may(self.people[login], "peek", record):
            return set()
        stages = {n for n, one in self.fields(entity).items() if one["type"] == "stage"}
        shown = stages | {self.owner_field(entity) or ""}
        return {n for n in shown if n and not self.hides(login, entity, n, "see", "peek")}

    def owner_field(self, entity: str) -> str | None:
        """Returns the field that says whose a record is."""
        named = self.entities[entity].get("owner") or OWNERS.get(entity)
        return named or (
            "owner" if self.fields(entity).get("owner", {}).get("type") == "user" else None
        )

    def known(self, login: str) -> Marks:
        """Returns all marks that a person may come to see."""
        if login not in self._known:
            found: set[str] = set()
            for record in self.records:
                found |= self.shown(login, record)
            self._known[login] = frozenset(found)
        return self._known[login]

    def present(self, login: str) -> Marks:
        """Returns the marks of texts that a person may see of records as they are now."""
        found = (one for one in self.known(login) if one.startswith("cnry"))
        return frozenset(one for one in found if int(one.rpartition("-")[2]) < BEFORE)

    def every_mark(self) -> Marks:
        """Returns the marks of all values that there are."""
        if "" not in self._known:
            found = (
                mark for one in self.records for marks in one["marks"].values() for mark in marks
            )
            self._known[""] = frozenset(found)
        return self._known[""]

    def shown(self, login: str, record: Kept) -> set[str]:
        """Returns the marks of one record that a person may come to see."""
        found: set[str] = set()
        for name in self.readable(login, record):
            found |= record["marks"].get(name, frozenset())
        if self.sees(login, record):
            found |= record["answers"]
        user = self.people[login]
        named = self.model.may(user, "peek", record) or self.model.may_restore(user, record)
        if named and not self.hides_title(login, record["entity"]):
            found |= record["marks"]["title"]
        return found

    @cached_property
    def _known(self) -> dict[str, Marks]:
        return {}

    # What stands in the tables

    def _kept(self, entity: str, row: Mapping[str, Any]) -> Kept:
        values = {one: self._value(entity, one, row) for one in self.fields(entity)}
        owner = self.owner_field(entity)
        title = marks_of(row["title"])
        return {
            "entity": entity,
            "id": row["id"],
            "owner": values[owner] if owner else row["created_by"],
            "creator": row["created_by"],
            "trashed": row["trashed_at"] is not None,
            "archived": bool(row["archived"]),
            "version": row["version"],
            "title": row["title"],
            "values": values,
            "answers": frozenset(),  # what was answered to its buttons
            "marks": {**{n: marks_of(one) for n, one in values.items()}, "title": title},
        }

    def _value(self, entity: str, name: str, row: Mapping[str, Any]) -> Any:
        if not self.site.services.tables.is_stored(entity, name):
            return None
        columns = self.site.services.tables.columns(entity, name)
        values = [row[one.key] for one in columns]
        if len(values) == 1:
            return values[0]
        return RecordRef(*values) if values[0] else None

    def _remember(self, entity: str, record_id: int, *images: Mapping[str, Any]) -> None:
        record = self.by_ref.get((entity, record_id))
        if record is None:
            return
        for image in images:
            for name, value in image.items():
                if name in record["marks"] and name != "title":
                    record["marks"][name] |= marks_of(value)


def below(teams: Mapping[str, str], team: str) -> Iterator[str]:
    """Yields a team and those below it; `teams` maps each to the one above."""
    yield team
    for one, above in teams.items():
        if above == team:
            yield from below(teams, one)
