"""Plays single lines of a story: its person does it, and new records are known by their keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from typing import TypeAlias, assert_never

from sqlalchemy import Connection, insert

from engine.errors import Conflict, NotFound, say
from engine.metadata.build.stories import linked_key
from engine.metadata.model.application import Application
from engine.metadata.model.button import asked_field
from engine.metadata.model.field import Field
from engine.metadata.model.rows import Cell
from engine.metadata.model.story import StoryLine
from engine.metadata.model.text import RecordRef
from engine.runtime.accounts.users import TEAM, USER, Users
from engine.runtime.actor import Actor
from engine.runtime.plan.rows import KEY_FIELDS
from engine.runtime.records.changes import Action, Saved
from engine.runtime.records.deeds import Deeds
from engine.runtime.records.following import TASK
from engine.runtime.services import Services
from engine.runtime.tables.system import ROW_KEYS
from engine.scenarios.first_task import first_open_task

Key: TypeAlias = tuple[str, str]
Known: TypeAlias = MutableMapping[Key, int]


class Lines:
    """Plays lines inside writes that somebody else commits."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._users = Users(services.application, services.tables)
        self._people: dict[str, Actor] = {}

    def play(self, connection: Connection, line: StoryLine, known: Known) -> None:
        """Let the person of a line do it; `known` maps keys to records, and learns new ones."""
        actor = self._actor(connection, line.who, known)
        payload = payload_of(line, self._services.application, known)
        record_id = 0 if line.verb == "create" else _record(line.entity, line.key, known)
        if line.verb == "done" and line.entity != TASK:
            record_id = self._open_task(connection, RecordRef(line.entity, record_id))
        with self._services.records.within(connection, actor) as deeds:
            saved = self._do(deeds, actor, line, record_id, payload)
        for key, found in _new_keys(line, saved, deeds.made):
            if key in known:
                raise Conflict(say("There is a record {key} already.", key=key[1]))
            known[key] = found
            self._remember(connection, key, found)
        if deeds.written & {USER, TEAM}:
            self.forget_people()

    def forget_people(self) -> None:
        """Look anew who has which rights."""
        self._people.clear()

    def _actor(self, connection: Connection, who: str, known: Known) -> Actor:
        if who not in self._people:
            actor = self._users.acting(connection, _record(USER, who, known))
            if actor is None:
                raise NotFound(say("{user} does not work here any more.", user=who))
            self._people[who] = actor
        return self._people[who]

    def _do(
        self,
        deeds: Deeds,
        actor: Actor,
        line: StoryLine,
        record_id: int,
        payload: Mapping[str, object],
    ) -> Saved:
        match line.verb:
            case "create":
                return deeds.create(actor, line.entity, payload)
            case "press":
                return deeds.press(actor, line.entity, record_id, line.name, payload)
            case "set":
                return deeds.update(actor, line.entity, record_id, payload)
            case "move":
                return deeds.move(actor, line.entity, record_id, line.name, payload)
            case "note":
                return deeds.note(actor, line.entity, record_id, line.name)
            case "done":
                result = {"result": line.name} if line.name else {}
                return deeds.update(actor, TASK, record_id, {"done": True, **result})
            case "archive":
                return deeds.set_state(actor, line.entity, record_id, Action.ARCHIVE)
            case _:
                assert_never(line.verb)

    def _open_task(self, connection: Connection, about: RecordRef) -> int:
        found = first_open_task(connection, self._services.records.tools.entities[TASK], about)
        if found is None:
            raise NotFound(say("There is no open task about this record."))
        return found

    def _remember(self, connection: Connection, key: Key, record_id: int) -> None:
        row = {"entity": key[0], "key": key[1], "record_id": record_id}
        now = self._services.clock.now()
        connection.execute(insert(ROW_KEYS).values(loaded_at=now, **row))


def payload_of(line: StoryLine, application: Application, known: Known) -> dict[str, object]:
    """Return what a line writes, as a form would send it; links are ids of records."""
    fields = _fields(line, application)
    payload: dict[str, object] = {}
    if line.verb == "create" and line.entity in KEY_FIELDS:
        payload[KEY_FIELDS[line.entity]] = line.key
    return payload | {name: _value(cell, fields[name], known) for name, cell in line.values.items()}


def _fields(line: StoryLine, application: Application) -> Mapping[str, Field]:
    fields = application.entity(line.entity).fields
    if line.verb != "press":
        return fields
    asked = application.buttons(line.entity)[line.name].ask
    return {one.id: field for one in asked if (field := asked_field(one, fields))}


def _value(cell: Cell, field: Field, known: Known) -> object:
    if not isinstance(cell.text, str):
        return list(cell.text)
    key = linked_key(field, cell.text) if cell.text else None
    if key is None:
        return cell.text
    record_id = _record(*key, known)
    return record_id if field.to == key[0] else RecordRef(key[0], record_id)


def _record(entity: str, key: str, known: Known) -> int:
    found = known.get((entity, key))
    if found is None:
        raise NotFound(say("There is no {entity} {key}.", entity=entity, key=key))
    return found


def _new_keys(
    line: StoryLine, saved: Saved, made: Iterable[RecordRef]
) -> Iterator[tuple[Key, int]]:
    """Yield the keys that a line gives, each with its record."""
    if line.verb == "create":
        yield (line.entity, line.key), saved.id
    for entity, key in line.makes.items():
        found = next((one.id for one in made if one.entity == entity), None)
        if found is None:
            raise NotFound(say("No record of {entity} has followed from it.", entity=entity))
        yield (entity, key), found
