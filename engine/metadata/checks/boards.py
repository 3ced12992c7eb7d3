"""Checks of boards and calendars: the field that arranges records, and what is added up."""

from __future__ import annotations

from collections.abc import Iterator

from engine.metadata.build.views import MOMENTS
from engine.metadata.checks.subject import Subject, address_of, suggest
from engine.metadata.expressions.types import NUMERIC
from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.metadata.model.entity import Entity
from engine.metadata.model.view import View
from engine.metadata.nodes import Path, Scalar
from engine.metadata.problems import Problem, Severity

USES = {"group_by": "board", "sum": "board", "date": "calendar"}


def check_board(subject: Subject) -> Iterator[Problem]:
    """A board without stages: its columns are the stages of one stage field.

    Bad:
        name: shop
        entities: {deal: {fields: {name: text, stage: stage, city: text}}}
        pipelines: {sales: {stages: {new: {}, won: {closes: won}}}}
        views: {board: {entity: deal, type: board, group_by: city}}
    Good:
        name: shop
        entities: {deal: {fields: {name: text, stage: stage, city: text}}}
        pipelines: {sales: {stages: {new: {}, won: {closes: won}}}}
        views: {board: {entity: deal, type: board, group_by: stage}}
    """
    for view, entity in _of_type(subject, "board"):
        stages = tuple(one.id for one in entity.fields.values() if one.type == "stage")
        yield from _arranged(subject, view, "group_by", "E236", ("stage field", stages))


def check_calendar(subject: Subject) -> Iterator[Problem]:
    """A calendar without a day: `date` names a field of type date or datetime.

    Bad:
        name: shop
        entities: {visit: {fields: {name: text, day: date}}}
        views: {days: {entity: visit, type: calendar, date: name}}
    Good:
        name: shop
        entities: {visit: {fields: {name: text, day: date}}}
        views: {days: {entity: visit, type: calendar, date: day}}
    """
    for view, entity in _of_type(subject, "calendar"):
        days = tuple(one.id for one in entity.fields.values() if one.type in MOMENTS)
        yield from _arranged(subject, view, "date", "E238", ("date or datetime", days))


def _arranged(
    subject: Subject, view: View, key: str, code: str, wanted: tuple[str, tuple[str, ...]]
) -> Iterator[Problem]:
    """Yield that the field which arranges the records is not there, or of another type."""
    what, fitting = wanted
    entity = subject.application.entities[view.entity]
    place: Path = ("views", view.id, key)
    written = list(named_in(subject, place))
    spoilt = map(subject.is_spoilt, (place, ("entities", entity.id, "fields")))
    if not written and not fitting and not any(spoilt):
        message = f"a {view.type} needs a {what}, and '{entity.id}' has none"
        yield Problem(code, view.mark, message, "give it one, or show a list", view.address)
    for number, one in enumerate(written):
        is_known = one.text in entity.fields and not subject.is_unclear_field(entity.id, one.text)
        if number:
            message = f"a {view.type} is arranged by one field"
            yield Problem(code, one.mark, message, f"remove '{one.text}'", address_of(place))
        elif is_known and one.text not in fitting:
            message = f"'{one.text}' is no {what}"
            yield Problem(code, one.mark, message, suggest("", fitting), address_of(place))


def named_in(subject: Subject, place: Path) -> Iterator[Scalar]:
    """Yield the names at a place that takes one or a list."""
    found = subject.node(place)
    if isinstance(found, Scalar):
        yield found
    yield from subject.items(place)


def check_sums(subject: Subject) -> Iterator[Problem]:
    """A sum over something that is no number.

    Bad:
        name: shop
        entities: {deal: {fields: {name: text, stage: stage, amount: money}}}
        pipelines: {sales: {stages: {new: {}, won: {closes: won}}}}
        views: {board: {entity: deal, type: board, sum: name}}
    Good:
        name: shop
        entities: {deal: {fields: {name: text, stage: stage, amount: money}}}
        pipelines: {sales: {stages: {new: {}, won: {closes: won}}}}
        views: {board: {entity: deal, type: board, sum: amount}}
    """
    for view, entity in _of_type(subject, "board"):
        place: Path = ("views", view.id, "sum")
        numbers = tuple(
            one.id for one in entity.fields.values() if FIELD_TYPES[one.type].kind in NUMERIC
        )
        for one in named_in(subject, place):
            is_known = one.text in entity.fields or "." in one.text
            is_unclear = subject.is_unclear_field(entity.id, one.text)
            if is_known and not is_unclear and one.text not in numbers:
                what = "behind a link" if "." in one.text else "no number"
                message = f"'{one.text}' is {what} and can't be added up"
                yield Problem("E237", one.mark, message, suggest("", numbers), address_of(place))


def check_keys_of_view(subject: Subject) -> Iterator[Problem]:
    """A key of a view that this version uses for views of another type only.

    Groups and sums stand on boards so far, `date` arranges a calendar.

    Bad:
        name: shop
        entities: {deal: {fields: {name: text, amount: money}}}
        views: {dear: {entity: deal, columns: [name, amount], sum: amount}}
    Good:
        name: shop
        entities: {deal: {fields: {name: text, amount: money}}}
        views: {dear: {entity: deal, columns: [name, amount]}}
    """
    for view in subject.application.views.values():
        for key, type_ in USES.items():
            place: Path = ("views", view.id, key)
            if view.type != type_ and subject.node(place) is not None:
                message = f"this version uses '{key}' for a {type_} only, and this is a {view.type}"
                mark, hint = subject.key_mark(place), "it is left out"
                address = address_of(place)
                yield Problem("L305", mark, message, hint, address, Severity.LATER)


def _of_type(subject: Subject, type_: str) -> Iterator[tuple[View, Entity]]:
    for view in subject.application.views.values():
        if view.type == type_:
            yield view, subject.application.entities[view.entity]
