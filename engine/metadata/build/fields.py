"""Builds fields and their options."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from engine.metadata import nodes
from engine.metadata.build.common import CLOCK, STRING, TEXT_TYPES, Part, as_map, names_in
from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.metadata.model.field import Field, FormulaKind, Option
from engine.metadata.model.pipeline import Pipeline
from engine.metadata.words import label_of

DECIMALS = 6
TARGETS = {"user": "user", "team": "team"}


# How each key of a field is read; the others need more than the field itself.
GETTERS: Mapping[str, Callable[[Part, str], Any]] = MappingProxyType(
    {
        **dict.fromkeys(("label", "help", "placeholder", "example", "unit", "docs"), Part.text),
        **dict.fromkeys(("required", "hidden", "pii", "unique", "index"), Part.flag),
        **dict.fromkeys(("min", "max", "pattern", "reverse", "was"), Part.optional),
        **dict.fromkeys(("min_length", "max_length"), Part.integer),
        **dict.fromkeys(("visible_when", "required_when", "readonly_when"), Part.expression),
        **dict.fromkeys(("locked_when", "check", "formula", "where"), Part.expression),
        "message": Part.template,
        "quick": Part.words,
    }
)


def build_field(
    part: Part, entity: str, pipelines: Mapping[str, Pipeline], money: int
) -> Field | None:
    """Build a field, or None where its type is missing or unknown."""
    type_ = part.text("type")
    if type_ not in FIELD_TYPES:
        return None
    written = (one.key.text for one in part.node.entries)
    values = {key: GETTERS[key](part, key) for key in written if key in GETTERS}
    formula = values.get("formula")
    is_stage = type_ == "stage"
    return Field(
        **{
            **values,
            "id": part.id,
            "entity": entity,
            "type": type_,
            "label": values.get("label") or label_of(part.id),
            "address": part.address,
            "mark": part.mark,
            "readonly": part.flag("readonly") or formula is not None or type_ == "sequence",
            "default": part.slot("default", is_text=type_ in TEXT_TYPES),
            "options": _stage_options(part, pipelines) if is_stage else build_options(part),
            "decimals": _decimals(part, type_, money),
            "formula_kind": _formula_kind(part) if formula else None,
            "to": TARGETS.get(type_) or part.optional("to"),
            "pipeline": _pipeline_of(part, pipelines) if is_stage else None,
            "format": part.text("format", "{n}") if type_ == "sequence" else None,
            "layer": part.layer,
        }
    )


def build_options(part: Part) -> dict[str, Option]:
    """Build the options of a choice: a list of ids, id -> label, or id -> map."""
    found = part.node.get("options")
    if isinstance(found, nodes.Sequence):
        return {one: Option(one, label_of(one)) for one in part.words("options")}
    entries = found.entries if isinstance(found, nodes.Mapping) else ()
    return {entry.key.text: _option(entry) for entry in entries}


def _option(entry: nodes.Entry) -> Option:
    node = as_map(entry, "label") or nodes.Mapping((), entry.key.mark)
    option = Part(entry.key.text, node, entry.key.mark, "")
    return Option(
        id=option.id,
        label=option.text("label") or label_of(option.id),
        color=option.text("color", "grey"),
        help=option.text("help"),
        icon=option.text("icon"),
    )


def _pipeline_of(part: Part, pipelines: Mapping[str, Pipeline]) -> str | None:
    written = part.optional("pipeline")
    if written is None and len(pipelines) == 1:
        return next(iter(pipelines))
    return written if written in pipelines else None


def _stage_options(part: Part, pipelines: Mapping[str, Pipeline]) -> dict[str, Option]:
    pipeline = _pipeline_of(part, pipelines)
    stages = pipelines[pipeline].stages if pipeline else {}
    return {one.id: Option(one.id, one.label, one.color, one.help) for one in stages.values()}


def _decimals(part: Part, type_: str, money: int) -> int:
    if type_ == "money":
        return money
    if type_ in ("number", "percent"):
        written = part.integer("decimals")
        return DECIMALS if written is None else min(max(written, 0), DECIMALS)
    return 0


def _formula_kind(part: Part) -> FormulaKind:
    source = STRING.sub("''", part.text("formula"))
    return FormulaKind.ON_READ if CLOCK.search(source) else FormulaKind.STORED


def with_clock_carried(fields: Mapping[str, Field]) -> dict[str, Field]:
    """Let a formula over a formula that uses the clock be computed on reading, too."""
    on_read = {one.id for one in fields.values() if one.formula_kind is FormulaKind.ON_READ}
    grown = True
    while grown:
        found = {
            one.id
            for one in fields.values()
            if one.formula and on_read & {name.split(".")[0] for name in names_in(one.formula.text)}
        }
        grown = not found <= on_read
        on_read |= found
    return {
        one.id: replace(one, formula_kind=FormulaKind.ON_READ) if one.id in on_read else one
        for one in fields.values()
    }
