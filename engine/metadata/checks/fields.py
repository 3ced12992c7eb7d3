"""Checks of single fields: which keys a type has and needs, and which of them go together."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.metadata.build.common import names_in
from engine.metadata.checks.subject import (
    Subject,
    address_of,
    declared_fields,
    field_path,
    suggest,
    warning,
)
from engine.metadata.fieldtypes.base import Kind, Storage
from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.metadata.model.field import Field, FormulaKind
from engine.metadata.nodes import Path
from engine.metadata.patterns import PatternProblem, compile_pattern
from engine.metadata.problems import Mark, Problem

OF_SOME_TYPES = frozenset().union(*(one.keys for one in FIELD_TYPES.values()))
NEVER_UNIQUE = (Storage.BOOL, Storage.OPTIONS, Storage.ANY_LINK)
PLACE = re.compile(r"\{([^{}]*)\}")
PLACE_OF_SEQUENCE = re.compile(r"(year|month|day|n)(:[1-9][0-9]?)?")
MOST_DECIMALS = 6
MOST_FIELDS = 400  # a row of PostgreSQL has room for as many texts that are kept apart


def check_keys_of_type(subject: Subject) -> Iterator[Problem]:
    """A key that fields of this type do not have.

    Bad:
        name: shop
        entities: {client: {fields: {name: {type: text, options: [a, b]}}}}
    Good:
        name: shop
        entities: {client: {fields: {name: {type: choice, options: [a, b]}, note: text}}}
    """
    for field in declared_fields(subject.application):
        allowed = FIELD_TYPES[field.type].keys
        for entry in subject.keys(field_path(field)):
            key = entry.key.text
            if key in OF_SOME_TYPES - allowed:
                homes = [one.id for one in FIELD_TYPES.values() if key in one.keys]
                message = f"a field of type {field.type} has no '{key}'"
                hint = f"it belongs to {', '.join(homes)}"
                yield Problem("E211", entry.key.mark, message, hint, field.address)


def check_needs_of_type(subject: Subject) -> Iterator[Problem]:
    """A field without what its type can't do without: `to` of a link, `options` of a choice.

    Bad:
        name: shop
        entities: {order: {fields: {number: text, client: link}}, client: {fields: {name: text}}}
    Good:
        name: shop
        entities:
          order: {fields: {number: text, client: {type: link, to: client}}}
          client: {fields: {name: text}}
    """
    for field in declared_fields(subject.application):
        need = {"link": "to", "choice": "options", "choices": "options"}.get(field.type)
        path = field_path(field, need or "")
        if need is None or field.layer == "core" or subject.is_unclear(path):
            continue
        given = field.to if need == "to" else field.options
        if not given:
            example = "to: client" if need == "to" else "options: [small, large]"
            message = f"a field of type {field.type} needs '{need}'"
            yield Problem("E212", field.mark, message, f"write `{example}`", field.address)


def check_unique(subject: Subject) -> Iterator[Problem]:
    """A field that can't be unique or indexed: a yes or no, several options, a moving formula.

    Bad:
        name: shop
        entities: {client: {fields: {name: text, active: {type: bool, unique: true}}}}
    Good:
        name: shop
        entities: {client: {fields: {name: {type: text, unique: true}, active: bool}}}
    """
    for field in declared_fields(subject.application):
        never = FIELD_TYPES[field.type].storage in NEVER_UNIQUE
        on_read = field.formula_kind is FormulaKind.ON_READ
        if field.unique and (never or on_read):
            why = "is computed whenever it is read" if on_read else f"is of type {field.type}"
            path = field_path(field, "unique")
            message = f"'{field.id}' {why} and can't be unique"
            yield Problem("E220", subject.key_mark(path), message, "remove 'unique'", field.address)
        if field.index and on_read:
            path = field_path(field, "index")
            message = f"'{field.id}' is computed whenever it is read and has no index"
            yield Problem("E220", subject.key_mark(path), message, "remove 'index'", field.address)


def check_unique_groups(subject: Subject) -> Iterator[Problem]:
    """A group of unique fields with one that can't take part: any record, or a moving formula.

    Bad:
        name: shop
        entities:
          note:
            unique: [[title_, about]]
            fields: {title_: text, about: any_link}
    Good:
        name: shop
        entities:
          note:
            unique: [[title_, day]]
            fields: {title_: text, day: date}
    """
    for entity in subject.application.entities.values():
        place = ("entities", entity.id, "unique")
        for number in range(len(entity.unique)):
            for one in subject.items((*place, number)):
                field = entity.fields.get(one.text)
                if field and (
                    field.formula_kind is FormulaKind.ON_READ
                    or FIELD_TYPES[field.type].storage is Storage.ANY_LINK
                ):
                    message = f"'{field.id}' can't take part in what is unique"
                    yield Problem("E234", one.mark, message, "leave it out", address_of(place))


def check_formula_alone(subject: Subject) -> Iterator[Problem]:
    """A formula together with keys that say how people fill the field in.

    Bad:
        name: shop
        entities:
          item:
            fields:
              name: text
              price: money
              twice: {type: money, formula: price * 2, default: 5}
    Good:
        name: shop
        entities:
          item: {fields: {name: text, price: money, twice: {type: money, formula: price * 2}}}
    """
    pointless = ("default", "required", "required_when", "quick", "readonly_when", "locked_when")
    for field in declared_fields(subject.application):
        if field.formula is None and field.type != "sequence":
            continue
        what = "is computed" if field.formula else "is given by the engine"
        for entry in subject.keys(field_path(field)):
            if entry.key.text in pointless:
                message = f"'{field.id}' {what}, so '{entry.key.text}' means nothing"
                yield Problem("E224", entry.key.mark, message, "remove it", field.address)


def check_pattern(subject: Subject) -> Iterator[Problem]:
    """A pattern that can't be read: a regular expression for the whole text.

    Bad:
        name: shop
        entities: {item: {fields: {name: text, code: {type: text, pattern: '[0-9'}}}}
    Good:
        name: shop
        entities: {item: {fields: {name: text, code: {type: text, pattern: '[0-9]+'}}}}
    """
    for field in declared_fields(subject.application):
        if field.pattern is None:
            continue
        try:
            compile_pattern(field.pattern)
        except PatternProblem as problem:
            mark = subject.mark(field_path(field, "pattern"))
            place = Mark(mark.file, mark.line, mark.column + problem.offset)
            yield Problem(
                "E225", place, f"this pattern can't be read: {problem}", "", field.address
            )


def check_sequence(subject: Subject) -> Iterator[Problem]:
    """The form of a sequence: a text with `{n}` or `{n:4}`, and `{year}`, `{month}`, `{day}`.

    Bad:
        name: shop
        entities: {order: {fields: {number: {type: sequence, format: "K-{yaer}-{n:4}"}}}}
    Good:
        name: shop
        entities: {order: {fields: {number: {type: sequence, format: "K-{year}-{n:4}"}}}}
    """
    for field in declared_fields(subject.application):
        if field.type != "sequence" or not field.format:
            continue
        mark, address = subject.mark(field_path(field, "format")), field.address
        places = list(PLACE.finditer(field.format))
        for found in places:
            if not PLACE_OF_SEQUENCE.fullmatch(found[1]):
                place = Mark(mark.file, mark.line, mark.column + found.start(), len(found[0]))
                hint = suggest(found[1].split(":")[0], ("n", "year", "month", "day"))
                yield Problem("E226", place, f"a sequence has no place '{found[0]}'", hint, address)
        if not any(found[1].split(":")[0] == "n" for found in places):
            message = "the form of a sequence needs a place for the number"
            yield Problem("E226", mark, message, "write {n}, or {n:4} for 0001", address)


def check_limits(subject: Subject) -> Iterator[Problem]:
    """Limits outside their range, or that leave no value between them.

    Bad:
        name: shop
        entities: {item: {fields: {name: {type: text, min_length: 10, max_length: 5}}}}
    Good:
        name: shop
        entities: {item: {fields: {name: {type: text, min_length: 5, max_length: 10}}}}
    """
    for entity in subject.application.entities.values():
        if len(entity.fields) > MOST_FIELDS:
            message = f"'{entity.id}' has more than {MOST_FIELDS} fields: no database holds more"
            hint = "make a second entity, and a link to it"
            yield Problem("E227", entity.mark, message, hint, entity.address)
    for field in declared_fields(subject.application):
        yield from _lengths(subject, field)
        path = field_path(field, "decimals")
        found = subject.node(path)
        text = getattr(found, "text", "0")
        if not 0 <= int(text) <= MOST_DECIMALS:
            message = f"'decimals' is 0 to {MOST_DECIMALS}, and this is {text}"
            yield Problem("E227", subject.mark(path), message, "", address_of(path))


def _lengths(subject: Subject, field: Field) -> Iterator[Problem]:
    low, high = field.min_length, field.max_length
    for key, value in (("min_length", low), ("max_length", high)):
        least = int(key == "max_length")
        if value is not None and value < least:
            path = field_path(field, key)
            yield Problem(
                "E227", subject.mark(path), f"'{key}' is {least} at least", "", address_of(path)
            )
    if low is not None and high is not None and low > high > 0:
        path = field_path(field, "min_length")
        message = f"no text is at least {low} and at most {high} characters long"
        yield Problem("E227", subject.mark(path), message, "swap the two", field.address)


def check_required_bool(subject: Subject) -> Iterator[Problem]:
    """A required yes or no: it is never empty, so `required` asks for nothing.

    Bad:
        name: shop
        entities: {client: {fields: {name: text, agreed: {type: bool, required: true}}}}
    Good:
        name: shop
        entities:
          client:
            fields: {name: text, agreed: {type: bool, check: agreed, message: "Has to agree"}}
    """
    for field in declared_fields(subject.application):
        if field.required and FIELD_TYPES[field.type].kind is Kind.BOOL:
            path = field_path(field, "required")
            message = "a yes or no is never empty, so 'required' asks for nothing"
            hint = f"if it must be yes: `check: {field.id}`"
            yield warning("W223", subject.key_mark(path), message, hint, field.address)


def check_message(subject: Subject) -> Iterator[Problem]:
    """A message without anything that it would explain.

    Bad:
        name: shop
        entities: {client: {fields: {name: {type: text, message: Too short}}}}
    Good:
        name: shop
        entities: {client: {fields: {name: {type: text, pattern: '.{3,}', message: Too short}}}}
    """
    for field in declared_fields(subject.application):
        path = field_path(field)
        explained = field.check or field.pattern or _is_spoilt(subject, path, "check", "pattern")
        if field.message and not explained:
            message = "this message is never said: the field has no check and no pattern"
            mark = subject.key_mark((*path, "message"))
            yield warning("W232", mark, message, "write a `check`, or remove it", field.address)
    for pipeline in subject.application.pipelines.values():
        for stage in pipeline.stages.values():
            path = ("pipelines", pipeline.id, "stages", stage.id)
            explained = stage.enter_when or _is_spoilt(subject, path, "enter_when")
            if stage.message and not explained:
                message = "this message is never said: the stage has no `enter_when`"
                mark = subject.key_mark((*path, "message"))
                yield warning(
                    "W232", mark, message, "write `enter_when`, or remove it", stage.address
                )


def _is_spoilt(subject: Subject, path: Path, *keys: str) -> bool:
    paths = [(*path, key) for key in keys]
    return any(subject.is_unclear(one) or one in subject.later for one in paths)


def check_circles(subject: Subject) -> Iterator[Problem]:
    """Formulas that need each other, or themselves.

    Bad:
        name: shop
        entities:
          item:
            fields:
              name: text
              net: {type: money, formula: gross / 2}
              gross: {type: money, formula: net * 2}
    Good:
        name: shop
        entities: {item: {fields: {name: text, net: money, gross: {type: money, formula: net * 2}}}}
    """
    for entity in subject.application.entities.values():
        needs = {
            one.id: {name.split(".")[0] for name in names_in(one.formula.text)}
            for one in entity.fields.values()
            if one.formula
        }
        for name in needs:
            circle = _circle(name, needs)
            if circle and name == next(one for one in needs if one in circle):
                field = entity.fields[name]
                path = field_path(field, "formula")
                way = " -> ".join([*circle, circle[0]])
                message = (
                    f"'{name}' is computed from itself"
                    if len(circle) == 1
                    else f"these formulas need each other: {way}"
                )
                yield Problem(
                    "E240", subject.mark(path), message, "break the circle", address_of(path)
                )


def _circle(start: str, needs: dict[str, set[str]]) -> list[str]:
    """Return the way from a formula back to itself ([] where there is none)."""
    ways = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for name in sorted(needs.get(way[-1], ())):
            if name == start:
                return way
            if name in needs and name not in seen:
                seen.add(name)
                ways.append([*way, name])
    return []


def check_no_fields(subject: Subject) -> Iterator[Problem]:
    """An entity without fields: there would be nothing to fill in.

    Bad:
        name: shop
        entities: {client: {label: Client}}
    Good:
        name: shop
        entities: {client: {label: Client, fields: {name: text}}}
    """
    for entity in subject.application.entities.values():
        path = ("entities", entity.id, "fields")
        gone = any(one[:3] == path for one in (*subject.unclear, *subject.later))
        if not entity.fields and not gone:
            message = f"'{entity.id}' has no fields"
            yield warning(
                "W235", entity.mark, message, "write `fields: {name: text}`", entity.address
            )
