"""Names of the outside in a condition that the database judges: they become plain values.

`where: phone == record.phone` looks for records by their own `phone`; what stands in `record` is
known when the query is made.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields, replace
from typing import Any

from engine.automation.context import RunContext
from engine.metadata.expressions import nodes
from engine.metadata.expressions.compile import Typed, typed_node
from engine.metadata.expressions.nodes import Const, Node


def bind(typed: Typed, names: Collection[str], context: RunContext) -> Typed:
    """Return a condition in which the paths that begin with these names are values."""
    return typed_node(_bound(typed.node, names, context))


def _bound(node: Node, names: Collection[str], context: RunContext) -> Node:
    if isinstance(node, nodes.Read):
        return Const(node.type, context.read(node.path)) if node.path[0] in names else node
    changes: dict[str, Any] = {}
    for one in fields(node):
        part = getattr(node, one.name)
        if isinstance(part, Node):
            changes[one.name] = _bound(part, names, context)
        elif one.name == "items":
            changes[one.name] = tuple(_bound(item, names, context) for item in part)
    return replace(node, **changes)
