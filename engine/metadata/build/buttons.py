"""Builds buttons, their dialogs and their ladders."""

from __future__ import annotations

from engine.metadata.build.common import Part
from engine.metadata.build.fields import build_field
from engine.metadata.build.steps import build_steps
from engine.metadata.model.button import RESETS, Ask, Button, Ladder
from engine.metadata.words import label_of


def build_buttons(part: Part, money: int, pipeline: str | None = None) -> dict[str, Button]:
    """Build the buttons of a pipeline or an entity."""
    return {one.id: _button(one, money, pipeline) for one in part.parts("buttons")}


def _button(part: Part, money: int, pipeline: str | None) -> Button:
    return Button(
        id=part.id,
        label=part.text("label") or label_of(part.id),
        address=part.address,
        mark=part.mark,
        icon=part.text("icon"),
        color=part.text("color"),
        help=part.text("help"),
        group=part.text("group"),
        show_in=part.words("show_in"),
        roles=part.words("roles"),
        when=part.expression("when"),
        ask=tuple(_ask(one, money) for one in part.parts("ask", shorthand="type")),
        do=build_steps(part, "do"),
        ladder=_ladder(part.part("ladder")) if part.node.get("ladder") else None,
        pipeline=pipeline,
    )


def _ask(part: Part, money: int) -> Ask:
    own = build_field(part, "", {}, money) if part.scalar("type") else None
    return Ask(
        id=part.id,
        address=part.address,
        mark=part.mark,
        own=own,
        required=part.flag("required"),
        label=part.text("label"),
        help=part.text("help"),
        quick=part.words("quick"),
    )


def _ladder(part: Part) -> Ladder:
    return Ladder(
        tries=part.words("tries"),
        each=build_steps(part, "each"),
        then=build_steps(part, "then"),
        reset_on=part.words("reset_on") if part.node.get("reset_on") else RESETS,
        in_workhours=part.flag("in_workhours"),
    )
