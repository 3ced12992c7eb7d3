"""Roles -> fields: which may be read, known by a peek, and written.

A field is hidden when every role that grants seeing the entity hides it, or when its definition
does; readonly likewise, by the roles that grant writing. A title is hidden with any field in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache

from engine.metadata.fieldtypes.base import Payload
from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.metadata.model.application import Application
from engine.metadata.model.entity import SYSTEM_FIELDS
from engine.metadata.model.field import Field
from engine.metadata.model.role import Role
from engine.runtime.access.core_grants import PERSONAL_SETTINGS
from engine.runtime.access.reach import SELF
from engine.runtime.access.rights import Rights
from engine.runtime.access.titles import TitlePath, title_paths
from engine.runtime.actor import ADMIN

NO_FIELDS: frozenset[str] = frozenset()
ALWAYS = frozenset({"id"})


class FieldRights:
    """Answers which fields a set of roles may read and write; the answers are kept."""

    def __init__(self, application: Application, rights: Rights) -> None:
        self._application = application
        self._rights = rights
        self._titles = {
            entity.id: title_paths(application, entity) for entity in application.entities.values()
        }
        self.readable = cache(self._readable)
        self.peekable = cache(self._peekable)
        self.writable = cache(self._writable)

    def every(self, entity_id: str) -> frozenset[str]:
        """Return all names of an entity: what the engine itself reads."""
        return frozenset(self._application.entity(entity_id).fields) | frozenset(SYSTEM_FIELDS)

    def _readable(self, roles: tuple[str, ...], entity_id: str) -> frozenset[str]:
        """Return the fields that may be read of the records that are seen."""
        if not self._rights.reach(roles, entity_id, "see"):
            return NO_FIELDS
        return self.every(entity_id) - self._hidden(roles, entity_id, "see")

    def _peekable(self, roles: tuple[str, ...], entity_id: str) -> frozenset[str]:
        """Return the fields that a peek shows: title, stage and owner."""
        if not self._rights.reach(roles, entity_id, "peek"):
            return NO_FIELDS
        hidden = self._hidden(roles, entity_id, "see", "peek")
        return peek_fields(self._application, entity_id) - hidden

    def _writable(self, roles: tuple[str, ...], entity_id: str) -> frozenset[str]:
        """Return the fields that may be written; the owner's field asks for `assign` as well."""
        reaches = [self._rights.reach(roles, entity_id, verb) for verb in ("edit", "create")]
        if not any(reaches):
            return NO_FIELDS
        entity = self._application.entity(entity_id)
        readonly = in_all(
            self._rights.granting(roles, entity_id, "edit", "create"), entity_id, _readonly
        )
        fields = frozenset(one.id for one in entity.fields.values() if is_given(one)) - readonly
        if entity.owner is not None and not self._rights.reach(roles, entity_id, "assign"):
            fields -= {entity.owner}
        if entity_id == "user" and ADMIN not in roles:
            # Who may edit users is not thereby somebody who makes administrators.
            alone = all(reach <= {SELF} for reach in reaches)
            fields = fields & PERSONAL_SETTINGS if alone else fields - {"roles"}
        return fields - self._hidden_fields(roles, entity_id, "see")

    def _hidden(self, roles: tuple[str, ...], entity_id: str, *verbs: str) -> frozenset[str]:
        hidden = self._hidden_fields(roles, entity_id, *verbs)
        shows = self._title_shows(roles, entity_id, hidden, frozenset())
        return (hidden if shows else hidden | {"title"}) - ALWAYS

    def _hidden_fields(self, roles: tuple[str, ...], entity_id: str, *verbs: str) -> frozenset[str]:
        fields = self._application.entity(entity_id).fields.values()
        by_definition = frozenset(one.id for one in fields if one.hidden)
        return by_definition | in_all(
            self._rights.granting(roles, entity_id, *verbs), entity_id, _hide
        )

    def _title_shows(
        self, roles: tuple[str, ...], entity_id: str, hidden: frozenset[str], above: frozenset[str]
    ) -> bool:
        if entity_id in above:  # titles that name each other end here
            return True
        return all(
            self._path_shows(roles, entity_id, path, hidden, above | {entity_id})
            for path in self._titles[entity_id]
        )

    def _path_shows(
        self,
        roles: tuple[str, ...],
        entity_id: str,
        path: TitlePath,
        hidden: frozenset[str],
        above: frozenset[str],
    ) -> bool:
        """Say whether no step of a path in a title is hidden from the roles."""
        first, *rest = path
        field = self._application.entity(entity_id).fields.get(first)
        if first in hidden:
            return False
        target = field.to if field is not None else None
        if target is None or rest == ["id"]:
            return True
        beyond = self._hidden_fields(roles, target, "see", "peek")
        if rest in ([], ["title"]):
            return self._title_shows(roles, target, beyond, above)
        return self._path_shows(roles, target, tuple(rest), beyond, above)


def is_given(field: Field) -> bool:
    """Say whether people write this field: no formula, stage or number of the engine."""
    by_engine = FIELD_TYPES[field.type].payload is Payload.NONE
    return field.formula is None and not field.readonly and not by_engine


def peek_fields(application: Application, entity_id: str) -> frozenset[str]:
    """Return what a peek shows of a record."""
    entity = application.entity(entity_id)
    stages = {one.id for one in entity.fields.values() if one.type == "stage"}
    return frozenset({"id", "title", "archived", entity.owner or "created_by"} | stages)


def in_all(
    roles: Iterable[Role], entity_id: str, names: Callable[[Role], frozenset[str]]
) -> frozenset[str]:
    """Return the fields of an entity that every one of the roles names."""
    sets = [
        frozenset(
            field
            for owner, _, field in (name.partition(".") for name in names(role))
            if owner == entity_id
        )
        for role in roles
    ]
    return frozenset.intersection(*sets) if sets else NO_FIELDS


def _hide(role: Role) -> frozenset[str]:
    return role.hide


def _readonly(role: Role) -> frozenset[str]:
    return role.readonly
