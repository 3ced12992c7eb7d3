"""May an actor read what a path of the configuration reads: step by step, as on records' pages.

For texts of an author that a person is shown, such as what a refusal says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from engine.metadata.model.application import Application
from engine.metadata.model.entity import SYSTEM_FIELDS
from engine.runtime.access.reach import Reach
from engine.runtime.actor import Actor

Path = Sequence[str]
OWN_NAMES = frozenset({"record", "old", "ask"})
PEOPLE = frozenset({"created_by", "updated_by"})


class PathRights:
    """Answers for one configuration; `reach` and `fields` are those of its rights."""

    def __init__(
        self,
        application: Application,
        reach: Callable[[Actor, str, str], Reach],
        fields: Callable[[Actor, str], frozenset[str]],
        peeked: Callable[[Actor, str], frozenset[str]],
    ) -> None:
        self._application = application
        self._reach = reach
        self._fields = fields
        self._peeked = peeked

    def reads(self, actor: Actor, entity_id: str, path: Path, *, anywhere: bool = False) -> bool:
        """Say whether every step of a path may be read by an actor.

        Behind a link it is enough to read the field of some records; `anywhere` asks for all.
        """
        own = self._application.entity(entity_id).fields
        if path[0] in OWN_NAMES and path[0] not in own:
            path = path[1:]
        if path and path[0] == "user" and "user" not in own:
            return True
        readable = self._fields(actor, entity_id)
        return not path or self._read(actor, entity_id, path, readable, anywhere=anywhere)

    def _read(
        self,
        actor: Actor,
        entity_id: str,
        path: Path,
        readable: frozenset[str],
        *,
        anywhere: bool,
    ) -> bool:
        first, *rest = path
        own = self._application.entity(entity_id).fields
        if first in self._application.entities and first not in own:
            target: str | None = first  # the kind of record behind a link to any record
        elif first not in own and first not in SYSTEM_FIELDS:
            return True  # no value: an answer of a dialog, the moment a stage was entered
        elif first not in readable:
            return False
        else:
            target = "user" if first in PEOPLE else own[first].to if first in own else None
        if target is None or not rest:
            return True
        beyond = self._beyond(actor, target, anywhere=anywhere)
        return self._read(actor, target, rest, beyond, anywhere=anywhere)

    def _beyond(self, actor: Actor, entity_id: str, *, anywhere: bool) -> frozenset[str]:
        """Return the fields of a linked record that may be read."""
        seen, peeked = self._fields(actor, entity_id), self._peeked(actor, entity_id)
        if not anywhere or "all" in self._reach(actor, entity_id, "see"):
            return seen | peeked
        return peeked if "all" in self._reach(actor, entity_id, "peek") else frozenset()
