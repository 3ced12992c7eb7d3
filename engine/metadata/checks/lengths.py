"""Checks of lengths of time: the tries of a ladder, how long a stage may last, how often a rule."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from engine.metadata.checks.action_places import written_values
from engine.metadata.checks.actions import buttons_of, rules_of, steps_of
from engine.metadata.checks.subject import Subject, address_of, warning
from engine.metadata.model.text import Literal
from engine.metadata.moments import Length, parse_length, parse_moment
from engine.metadata.nodes import Path, Scalar, path_of
from engine.metadata.problems import Mark, Problem


def check_lengths(subject: Subject) -> Iterator[Problem]:
    """A length of time that is none: a try of a ladder, an `sla`, a `once_per`.

    Bad:
        name: shop
        entities: {deal: {fields: {name: text, stage: stage}}}
        pipelines: {sales: {stages: {new: {sla: 15}, won: {closes: won}}}}
    Good:
        name: shop
        entities: {deal: {fields: {name: text, stage: stage}}}
        pipelines: {sales: {stages: {new: {sla: 15 min}, won: {closes: won}}}}
    """
    for one, place in _lengths(subject):
        try:
            length = parse_length(one.text)
        except ValueError:
            message = f"'{one.text}' is no length of time"
            hint = "write a number and a unit: 5 min, 2 h, 3 d, 15 workmin, 2 workd"
            yield Problem("E809", one.mark, message, hint, address_of(place))
        else:
            if length.amount <= 0:
                message = f"'{one.text}' is no time at all"
                yield Problem("E809", one.mark, message, "write 1 at least", address_of(place))


def _lengths(subject: Subject) -> Iterator[tuple[Scalar, Path]]:
    for pipeline in subject.application.pipelines.values():
        for stage in pipeline.stages.values():
            yield from _single(subject, (*path_of(stage.address), "sla"))
    for action, button in buttons_of(subject):
        if button.ladder:
            place: Path = (*action.path, "ladder", "tries")
            yield from ((one, place) for one in subject.items(place))
    for action, _ in rules_of(subject):
        yield from _single(subject, (*action.path, "once_per"))


def _single(subject: Subject, place: Path) -> Iterator[tuple[Scalar, Path]]:
    found = subject.node(place)
    if isinstance(found, Scalar):
        yield found, place


def check_workdays_said(subject: Subject) -> Iterator[Problem]:
    """Working time in a folder that does not say when the company works.

    Monday to Friday, nine to six, without holidays, is taken then.

    Bad:
        name: shop
        entities: {deal: {fields: {name: text, stage: stage}}}
        pipelines: {sales: {stages: {new: {sla: 15 workmin}, won: {closes: won}}}}
    Good:
        name: shop
        workdays: {days: [mon, tue, wed, thu, fri], from: "09:00", to: "18:00", holidays: BG}
        entities: {deal: {fields: {name: text, stage: stage}}}
        pipelines: {sales: {stages: {new: {sla: 15 workmin}, won: {closes: won}}}}
    """
    if subject.was_written(("workdays",)):
        return
    found = next(_in_working_time(subject), None)
    if found:
        message = "this counts working time, and nothing says when the company works"
        hint = "write `workdays: {days: [mon, ...], from: ..., to: ..., holidays: ...}`"
        yield warning("W810", found[0], message, hint, address_of(found[1]))


def _in_working_time(subject: Subject) -> Iterator[tuple[Mark, Path]]:
    for one, place in _lengths(subject):
        with suppress(ValueError):
            if _is_by_work(parse_length(one.text)):
                yield one.mark, place
    for action, button in buttons_of(subject):
        if button.ladder and button.ladder.in_workhours:
            place = (*action.path, "ladder", "in_workhours")
            yield subject.mark(place), place
    for _, placed in steps_of(subject):
        for entity, values in written_values(subject.application, placed):
            for name, slot in values.items():
                field = entity.fields.get(name)
                is_moment = field is not None and field.type in ("date", "datetime")
                if is_moment and isinstance(slot, Literal) and isinstance(slot.text, str):
                    with suppress(ValueError):
                        if _is_by_work(parse_moment(slot.text).base):
                            yield slot.mark, path_of(slot.address)


def _is_by_work(found: object) -> bool:
    return isinstance(found, Length) and found.unit.startswith("work")


def check_sla_of_closed(subject: Subject) -> Iterator[Problem]:
    """A limit of time (`sla`) for a stage that closes: nothing waits there any more.

    Bad:
        name: shop
        entities: {deal: {fields: {name: text, stage: stage}}}
        pipelines: {sales: {stages: {new: {}, won: {closes: won, sla: 2 d}}}}
    Good:
        name: shop
        entities: {deal: {fields: {name: text, stage: stage}}}
        pipelines: {sales: {stages: {new: {sla: 2 d}, won: {closes: won}}}}
    """
    for pipeline in subject.application.pipelines.values():
        for stage in pipeline.stages.values():
            if stage.sla and stage.closes:
                path = (*path_of(stage.address), "sla")
                message = f"'{stage.id}' closes, and what is closed is never late"
                mark = subject.key_mark(path)
                yield warning("W825", mark, message, "remove the sla", stage.address)
