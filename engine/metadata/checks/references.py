"""Checks of names: whatever is named must be there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engine.metadata import nodes
from engine.metadata.checks.actions import scalars_in, targets_with, written_actions
from engine.metadata.checks.subject import (
    Subject,
    Walk,
    address_of,
    declared_fields,
    entity_path,
    field_path,
    members,
    suggest,
    walk,
)
from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.metadata.model.entity import Entity
from engine.metadata.model.field import FormulaKind
from engine.metadata.nodes import Path, Scalar
from engine.metadata.problems import Problem


def check_targets(subject: Subject) -> Iterator[Problem]:
    """A link to an entity that does not exist.

    Bad:
        name: shop
        entities:
          order: {fields: {number: text, client: {type: link, to: cleint}}}
          client: {fields: {name: text}}
    Good:
        name: shop
        entities:
          order: {fields: {number: text, client: {type: link, to: client}}}
          client: {fields: {name: text}}
    """
    known = tuple(subject.application.entities)
    for field in declared_fields(subject.application):
        if field.type == "link" and field.to and field.to not in known:
            path = field_path(field, "to")
            if not subject.was_written(("entities", field.to)):
                hint = suggest(field.to, known)
                message = f"there is no entity '{field.to}'"
                yield Problem("E201", subject.mark(path), message, hint, address_of(path))


def check_field_names(subject: Subject) -> Iterator[Problem]:
    """A list of an entity that names no field: search, order, unique, owner, validate, require.

    Bad:
        name: shop
        entities: {client: {search: [phnoe], fields: {name: text, phone: phone}}}
    Good:
        name: shop
        entities: {client: {search: [phone], fields: {name: text, phone: phone}}}
    """
    for entity in subject.own_entities():
        for key in ("search", "order"):
            for one in subject.items(entity_path(entity, key)):
                yield from _named(
                    subject, entity, one, entity_path(entity, key), walks=key != "search"
                )
        for place, one in _unique_names(subject, entity):
            yield from _named(subject, entity, one, place, walks=False)
        for place in _single_names(subject, entity):
            found = subject.node(place)
            if isinstance(found, Scalar):
                yield from _named(subject, entity, found, place, walks=False)


def _unique_names(subject: Subject, entity: Entity) -> Iterator[tuple[Path, Scalar]]:
    place = entity_path(entity, "unique")
    found = subject.node(place)
    for number in range(len(found.items) if isinstance(found, nodes.Sequence) else 0):
        yield from ((place, one) for one in subject.items((*place, number)))


def _single_names(subject: Subject, entity: Entity) -> Iterator[Path]:
    yield entity_path(entity, "owner")
    for one in subject.keys(entity_path(entity, "validate")):
        yield entity_path(entity, "validate", one.key.text, "field")


def _named(
    subject: Subject, entity: Entity, one: Scalar, place: Path, *, walks: bool
) -> Iterator[Problem]:
    name = one.text.lstrip("-") if place[-1] == "order" else one.text
    if not walks and name in entity.fields:
        return
    found = walk(subject, entity, name)
    if found.silent or (walks and not found.wrong):
        return
    if not found.wrong:  # a path, or a system field, where a field of its own is asked for
        found = replace(found, entity=entity, wrong=name)
    yield unknown_field(subject, "E202", one, place, found)


def unknown_field(subject: Subject, code: str, one: Scalar, place: Path, found: Walk) -> Problem:
    """Say that a record has no such field, or that nothing lies behind it."""
    if found.reason == "leads":
        message = f"'{found.wrong}' is no link, so nothing can follow it"
        return Problem(code, one.text_mark, message, "", address_of(place))
    message = f"'{found.entity.id}' has no field '{found.wrong}'"
    hint = suggest(found.wrong, members(subject, found.entity))
    return Problem(code, one.text_mark, message, hint, address_of(place))


def check_pipelines_named(subject: Subject) -> Iterator[Problem]:
    """A stage field whose pipeline does not exist, or is not said although there are several.

    Bad:
        name: shop
        entities: {deal: {fields: {name: text, stage: {type: stage, pipeline: sale}}}}
        pipelines: {sales: {stages: {new: {}, won: {closes: won}}}}
    Good:
        name: shop
        entities: {deal: {fields: {name: text, stage: {type: stage, pipeline: sales}}}}
        pipelines: {sales: {stages: {new: {}, won: {closes: won}}}}
    """
    known = tuple(subject.application.pipelines)
    yield from _without_stages(subject)
    for entity in subject.application.entities.values():
        for field in entity.fields.values():
            if field.type != "stage" or field.pipeline is not None:
                continue
            found = subject.node(field_path(field, "pipeline"))
            if isinstance(found, Scalar):
                if not subject.was_written(("pipelines", found.text)):
                    message = f"there is no pipeline '{found.text}'"
                    place = address_of(field_path(field, "pipeline"))
                    yield Problem("E203", found.mark, message, suggest(found.text, known), place)
            elif not subject.is_unclear(("pipelines",)) and not _any_unclear_pipeline(subject):
                message = "a stage field needs its pipeline"
                hint = suggest("", known) if known else "declare one in the section `pipelines`"
                yield Problem("E203", field.mark, message, hint, field.address)


def _without_stages(subject: Subject) -> Iterator[Problem]:
    for pipeline in subject.keys(("pipelines",)):
        place: Path = ("pipelines", pipeline.key.text, "stages")
        stages = nodes.node_at(subject.raw, place)
        if isinstance(stages, nodes.Mapping) and not stages.entries:
            message = f"the pipeline '{pipeline.key.text}' has no stages"
            hint = "name the stages that its records go through"
            yield Problem("E203", pipeline.key.mark, message, hint, address_of(place))


def _any_unclear_pipeline(subject: Subject) -> bool:
    written = nodes.node_at(subject.raw, ("pipelines",))
    names = [one.key.text for one in written.entries] if isinstance(written, nodes.Mapping) else []
    return any(name not in subject.application.pipelines for name in names)


def check_entities_named(subject: Subject) -> Iterator[Problem]:
    """A view, a scope, a role, a rule or a step that names an entity which does not exist.

    Bad:
        name: shop
        entities: {client: {fields: {name: text}}}
        roles: {seller: {can: {clients: {see: all}}}}
    Good:
        name: shop
        entities: {client: {fields: {name: text}}}
        roles: {seller: {can: {client: {see: all}}}}
    """
    for section in ("views", "scopes", "automations"):
        for one in subject.keys((section,)):
            place: Path = (section, one.key.text, "entity")
            found = subject.node(place)
            if isinstance(found, Scalar):
                yield from _entity(subject, found, place)
    for role in subject.keys(("roles",)):
        place = ("roles", role.key.text, "can")
        for granted in subject.keys(place):
            yield from _entity(subject, granted.key, (*place, granted.key.text))
    for action in written_actions(subject):
        for below, name in scalars_in(subject, action):
            if below[-2:] in (("create", "entity"), ("find", "entity")):
                yield from _entity(subject, name, below)


def _entity(subject: Subject, one: Scalar, place: Path) -> Iterator[Problem]:
    known = tuple(subject.application.entities)
    if one.text not in known and not subject.was_written(("entities", one.text)):
        message = f"there is no entity '{one.text}'"
        yield Problem("E205", one.mark, message, suggest(one.text, known), address_of(place))


def check_roles_named(subject: Subject) -> Iterator[Problem]:
    """A role that does not exist: in a view, a move, a button, a target, the first pages (`start`).

    Bad:
        name: shop
        entities: {client: {fields: {name: text}}}
        roles: {seller: {can: {client: {see: all}}}}
        views: {all: {entity: client, roles: [saler]}}
    Good:
        name: shop
        entities: {client: {fields: {name: text}}}
        roles: {seller: {can: {client: {see: all}}}}
        views: {all: {entity: client, roles: [seller]}}
    """
    known = tuple(subject.application.roles)
    for place, one in _role_names(subject):
        if one.text not in known and not subject.was_written(("roles", one.text)):
            message = f"there is no role '{one.text}'"
            yield Problem("E207", one.mark, message, suggest(one.text, known), address_of(place))


def _role_names(subject: Subject) -> Iterator[tuple[Path, Scalar]]:
    for view in subject.keys(("views",)):
        place: Path = ("views", view.key.text, "roles")
        yield from ((place, one) for one in subject.items(place))
    for pipeline in subject.keys(("pipelines",)):
        for source in subject.keys(("pipelines", pipeline.key.text, "moves")):
            moves: Path = ("pipelines", pipeline.key.text, "moves", source.key.text)
            for target in subject.keys(moves):
                place = (*moves, target.key.text, "roles")
                yield from ((place, one) for one in subject.items(place))
    for start in subject.keys(("start",)):
        yield ("start",), start.key
    for action in written_actions(subject):
        place = (*action, "roles")
        yield from ((place, one) for one in subject.items(place))
        yield from targets_with(subject, action, "role")


def check_teams_named(subject: Subject) -> Iterator[Problem]:
    """A team that is not there: as the team above another one, or as a target; a circle of teams.

    Bad:
        name: shop
        teams: {sellers: {parent: sales}}
    Good:
        name: shop
        teams: {sales: {}, sellers: {parent: sales}}
    """
    teams = subject.application.teams
    for action in written_actions(subject):
        for place, one in targets_with(subject, action, "team"):
            if one.text not in teams and not subject.was_written(("teams", one.text)):
                message, hint = f"there is no team '{one.text}'", suggest(one.text, tuple(teams))
                yield Problem("E208", one.mark, message, hint, address_of(place))
    yield from _teams_above(subject)


def _teams_above(subject: Subject) -> Iterator[Problem]:
    teams = subject.application.teams
    for team in teams.values():
        place: Path = ("teams", team.id, "parent")
        if team.parent is None:
            continue
        if team.parent not in teams:
            if not subject.was_written(("teams", team.parent)):
                message, hint = (
                    f"there is no team '{team.parent}'",
                    suggest(team.parent, tuple(teams)),
                )
                yield Problem("E208", subject.mark(place), message, hint, address_of(place))
            continue
        above, seen = team.parent, [team.id]
        while above in teams and above not in seen:
            seen.append(above)
            above = teams[above].parent or ""
        if above == team.id and team.id == next(one for one in teams if one in seen):
            circle = " -> ".join([*seen, above])
            yield Problem(
                "E208",
                subject.mark(place),
                f"teams go round in a circle: {circle}",
                "the team at the top has no parent",
                address_of(place),
            )


def check_start(subject: Subject) -> Iterator[Problem]:
    """A first page that is no page: `my_day`, an entity or a view.

    Bad:
        name: shop
        roles: {seller: {can: {user: {see: all}}}}
        start: {seller: dashboard}
    Good:
        name: shop
        roles: {seller: {can: {user: {see: all}}}}
        start: {seller: my_day}
    """
    application = subject.application
    known = ("my_day", *application.entities, *application.views)
    for one in subject.keys(("start",)):
        value = one.value.text if isinstance(one.value, Scalar) else ""
        is_left_out = subject.was_written(("views", value)) or subject.was_written(
            ("entities", value)
        )
        if value not in known and not is_left_out:
            message = f"'{value}' is no first page"
            yield Problem("E219", one.value.mark, message, suggest(value, known), "start")


def check_reverse(subject: Subject) -> Iterator[Problem]:
    """A name for the way back (`reverse`) that the other entity uses already.

    Bad:
        name: shop
        entities:
          client: {fields: {name: text, orders: text}}
          order: {fields: {no: text, client: {type: link, to: client, reverse: orders}}}
    Good:
        name: shop
        entities:
          client: {fields: {name: text}}
          order: {fields: {no: text, client: {type: link, to: client, reverse: orders}}}
    """
    taken: dict[tuple[str, str], str] = {}
    for entity in subject.application.entities.values():
        for field in entity.fields.values():
            target = subject.application.entities.get(field.to or "")
            if not field.reverse or target is None:
                continue
            place = field_path(field, "reverse")
            owner = taken.setdefault((target.id, field.reverse), field.address)
            if field.reverse in members(subject, target):
                what = f"'{target.id}' has a field '{field.reverse}' already"
            elif owner != field.address:
                what = f"'{field.reverse}' is the way back of {owner} already"
            else:
                continue
            yield Problem(
                "E215", subject.mark(place), what, "choose another name", address_of(place)
            )


def check_owner(subject: Subject) -> Iterator[Problem]:
    """An owner that is not a person: the field must be of type user.

    Bad:
        name: shop
        entities: {deal: {owner: seller, fields: {name: text, seller: text}}}
    Good:
        name: shop
        entities: {deal: {owner: seller, fields: {name: text, seller: user}}}
    """
    for entity in subject.own_entities():
        field = entity.fields.get(entity.owner or "")
        place = entity_path(entity, "owner")
        if field and field.to != "user" and subject.node(place) is not None:
            message = f"the owner is a user, and '{field.id}' is of type {field.type}"
            yield Problem(
                "E214", subject.mark(place), message, "name a field of type user", address_of(place)
            )


def check_sortable(subject: Subject) -> Iterator[Problem]:
    """An order by a field that has none, or a search in a field without words.

    Bad:
        name: shop
        entities: {client: {search: [name, born], fields: {name: text, born: date}}}
    Good:
        name: shop
        entities: {client: {search: [name], fields: {name: text, born: date}}}
    """
    for entity in subject.own_entities():
        for one in subject.items(entity_path(entity, "search")):
            field = entity.fields.get(one.text)
            moves = field is not None and field.formula_kind is FormulaKind.ON_READ
            if field and (moves or not FIELD_TYPES[field.type].searchable):
                why = "changes by itself" if moves else f"is of type {field.type}"
                message = f"search looks for words, and '{field.id}' {why}"
                hint = "leave it out: a filter finds it"
                yield Problem(
                    "E221", one.mark, message, hint, address_of(entity_path(entity, "search"))
                )
        for one in subject.items(entity_path(entity, "order")):
            yield from not_sortable(subject, entity, one, entity_path(entity, "order"))


def not_sortable(subject: Subject, entity: Entity, one: Scalar, place: Path) -> Iterator[Problem]:
    """Say that a field has no order."""
    found = walk(subject, entity, one.text.lstrip("-"))
    if found.field and not found.wrong and not FIELD_TYPES[found.field.type].sortable:
        message = f"records can't be sorted by '{found.field.id}' (type {found.field.type})"
        yield Problem("E221", one.mark, message, "name another field", address_of(place))
