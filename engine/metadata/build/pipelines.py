"""Builds pipelines: stages, and the moves between them."""

from __future__ import annotations

from engine.metadata import nodes
from engine.metadata.build.buttons import build_buttons
from engine.metadata.build.common import Part
from engine.metadata.model.pipeline import Move, Pipeline, Stage
from engine.metadata.words import label_of

CLOSING_COLORS = {"won": "green", "done": "green", "lost": "grey"}
COLORS = ("blue", "violet", "teal", "yellow", "orange", "pink")


def build_pipeline(part: Part, money: int) -> Pipeline | None:
    """Build a pipeline with its buttons, or None where it has no stages."""
    found = list(part.parts("stages"))
    stages = {one.id: _stage(one, number) for number, one in enumerate(found)}
    if not stages:
        return None
    return Pipeline(
        id=part.id,
        label=part.text("label") or label_of(part.id),
        address=part.address,
        mark=part.mark,
        stages=stages,
        moves=_moves(part, tuple(stages)) if part.node.get("moves") is not None else None,
        buttons=build_buttons(part, money, part.id),
    )


def _stage(part: Part, number: int) -> Stage:
    closes = part.optional("closes")
    color = CLOSING_COLORS.get(closes or "") or COLORS[number % len(COLORS)]
    return Stage(
        id=part.id,
        label=part.text("label") or label_of(part.id),
        address=part.address,
        mark=part.mark,
        color=part.text("color") or color,
        help=part.text("help"),
        probability=part.integer("probability"),
        require=part.words("require"),
        enter_when=part.expression("enter_when"),
        message=part.template("message"),
        closes=closes,
        sla=part.optional("sla"),
    )


def _moves(part: Part, stages: tuple[str, ...]) -> dict[str, tuple[Move, ...]]:
    written = part.node.get("moves")
    entries = written.entries if isinstance(written, nodes.Mapping) else ()
    by_source = {one.key.text: one for one in entries}
    return {
        stage: tuple(_ways(by_source[stage], f"{part.address}.moves.{stage}", stages))
        if stage in by_source
        else ()
        for stage in stages
    }


def _ways(entry: nodes.Entry, address: str, stages: tuple[str, ...]) -> list[Move]:
    source = entry.key.text
    if isinstance(entry.value, nodes.Sequence):
        names = (one.text for one in entry.value.items if isinstance(one, nodes.Scalar))
        return [Move(source, one) for one in dict.fromkeys(names) if one in stages]
    ways = entry.value.entries if isinstance(entry.value, nodes.Mapping) else ()
    return [_conditional(source, one, address) for one in ways if one.key.text in stages]


def _conditional(source: str, entry: nodes.Entry, address: str) -> Move:
    node = (
        entry.value if isinstance(entry.value, nodes.Mapping) else nodes.Mapping((), entry.key.mark)
    )
    way = Part(entry.key.text, node, entry.key.mark, f"{address}.{entry.key.text}")
    return Move(source, way.id, way.words("roles"), way.expression("when"))
