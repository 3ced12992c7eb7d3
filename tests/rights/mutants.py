"""Mutants at the web and in the record service: each switches off one check. A probe must notice.

A probe is the smallest part of the matrix that meets the check: a few requests of one person.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import request

from engine.runtime.actor import ENGINE, Actor
from engine.runtime.query.select import Reader as EngineReader
from engine.runtime.records import answers, button_states, conditions, pressing
from engine.runtime.records.gate import Gate
from engine.runtime.records.payload import FieldRights
from engine.runtime.records.timeline import _Story
from engine.web import errors, security
from engine.web.formdata import read_form
from engine.web.pages import csv_export, form, picker, preview, runs
from engine.web.parts import desk as desks
from engine.web.parts.desk import Desk
from tests.rights.asking import Ask, asks
from tests.rights.cells import FieldWriter
from tests.rights.reading import Reader
from tests.rights.sampling import Sample
from tests.rights.world import World
from tests.rights.writing import FORMS, Disk, Writer

Patch = pytest.MonkeyPatch
Mutant = Callable[[Patch], None]


@dataclass(frozen=True)
class Place:
    """Where probes look: the sharp world and its disk."""

    world: World
    disk: Disk


Probe = Callable[[Place], None]


def reads(login: str, *keys: str) -> Probe:
    """Asks one person's cells of some doors that show."""

    def probe(place: Place) -> None:
        reader = Reader(place.world, login, Sample())
        for ask in _of(asks(place.world, login, "GET"), keys):
            reader.check_one(ask, htmx=False)

    return probe


def writes(login: str, *keys: str) -> Probe:
    """Sends one person's refused forms to some doors."""

    def probe(place: Place) -> None:
        writer = Writer(place.world, login, Sample(), place.disk)
        writer.begin()
        for ask in _of(asks(place.world, login, "POST"), keys):
            if ask.door.how in FORMS:
                writer.check_one(ask, htmx=False)

    return probe


def fields(login: str, entity: str, *doors: str) -> Probe:
    """Tries one person's fields of an entity at some doors."""

    def probe(place: Place) -> None:
        writer = FieldWriter(place.world, login, place.disk)
        writer.begin()
        for cell in writer.cells():
            if cell.entity == entity and cell.door in doors:
                writer.check_one(cell)

    return probe


def _of(found: Iterator[Ask], keys: tuple[str, ...]) -> Iterator[Ask]:
    """Yields what is asked of some doors, of deals, clients and users."""
    kinds = ("client", "deal", "user", "")
    return (one for one in found if one.key.endswith(keys) and one.entity in kinds)


# The checks, switched off one at a time


def pages_need_no_verb(patch: Patch) -> None:
    patch.setattr(Desk, "require", lambda *_: None)


def entities_are_all_there(patch: Patch) -> None:
    patch.setattr(Desk, "entity", lambda self, one: self.look.application.entities[one])


def pages_find_every_record(patch: Patch) -> None:
    def record(self: Desk, entity_id: str, record_id: int) -> Any:
        return self.reader.get(ENGINE, entity_id, record_id)

    patch.setattr(Desk, "record", record)


def everybody_creates(patch: Patch) -> None:
    # Two locks: the page asks, and the writer's preview of the form asks once more.
    patch.setattr(form, "creatable", lambda desk, one: desk.entity(one))
    patch.setattr(Gate, "require", lambda *_: None)


def prefilled_with_anything(patch: Patch) -> None:
    def prefilled(desk: Desk, entity: Any) -> Any:
        pairs = list(request.args.items(multi=True))
        return read_form(entity, pairs, desk.look.application.workdays.start)

    patch.setattr(form, "prefilled", prefilled)


def parts_of_hidden_fields(patch: Patch) -> None:
    patch.setattr(form, "part_of", lambda _, __, name: name)


def previews_need_no_verb(patch: Patch) -> None:
    patch.setattr(preview, "asked_record", lambda *_: None)


def files_for_everybody(patch: Patch) -> None:
    def may(self: Any, actor: Actor, entity_id: str, verb: str) -> bool:
        return verb == "export" or bool(self.reach(actor, entity_id, verb))

    patch.setattr("engine.runtime.access.access.Access.may", may)


