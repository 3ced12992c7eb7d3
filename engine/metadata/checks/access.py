"""Checks of roles and scopes: what is granted, hidden, and can't be done."""

from __future__ import annotations

from collections.abc import Iterator

from engine.metadata.build.common import CORE
from engine.metadata.checks.subject import (
    Subject,
    address_of,
    field_path,
    suggest,
    warning,
)
from engine.metadata.model.entity import Entity
from engine.metadata.model.field import Field
from engine.metadata.model.role import REACHES, Role
from engine.metadata.nodes import Path, Scalar
from engine.metadata.problems import Problem

YES = ("yes", "true", "on", "1", "all_")
NO = ("no", "false", "off", "0")


def check_reaches(subject: Subject) -> Iterator[Problem]:
    """A reach that is none: none, own, team, all, or the id of a scope of the same entity.

    Bad:
        name: shop
        entities: {client: {fields: {name: text}}}
        roles: {seller: {can: {client: {see: yes}}}}
    Good:
        name: shop
        entities: {client: {fields: {name: text}}}
        roles: {seller: {can: {client: {see: all}}}}
    """
    for role in subject.keys(("roles",)):
        for granted in subject.keys(("roles", role.key.text, "can")):
            place: Path = ("roles", role.key.text, "can", granted.key.text)
            if granted.key.text not in subject.application.entities:
                continue
            for verb in subject.keys(place):
                if isinstance(verb.value, Scalar):
                    yield from _reach(
                        subject, granted.key.text, verb.value, (*place, verb.key.text)
                    )


def _reach(subject: Subject, entity: str, one: Scalar, place: Path) -> Iterator[Problem]:
    scopes = subject.application.scopes
    if one.text in REACHES:
        return
    scope = scopes.get(one.text)
    if scope is None:
        if subject.was_written(("scopes", one.text)):
            return
        known = (*REACHES, *(name for name, found in scopes.items() if found.entity == entity))
        hint = suggest(one.text, known)
        if one.text.lower() in YES:
            hint = "never yes or no: write all, team or own"
        elif one.text.lower() in NO:
            hint = "never yes or no: write none"
        message = f"'{one.text}' is no reach and no scope"
        yield Problem("E210", one.mark, message, hint, address_of(place))
    elif scope.entity != entity and scope.entity in subject.application.entities:
        message = f"the scope '{one.text}' picks records of '{scope.entity}', not of '{entity}'"
        yield Problem("E210", one.mark, message, "write a scope of its own", address_of(place))


def check_hidden_fields(subject: Subject) -> Iterator[Problem]:
    """A field to hide or lock (`entity.field`) that does not exist.

    Bad:
        name: shop
        entities: {deal: {fields: {name: text, margin: money}}}
        roles: {seller: {can: {deal: {see: all}}, hide: [deal.margn]}}
    Good:
        name: shop
        entities: {deal: {fields: {name: text, margin: money}}}
        roles: {seller: {can: {deal: {see: all}}, hide: [deal.margin]}}
    """
    entities = subject.application.entities
    for role in subject.keys(("roles",)):
        for key in ("hide", "readonly"):
            place: Path = ("roles", role.key.text, key)
            for one in subject.items(place):
                entity, dot, field = one.text.partition(".")
                found = entities.get(entity)
                if not dot:
                    message = f"'{one.text}' does not say of which entity"
                    homes = [name for name, each in entities.items() if one.text in each.fields]
                    hint = f"write {homes[0] if homes else 'entity'}.{one.text}"
                elif found is None:
                    message, hint = (
                        f"there is no entity '{entity}'",
                        suggest(entity, tuple(entities)),
                    )
                elif field in found.fields:
                    continue
                else:
                    message = f"'{entity}' has no field '{field}'"
                    hint = suggest(field, tuple(found.fields))
                if not subject.is_unclear_field(entity, field):
                    yield Problem("E209", one.mark, message, hint, address_of(place))


