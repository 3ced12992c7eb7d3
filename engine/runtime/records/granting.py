"""What the right to create fills in: the owner, or the equalities of the scope.

`create: own` makes the actor the owner; `create: dealer_orders` with the scope
`dealer == user.company` fills in the dealer. What was sent is left alone: the gate judges it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from engine.metadata.expressions import nodes
from engine.metadata.expressions.compile import typed, typed_node
from engine.metadata.expressions.evaluate import closure
from engine.metadata.expressions.names import Scope
from engine.metadata.expressions.nodes import Node
from engine.metadata.fieldtypes.base import Kind
from engine.metadata.model.application import Application
from engine.metadata.model.text import Expression
from engine.runtime.access import Access
from engine.runtime.actor import Actor
from engine.runtime.records.changes import Values
from engine.runtime.records.compiled import (
    NOT_OF_THE_RECORD,
    Closure,
    CompiledEntity,
    as_value,
)
from engine.runtime.records.context import RecordContext

BY_OWNER = frozenset({"own", "team"})


class Granting:
    """Knows what each way to create fills in."""

    def __init__(self, application: Application, access: Access) -> None:
        self._application = application
        self._access = access
        self._equalities = cache(self._scope_equalities)

    def filled(self, actor: Actor, compiled: CompiledEntity, context: RecordContext) -> Values:
        """Return the values that a new record of this actor gets where nobody gave any."""
        reach = self._access.reach(actor, compiled.id, "create") if actor.is_person else frozenset()
        if "all" in reach:
            return {}
        if reach & BY_OWNER:
            owner = compiled.entity.owner
            return {owner: actor.user_id} if owner is not None else {}
        if len(reach) != 1:
            return {}
        equalities = self._equalities(*reach)
        return {name: as_value(one(context)) for name, one in equalities.items()}

    def _scope_equalities(self, scope_id: str) -> Mapping[str, Closure]:
        scope = self._application.scopes.get(scope_id)
        if scope is None:
            return {}
        names = Scope(self._application, self._application.entity(scope.entity))
        return dict(_equalities(_parts(scope.where, names)))


def _parts(where: Expression, names: Scope) -> tuple[Node, ...]:
    node = typed(where, names, Kind.BOOL).node
    return node.items if isinstance(node, nodes.All) else (node,)


def _equalities(parts: tuple[Node, ...]) -> Iterator[tuple[str, Closure]]:
    for part in parts:
        match part:
            case nodes.Same(nodes.Read(_, (field,)), value) if not _reads_record(value):
                yield field, closure(typed_node(value))
            case nodes.Same(value, nodes.Read(_, (field,))) if not _reads_record(value):
                yield field, closure(typed_node(value))
            case nodes.Read(_, (field,)):
                yield field, lambda _: True
            case _:
                pass  # no equality: the gate judges whether it holds


def _reads_record(node: Node) -> bool:
    return any(
        isinstance(one, nodes.Read) and one.path[0] not in NOT_OF_THE_RECORD
        for one in nodes.walk(node)
    )
