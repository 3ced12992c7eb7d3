"""The cells of the rights matrix: what each person gets from each door, beside the model."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import pytest

from engine.errors import BadQuery, NotFound
from engine.metadata.model.text import RecordRef
from engine.runtime.actor import Actor
from engine.runtime.query.records import Record
from engine.runtime.query.request import ListRequest
from engine.runtime.query.selection import RECORD_VERBS
from tests.perm_model import User
from tests.runtime.rights_world import SEARCHED, TEXTS, Kept, Rules, World, people

CANARY = re.compile(r"CNRY-[a-z]+-[a-z]+-\d+")
STATES = ("active", "archived", "trashed")
OWN = ("client", "deal", "item")
LINKED = ("name", "secret", "inner", "title", "key")


def check_everybody(world: World, rules: Rules) -> None:
    """Compares all doors for all people."""
    for actor, user in reversed(tuple(people())):  # who may little is judged at once
        Desk(world, rules, actor, user).check()


@dataclass(frozen=True, repr=False)
class Desk:
    """One person before all doors."""

    world: World
    rules: Rules
    actor: Actor
    user: User

    def check(self) -> None:
        """Compares every door with the model."""
        for entity in TEXTS:
            self.check_fields(entity)
            for state in STATES:
                self.check_list(entity, state)
            self.check_forbidden(entity)
        self.check_titles()
        for record in self.world.records:
            self.check_record(record)
        for entity in OWN:
            for record in [one for one in self.of(entity) if not one["trashed"]][::3]:
                self.check_search(record)

    # What the model says

    def sees(self, record: Kept) -> bool:
        return self.rules.model.may(self.user, "see", record)

    def peeks(self, record: Kept) -> bool:
        return self.rules.model.may(self.user, "peek", record)

    def hides(self, entity: str, name: str, *verbs: str) -> bool:
        return self.rules.model.hides(self.user, entity, name, *verbs)

    def hides_title(self, entity: str, *verbs: str) -> bool:
        parts = {"item": "code", "task": "subject", "activity": "text", "notification": "text"}
        own = self.hides(entity, parts.get(entity, "name"), *verbs)
        return own or (entity == "item" and self.hides("client", "city", "see", "peek"))

    def readable(self, entity: str) -> set[str]:
        """The own fields that the person may read of what is seen."""
        if not self.rules.model.reaches(self.user, entity, "see"):
            return set()
        return {one for one in self.fields(entity) if not self.hides(entity, one, "see")}

    def peekable(self, entity: str) -> set[str]:
        shown = {"deal": {"seller", "stage"}, "task": {"to"}, "activity": {"by"}}
        shown |= {"notification": {"to"}}
        return {
            one for one in shown.get(entity, set()) if not self.hides(entity, one, "see", "peek")
        }

    def fields(self, entity: str) -> list[str]:
        declared = self.rules.model.yaml["entities"].get(entity, {}).get("fields")
        return list(declared or self.reader_fields(entity))

    def reader_fields(self, entity: str) -> list[str]:
        stored = self.world.stock.application.entity(entity).fields
        return list(stored)

    def title(self, record: Kept) -> str:
        hidden = self.hides_title(record["entity"], "see", "peek")
        label = record["entity"].title()
        return f"{label} {record['id']}" if hidden else str(record["title"])

    @cached_property
    def known(self) -> set[str]:
        """All canaries that the person may come to see."""
        found: set[str] = set()
        for record in self.world.records:
            if self.peeks(record) or self.rules.model.may_restore(self.user, record):
                found |= set(CANARY.findall(self.title(record)))
            if self.sees(record) or self.rules.model.may_restore(self.user, record):
                readable = self.readable(record["entity"]) & set(TEXTS[record["entity"]])
                found |= {record[one] for one in readable}
        return found

    # The doors

    def check_fields(self, entity: str) -> None:
        assert set(self.named(entity)) & set(self.fields(entity)) == self.readable(entity), entity

    def check_list(self, entity: str, state: str) -> None:
        reader, model = self.rules.reader, self.rules.model
        if state == "trashed":
            expected = {r["id"] for r in self.of(entity) if model.may_restore(self.user, r)}
        else:
            archived = state == "archived"
            expected = {
                r["id"] for r in self.of(entity) if self.sees(r) and r["archived"] == archived
            }
        wanted = [] if state == "active" else [(state, "only")]
        if state == "trashed" and not self.can_delete(entity):
            with pytest.raises(BadQuery):
                reader.parse(self.actor, entity, wanted)
            return
        columns = [*self.named(entity), *self.linked_columns(entity)]
        asked = [*wanted, ("size", "200"), ("columns", ",".join(["title", *columns]))]
        request = reader.parse(self.actor, entity, asked)
        records = reader.page(self.actor, request).records
        assert {one.id for one in records} == expected, (entity, state)
        assert reader.count(self.actor, request)[0] == len(expected)
        for one in records:
            self.check_shown(one)
        if state != "trashed":
            self.check_export(request, entity, archived=state == "archived")

    def named(self, entity: str) -> list[str]:
        """The fields, own and system, that the person may name in an address."""
        paths = self.rules.reader.paths
        return [one for one in paths.fields(entity) if paths.find(self.actor, entity, one)]

    def can_delete(self, entity: str) -> bool:
        reaches = self.rules.model.reaches
        return bool(reaches(self.user, entity, "delete") and reaches(self.user, entity, "see"))

    def linked_columns(self, entity: str) -> list[str]:
        if entity not in ("deal", "item"):
            return []
        paths = (f"client.{name}" for name in LINKED)
        return [one for one in paths if self.rules.reader.paths.find(self.actor, entity, one)]

    def check_export(self, request: ListRequest, entity: str, *, archived: bool) -> None:
        expected = {
            r["id"]
            for r in self.of(entity)
            if self.rules.model.may(self.user, "export", r) and r["archived"] == archived
        }
        found = list(self.rules.reader.export(self.actor, request))
        assert {one.id for one in found} == expected

    def check_record(self, record: Kept) -> None:
        reader, model = self.rules.reader, self.rules.model
        try:
            found = reader.get(self.actor, record["entity"], record["id"])
        except NotFound:
            assert not self.peeks(record), record
        else:
            assert self.peeks(record), record
            names = (
                self.readable(record["entity"])
                if self.sees(record)
                else self.peekable(record["entity"])
            )
            assert set(found.values) & set(self.fields(record["entity"])) == names, record
            self.check_shown(found)
        if not record["trashed"] and record["id"] > 1:
            return
        try:
            reader.get(self.actor, record["entity"], record["id"], trashed=True)
        except NotFound:
            assert not model.may_restore(self.user, record), record
        else:
            assert model.may_restore(self.user, record), record

    def check_titles(self) -> None:
        named = {RecordRef(one["entity"], one["id"]): one for one in self.world.records}
        expected = {ref: self.title(one) for ref, one in named.items() if self.peeks(one)}
        assert self.rules.reader.titles(self.actor, named) == expected

    def check_shown(self, found: Record) -> None:
        """Nothing that is shown of a record goes beyond the model."""
        record = self.by_id(found.entity, found.id)
        assert found.title == self.title(record)
        if not record["trashed"]:
            verbs = {one for one in RECORD_VERBS if self.rules.model.may(self.user, one, record)}
            shown = verbs | {"see", "peek"} if self.sees(record) else {"peek"}
            assert found.may == shown, record
        for path, value in found.values.items():
            name, _, beyond = path.partition(".")
            if beyond and beyond != "title":
                client = record[name]
                assert value == (client[beyond] if self.sees(client) else None), (path, record)
            elif not beyond and name in TEXTS[found.entity]:
                assert value == record[name]
        for path, link in found.links.items():
            target = record.get(path)
            if isinstance(target, dict) and self.peeks(target):
                assert link is not None, (path, record)
                assert (link.id, link.title) == (target["id"], self.title(target))
            elif isinstance(target, dict):
                assert link is None, (path, record)
        assert set(CANARY.findall(repr(found))) <= self.known, found

    def check_search(self, record: Kept) -> None:
        """A record is found by what the person may know of it, and by nothing else."""
        reader, entity = self.rules.reader, record["entity"]
        for name in TEXTS[entity]:
            canary = record[name]
            expected = self.finders.get(canary, set())
            hits = reader.search(self.actor, canary, 50)
            assert {(one.entity, one.id) for one in hits} == expected, canary
            chosen = reader.pick(self.actor, entity, canary, 50)
            active = {(entity, one["id"]) for one in self.of(entity) if not one["archived"]}
            assert {(entity, one.id) for one in chosen} == expected & active
            request = replace(reader.parse(self.actor, entity, [("size", "200")]), search=canary)
            listed = reader.page(self.actor, request).records
            assert {(entity, one.id) for one in listed} == active & self.listers.get(canary, set())
            assert set(CANARY.findall(repr((hits, chosen, listed)))) <= self.known

    @cached_property
    def finders(self) -> dict[str, set[tuple[str, int]]]:
        """What each canary finds in the search over everything."""
        found = {canary: set(records) for canary, records in self.listers.items()}
        for one in self.world.records:
            if self.peeks(one) and not self.hides_title(one["entity"], "see", "peek"):
                for canary in CANARY.findall(one["title"]):
                    found.setdefault(canary, set()).add((one["entity"], one["id"]))
        alone = ("activity", "notification")
        return {
            canary: {one for one in records if one[0] not in alone}
            for canary, records in found.items()
        }

    @cached_property
    def listers(self) -> dict[str, set[tuple[str, int]]]:
        """What each canary finds in the list of an entity."""
        found: dict[str, set[tuple[str, int]]] = {}
        for one in self.world.records:
            for canary in self.texts(one) if self.sees(one) else ():
                found.setdefault(canary, set()).add((one["entity"], one["id"]))
        return found

    def texts(self, record: Kept) -> set[str]:
        """What a seen record is found by."""
        entity = record["entity"]
        found = {record[one] for one in SEARCHED[entity] if one in self.readable(entity)}
        if not self.hides_title(entity, "see"):
            found |= set(CANARY.findall(record["title"]))
        return found

    def check_forbidden(self, entity: str) -> None:
        """A forbidden field answers byte for byte as one that is not there."""
        for name in set(TEXTS[entity]) - self.readable(entity):
            there = next(one[name] for one in self.of(entity))
            self.check_blind(entity, name, there)
        if "client" in self.readable(entity):
            hidden = set(TEXTS["client"]) - self.readable("client") - {"name"}
            for name in hidden:
                self.check_blind(entity, f"client.{name}", self.by_id("client", 1)[name])

    def check_blind(self, entity: str, name: str, there: str) -> None:
        other = name.replace(name.rpartition(".")[2], "nosuchfield")
        for parameter, text in questions(name, there):
            unknown = (parameter.replace(name, other), text.replace(name, other))
            refusal = self.answer(entity, (parameter, text))
            assert refusal.startswith("400 ")
            assert refusal.replace(name, other) == self.answer(entity, unknown)

    def answer(self, entity: str, query: tuple[str, str]) -> str:
        try:
            request = self.rules.reader.parse(self.actor, entity, [query])
            return repr(self.rules.reader.page(self.actor, request))
        except BadQuery as refused:
            return f"{refused.status} {refused.parameter} {refused.message} {refused.hint}"

    def of(self, entity: str) -> Iterator[Kept]:
        return (one for one in self.world.records if one["entity"] == entity)

    def by_id(self, entity: str, number: int) -> Kept:
        return next(one for one in self.of(entity) if one["id"] == number)


def questions(name: str, value: str) -> list[tuple[str, str]]:
    """All ways to ask about a field, with a value that is there and one that is not."""
    operators = (name, f"{name}.ne", f"{name}.has", f"{name}.starts", f"{name}.gt")
    asked: list[tuple[str, str]] = [
        (one, text) for one in operators for text in (value, "CNRY", "")
    ]
    return [*asked, ("sort", name), ("sort", f"-{name}"), ("columns", name)]
