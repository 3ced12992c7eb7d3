"""Builds rules: what they listen to, and their steps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from engine.metadata import nodes
from engine.metadata.build.common import Part, as_nodes
from engine.metadata.build.steps import build_steps
from engine.metadata.model.rule import Rule, Trigger, TriggerKind
from engine.metadata.words import label_of


def build_rule(part: Part) -> Rule | None:
    """Build a rule, or None where its entity is missing."""
    entity = part.optional("entity")
    if entity is None:
        return None
    return Rule(
        id=part.id,
        label=part.text("label") or label_of(part.id),
        help=part.text("help"),
        entity=entity,
        address=part.address,
        mark=part.mark,
        on=tuple(_triggers(part)),
        do=build_steps(part, "do"),
        where=part.expression("where"),
        when=part.expression("when"),
        once_per=part.optional("once_per"),
    )


def _triggers(part: Part) -> Iterator[Trigger]:
    for node in as_nodes(part.node.get("on")):
        match node:
            case nodes.Scalar():
                yield Trigger(cast("TriggerKind", node.text), node.mark)
            case nodes.Mapping() if len(node.entries) == 1:
                word = node.entries[0].key
                names = Part("", node, word.mark, "").names(word.text)
                yield Trigger(cast("TriggerKind", word.text), word.mark, names)