def check_empty_roles(subject: Subject) -> Iterator[Problem]:
    """A role that may do nothing: whoever has only this role sees empty pages.

    Bad:
        name: shop
        entities: {client: {fields: {name: text}}}
        roles: {seller: {can: {client: {edit: all}}}}
    Good:
        name: shop
        entities: {client: {fields: {name: text}}}
        roles: {seller: {can: {client: {see: all, edit: all}}}}
    """
    for role in subject.application.roles.values():
        place: Path = ("roles", role.id)
        if role.id == "admin" or any(role.can.values()) or _has_unclear(subject, role):
            continue
        granted = list(subject.keys((*place, "can")))
        message = f"the role '{role.id}' may do nothing"
        hint = "every verb is cut by `see`: grant it" if granted else "grant something with `can`"
        yield warning("W401", role.mark, message, hint, role.address)


def _has_unclear(subject: Subject, role: Role) -> bool:
    start: Path = ("roles", role.id)
    return any(path[:2] == start for path in (*subject.unclear, *subject.later)) or any(
        not subject.application.entities.get(one.key.text) for one in subject.keys((*start, "can"))
    )


def check_unseen_required(subject: Subject) -> Iterator[Problem]:
    """A required field that a role which creates records can't fill in.

    The role would never get a record saved. A default helps, or a right.

    Bad:
        name: shop
        entities: {deal: {fields: {name: text, source: {type: text, required: true}}}}
        roles: {seller: {can: {deal: {every: all}}, hide: [deal.source]}}
    Good:
        name: shop
        entities:
          deal: {fields: {name: text, source: {type: text, required: true, default: phone}}}
        roles:
          seller: {can: {deal: {every: all}}, hide: [deal.source]}
    """
    for role in subject.application.roles.values():
        for key, word in (("hide", "does not see it"), ("readonly", "may not change it")):
            place: Path = ("roles", role.id, key)
            for one in subject.items(place):
                found = _required_field(subject, role, one.text)
                if found:
                    message = f"'{role.id}' creates records that need '{found.id}', and {word}"
                    hint = "give the field a default, or give the role the field"
                    yield warning("W402", one.mark, message, hint, address_of(place))


def _required_field(subject: Subject, role: Role, name: str) -> Field | None:
    entity_id, _, field_id = name.partition(".")
    entity = subject.application.entities.get(entity_id)
    field = entity.fields.get(field_id) if entity else None
    creates = "create" in role.can.get(entity_id, ())
    is_needed = field is not None and field.required and field.default is None
    return field if creates and is_needed and field and not field.formula else None


def check_unwritable_required(subject: Subject) -> Iterator[Problem]:
    """A required field that nobody can fill in: readonly or hidden, and without a default.

    Bad:
        name: shop
        entities: {deal: {fields: {name: text, code: {type: text, required: true, readonly: true}}}}
    Good:
        name: shop
        entities:
          deal:
            fields:
              name: text
              code: {type: text, required: true, readonly: true, default: new}
    """
    for entity in subject.application.entities.values():
        for field in entity.fields.values():
            key = "readonly" if field.readonly else "hidden"
            blocked = (field.readonly or field.hidden) and field.formula is None
            if field.required and blocked and field.default is None and field.type != "sequence":
                message = f"'{field.id}' is required, and {key}: nobody can fill it in"
                mark = subject.key_mark(field_path(field, key))
                yield warning("W404", mark, message, "give it a default", field.address)


def check_unreachable_entities(subject: Subject) -> Iterator[Problem]:
    """An entity that no role may see, although there are roles.

    Bad:
        name: shop
        entities: {client: {fields: {name: text}}, deal: {fields: {name: text}}}
        roles: {seller: {can: {client: {every: all}}}}
    Good:
        name: shop
        entities: {client: {fields: {name: text}}, deal: {fields: {name: text}}}
        roles: {seller: {can: {client: {every: all}, deal: {see: all}}}}
    """
    roles = [
        one for one in subject.application.roles.values() if not one.mark.file.startswith(CORE)
    ]
    if not roles or any(_has_unclear(subject, one) for one in roles):
        return
    if any(path[0] == "roles" for path in (*subject.unclear, *subject.later) if path):
        return
    for entity in subject.application.entities.values():
        if entity.layer == "own" and not any(_sees(one, entity) for one in roles):
            message = f"no role may see '{entity.id}'"
            hint = f"grant it: `{entity.id}: {{see: all}}`"
            yield warning("W403", entity.mark, message, hint, entity.address)


def _sees(role: Role, entity: Entity) -> bool:
    return bool({"see", "peek"} & set(role.can.get(entity.id, ())))
