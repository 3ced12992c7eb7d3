"""Every expression and every text with {{ }}: named, typed and checked where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engine.metadata.build.common import CLOCK, IN_BRACES, STRING, names_in, names_in_text
from engine.metadata.checks.action_places import places_of_actions
from engine.metadata.checks.places import Place, check_record
from engine.metadata.checks.subject import Subject, Walk, entities_of, walk, warning
from engine.metadata.expressions.compile import check
from engine.metadata.expressions.names import Scope as Names
from engine.metadata.expressions.templates import parse_template
from engine.metadata.fieldtypes.base import Kind
from engine.metadata.model.application import Application
from engine.metadata.model.entity import Entity
from engine.metadata.model.field import Field, FormulaKind
from engine.metadata.model.pipeline import Pipeline
from engine.metadata.model.role import Scope
from engine.metadata.model.text import Expression, Template
from engine.metadata.model.view import View
from engine.metadata.problems import Mark, Problem, Severity

CONDITIONS = (
    "visible_when",
    "required_when",
    "readonly_when",
    "locked_when",
    "check",
)


def check_expressions(subject: Subject) -> Iterator[Problem]:
    """Yield the problems of all expressions; their codes are explained beside the expressions."""
    later = frozenset(f"{path[1]}.{path[3]}" for path in subject.later if is_field_path(path))
    for place in (*places(subject), *places_of_actions(subject)):
        if _is_spoilt(subject, place):
            continue
        scope = replace(place.scope, later=later)
        if isinstance(place.source, Template):
            yield from parse_template(place.source, scope)[1]
        elif place.of_record:
            yield from check_record(place.source, scope, place.of_record)
        else:
            yield from check(place.source, scope, place.expect)[1]


def is_field_path(path: tuple[str | int, ...]) -> bool:
    """Say whether a path is that of a field."""
    return len(path) == 4 and path[0] == "entities" and path[2] == "fields"  # noqa: PLR2004 - entities, id, fields, id


def places(subject: Subject) -> Iterator[Place]:
    """Yield everything that is checked, but for what stands in buttons and rules."""
    application = subject.application
    for entity in application.entities.values():
        yield from _of_entity(application, entity)
        for field in entity.fields.values():
            yield from _of_field(subject, entity, field)
    for pipeline in application.pipelines.values():
        for entity in entities_of(subject, pipeline):
            yield from _of_pipeline(pipeline, Names(application, entity))
    selections: tuple[Scope | View, ...] = (
        *application.scopes.values(),
        *application.views.values(),
    )
    for selection in selections:
        chosen = application.entities.get(selection.entity)
        if selection.where and chosen:
            yield Place(selection.where, _without_old(application, chosen), Kind.BOOL)


def _without_old(application: Application, entity: Entity) -> Names:
    return Names(application, entity, with_old=False)


def _of_pipeline(pipeline: Pipeline, scope: Names) -> Iterator[Place]:
    for stage in pipeline.stages.values():
        if stage.enter_when:
            yield Place(stage.enter_when, scope, Kind.BOOL)
        if stage.message:
            yield Place(stage.message, scope)
    for ways in (pipeline.moves or {}).values():
        yield from (Place(one.when, scope, Kind.BOOL) for one in ways if one.when)


def _of_entity(application: Application, entity: Entity) -> Iterator[Place]:
    scope = Names(application, entity)
    for text in (entity.title, entity.subtitle):
        if text:
            yield Place(text, _without_old(application, entity))
    for one in entity.validate.values():
        yield Place(one.check, scope, Kind.BOOL)
        yield Place(one.message, scope)
        if one.when:
            yield Place(one.when, scope, Kind.BOOL)


def _of_field(subject: Subject, entity: Entity, field: Field) -> Iterator[Place]:
    application = subject.application
    scope, plain = Names(application, entity), _without_old(application, entity)
    for key in CONDITIONS:
        condition = getattr(field, key)
        if condition:
            yield Place(condition, scope, Kind.BOOL)
    if field.formula:
        yield Place(field.formula, plain, field)
    if field.message:
        yield Place(field.message, scope)
    if isinstance(field.default, Expression):
        yield Place(field.default, plain, field)
    elif isinstance(field.default, Template):
        yield Place(field.default, plain)
    target = application.entities.get(field.to or "")
    if field.where and target:
        yield Place(field.where, _without_old(application, target), Kind.BOOL)


def _is_spoilt(subject: Subject, place: Place) -> bool:
    """Say whether an expression names something that has an error already."""
    expect = place.expect
    if isinstance(expect, Field) and subject.is_unclear_field(expect.entity, expect.id):
        return True
    text = place.source.text
    names = names_in_text(text) if isinstance(place.source, Template) else names_in(text)
    return any(_names_unclear(subject, place, name) for name in names)


def _names_unclear(subject: Subject, place: Place, name: str) -> bool:
    first, _, rest = name.partition(".")
    if first in place.spoilt:
        return True
    entity = place.scope.entity
    bound = place.scope.extra.get(first)
    if isinstance(bound, Entity):
        entity, name = bound, rest
    if entity is None or not name or (bound and not isinstance(bound, Entity)):
        return False
    found = _walk(subject, entity, name)
    if not found.silent:
        ended = found.field
        return ended is not None and subject.is_unclear_field(ended.entity, ended.id)
    path = ("entities", found.entity.id, "fields", found.wrong)
    return path not in subject.later  # what runs later is said by the expression itself


def _walk(subject: Subject, entity: Entity, name: str) -> Walk:
    first, _, rest = name.partition(".")
    if first == "old" and rest:
        return walk(subject, entity, rest)
    user = subject.application.entities.get("user")
    if first == "user" and user and "user" not in entity.fields:
        return walk(subject, user, rest) if rest else Walk(user, None)
    return walk(subject, entity, name)


def check_formula_reach(subject: Subject) -> Iterator[Problem]:
    """A formula that reads another record through a link: it runs in a later version.

    This version computes formulas over the record's own fields. Conditions, titles and `where` do
    walk through links.

    Bad:
        name: shop
        entities:
          item: {fields: {name: text, price: money}}
          sale:
            fields:
              no: text
              qty: integer
              item: {type: link, to: item}
              total: {type: money, formula: qty * item.price}
    Good:
        name: shop
        entities:
          sale:
            fields:
              no: text
              qty: integer
              price: money
              total: {type: money, formula: qty * price}
    """
    for entity, field, formula in _formulas(subject):
        for name in names_in(formula.text):
            if (
                "." in name
                and not _is_of_user(entity, name)
                and not _walk(subject, entity, name).wrong
            ):
                message = f"a formula through a link ({name}) does not run in this version yet"
                hint = f"'{field.id}' is left out, with what names it"
                mark = _mark_of(formula, name)
                yield Problem("L304", mark, message, hint, formula.address, Severity.LATER)


def check_same_for_everybody(subject: Subject) -> Iterator[Problem]:
    """A formula or a title that names the user: it is stored, and the same for everybody.

    Bad:
        name: shop
        entities: {sale: {fields: {no: text, mine: {type: text, formula: user.name}}}}
    Good:
        name: shop
        entities: {sale: {fields: {no: text, seller: {type: user, default: "= user"}}}}
    """
    hint = 'use a field with a default: `{type: user, default: "= user"}`'
    for entity, _, formula in _formulas(subject):
        for name in names_in(formula.text):
            if _is_of_user(entity, name):
                message = "a formula is the same for everybody; it can't name who looks"
                yield Problem("E319", _mark_of(formula, name), message, hint, formula.address)
    for entity in subject.application.entities.values():
        for name in names_in_text(entity.title.text) if entity.title else ():
            if entity.title and _is_of_user(entity, name):
                message = "a title is the same for everybody; it can't name who looks"
                mark = _mark_of(entity.title, name)
                yield Problem("E319", mark, message, hint, entity.title.address)


def _formulas(subject: Subject) -> Iterator[tuple[Entity, Field, Expression]]:
    for entity in subject.application.entities.values():
        for field in entity.fields.values():
            if field.formula:
                yield entity, field, field.formula


def _is_of_user(entity: Entity, name: str) -> bool:
    return name.split(".", maxsplit=1)[0] == "user" and "user" not in entity.fields


def _mark_of(expression: Expression | Template, name: str) -> Mark:
    mark = expression.mark
    before, found, _ = expression.text.partition(name)
    if not found or "\n" in before:
        return mark
    return Mark(mark.file, mark.line, mark.column + len(before), len(name))


def check_titles(subject: Subject) -> Iterator[Problem]:
    """A title without braces: every record would have the same name.

    Bad:
        name: shop
        entities: {client: {title: name, fields: {name: text}}}
    Good:
        name: shop
        entities: {client: {title: "{{ name }}", fields: {name: text}}}
    """
    for entity in subject.application.entities.values():
        if entity.title and "{{" not in entity.title.text:
            text = entity.title.text
            hint = "write the fields in double braces"
            if text in entity.fields:
                hint = f'write "{{{{ {text} }}}}"'
            message = f"every {entity.label.lower()} would be called '{text}'"
            yield warning("W230", entity.title.mark, message, hint, entity.title.address)


def check_moving_titles(subject: Subject) -> Iterator[Problem]:
    """A title that would change by itself as time passes: titles are stored.

    Bad:
        name: shop
        entities: {client: {title: "{{ name }}, {{ age(born) }}", fields: {name: text, born: date}}}
    Good:
        name: shop
        entities: {client: {title: "{{ name }}, {{ born }}", fields: {name: text, born: date}}}
    """
    for entity in subject.application.entities.values():
        if entity.title and _moves(subject, entity, entity.title):
            message = "this title would change by itself as time passes, and titles are stored"
            hint = "name fields that stay as they are"
            yield Problem("E233", entity.title.mark, message, hint, entity.title.address)


def _moves(subject: Subject, entity: Entity, title: Template) -> bool:
    holes = " ".join(IN_BRACES.findall(title.text))
    ends = (_walk(subject, entity, name).field for name in names_in_text(title.text))
    by_clock = CLOCK.search(STRING.sub("''", holes)) is not None
    return by_clock or any(one and one.formula_kind is FormulaKind.ON_READ for one in ends)