def files_hold_all_fields(patch: Patch) -> None:
    def everything(desk: Desk, entity_id: str) -> tuple[str, ...]:
        return ("id", "title", *desk.look.application.entity(entity_id).fields)

    patch.setattr(csv_export, "everything", everything)


def views_open_for_everybody(patch: Patch) -> None:
    patch.setattr(EngineReader, "opens", lambda *_: True)


def runs_of_peeked_records(patch: Patch) -> None:
    # Two locks: the page asks, and the log asks once more.
    patch.setattr(runs, "readable", lambda desk, one, number: desk.record(one, number))
    patch.setattr("engine.runtime.records.runs.require_seen", lambda *_: None)


def pickers_for_any_field(patch: Patch) -> None:
    patch.setattr(picker, "link", lambda desk, one, name: desk.entity(one).fields.get(name))


def timelines_tell_hidden_fields(patch: Patch) -> None:
    def changes(self: Any, row: Any) -> Any:
        actor, self._actor = self._actor, ENGINE
        try:
            return tuple(plain(self, row))
        finally:
            self._actor = actor

    plain = _Story._changes
    patch.setattr(_Story, "_changes", changes)


def runs_tell_hidden_values(patch: Patch) -> None:
    patch.setattr("engine.runtime.records.run_paths.RunPaths.may_read", lambda *_: True)


def administration_for_everybody(patch: Patch) -> None:
    patch.setattr(Actor, "is_admin", property(lambda _: True))


def denials_are_forgotten(patch: Patch) -> None:
    patch.setattr(errors, "is_denial", lambda _: False)


def denials_of_the_writer_are_forgotten(patch: Patch) -> None:
    patch.setattr("engine.runtime.records.service.record_denial", lambda *_: None)


def forms_need_no_token(patch: Patch) -> None:
    patch.setattr(security, "check_form_token", lambda: None)


def the_gate_stands_open(patch: Patch) -> None:
    patch.setattr(Gate, "require", lambda *_: None)


def everybody_holds(patch: Patch) -> None:
    plain = Gate.hold

    def hold(self: Gate, connection: Any, actor: Actor, *rest: Any, **more: Any) -> Any:
        return plain(self, connection, ENGINE, *rest, **more)

    patch.setattr(Gate, "hold", hold)
    patch.setattr(Desk, "require", lambda *_: None)


def all_fields_are_written(patch: Patch) -> None:
    def every(self: Gate, actor: Actor, compiled: Any) -> FieldRights:
        inputs = frozenset(n for n, one in compiled.fields.items() if not one.is_computed)
        return FieldRights(compiled.names, inputs)

    patch.setattr(Gate, "fields", every)


def readonly_is_forgotten(patch: Patch) -> None:
    patch.setattr("engine.runtime.access.field_rights._readonly", lambda _: frozenset())


def owners_are_named_by_everybody(patch: Patch) -> None:
    patch.setattr(conditions.Judge, "_is_held", lambda *_: False)


def links_lead_anywhere(patch: Patch) -> None:
    patch.setattr("engine.runtime.records.transaction.check_links", lambda *_: None)
    patch.setattr("engine.runtime.records.preview.check_links", lambda *_: None)


def answers_link_anywhere(patch: Patch) -> None:
    patch.setattr(answers.Dialog, "_is_reached", lambda *_: True)


def dialogs_ask_for_hidden_fields(patch: Patch) -> None:
    patch.setattr(answers, "asked_of", lambda button, _: dict(button.asks))
    patch.setattr(button_states, "asked_of", lambda button, _: dict(button.asks))


def buttons_are_for_everybody(patch: Patch) -> None:
    patch.setattr(pressing, "is_for", lambda *_: True)
    patch.setattr("engine.web.pages.press.is_for", lambda *_: True)


def new_records_lie_anywhere(patch: Patch) -> None:
    patch.setattr(Gate, "confirm_new", lambda *_: None)


def refusals_tell_hidden_values(patch: Patch) -> None:
    patch.setattr(Gate, "_tells", lambda *_: True)


def users_are_edited_everywhere(patch: Patch) -> None:
    patch.setattr(desks, "ELSEWHERE", {})
