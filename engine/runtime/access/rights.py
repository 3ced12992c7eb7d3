"""Roles -> reaches: the union of what each role, cut by its own `see`, and the core grants give."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from engine.metadata.model.application import Application
from engine.metadata.model.role import Role
from engine.runtime.access.core_grants import core_grant
from engine.runtime.access.reach import Reach, reach_of, union

CORE = "core"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a verb goes as far as it does: `source` is a role's id or `core`."""

    source: str
    verb: str
    reach: Reach


class Rights:
    """Answers how far a set of roles goes with a verb; the answers are kept."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self.reach = cache(self._reach)

    def roles(self, role_ids: tuple[str, ...]) -> tuple[Role, ...]:
        """Return the roles that there are; one that has left the configuration grants nothing."""
        known = self._application.roles
        return tuple(known[one] for one in role_ids if one in known)

    def reasons(self, role_ids: tuple[str, ...], entity_id: str, verb: str) -> tuple[Reason, ...]:
        """Return every source that grants the verb at all."""
        return tuple(one for one in self._sources(role_ids, entity_id, verb) if one.reach)

    def sees_by_role(self, role_ids: tuple[str, ...], entity_id: str) -> bool:
        """Say whether a role, and not the core grants alone, lets the entity be seen."""
        return any(self.grant(one, entity_id, "see") for one in role_ids)

    def granting(self, role_ids: tuple[str, ...], entity_id: str, *verbs: str) -> tuple[Role, ...]:
        """Return the roles that themselves grant one of the verbs; none does: all of them."""
        roles = self.roles(role_ids)
        found = [
            role for role in roles if any(self.grant(role.id, entity_id, verb) for verb in verbs)
        ]
        return tuple(found) or roles

    def grant(self, role_id: str, entity_id: str, verb: str) -> Reach:
        """Return how far one role goes with a verb."""
        role = self._application.roles.get(role_id)
        can = role.can.get(entity_id, {}) if role else {}
        written = reach_of(verb, can.get(verb, "none"), can.get("see", "none"))
        return union((written, core_grant(role_id, entity_id, verb)))

    def _reach(self, role_ids: tuple[str, ...], entity_id: str, verb: str) -> Reach:
        """Return how far the roles go with a verb together; what is seen is peeked at too."""
        granted = union(one.reach for one in self.reasons(role_ids, entity_id, verb))
        if verb == "peek":
            return union((granted, self.reach(role_ids, entity_id, "see")))
        return granted

    def _sources(self, role_ids: tuple[str, ...], entity_id: str, verb: str) -> Iterator[Reason]:
        yield Reason(CORE, verb, core_grant(None, entity_id, verb))
        for role_id in role_ids:
            yield Reason(role_id, verb, self.grant(role_id, entity_id, verb))
