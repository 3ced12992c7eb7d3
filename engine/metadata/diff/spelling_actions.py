"""Steps, triggers, targets and dialogs in one line, as an author would write them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeAlias

from engine.metadata.model.button import Ask
from engine.metadata.model.rule import Trigger
from engine.metadata.model.step import (
    ArchiveRecord,
    AssignOwner,
    CreateRecord,
    FindRecord,
    FinishTasks,
    If,
    MakeTask,
    MoveTo,
    Notify,
    SetFields,
    Step,
    Stop,
    Target,
    UpdateRecord,
    WriteNote,
)
from engine.metadata.model.text import Expression, Literal, Slot, Template

PLAIN = re.compile(r"[\w+.:/@-][\w +.:/@-]*")
Written: TypeAlias = "str | Mapping[str, Written] | Sequence[Written]"


def word_of(step: Step) -> str:
    """Return the word with which a step begins."""
    return step.address.rpartition(".")[2]


def spell_step(step: Step) -> str:
    """Write what stands after the word of a step."""
    return _flow(_after_word(step), is_outermost=True)


def spell_part(part: Trigger | Ask) -> str:
    """Write a trigger of a rule, or an input of a dialog."""
    return _trigger(part) if isinstance(part, Trigger) else _ask(part)


def _trigger(trigger: Trigger) -> str:
    if not trigger.names:
        return trigger.kind
    names = trigger.names[0] if trigger.kind == "overdue" else trigger.names
    return f"{trigger.kind}: {_flow(names)}"


def _ask(ask: Ask) -> str:
    keys: dict[str, Written] = {"type": ask.own.type} if ask.own else {}
    keys |= {key: getattr(ask, key) for key in ("label", "help") if getattr(ask, key)}
    if ask.own and ask.own.options:
        keys["options"] = tuple(ask.own.options)
    keys |= {"required": "true"} if ask.required else {}
    keys |= {"quick": ask.quick} if ask.quick else {}
    return f"{ask.id}: {_flow(keys)}"


def _after_word(step: Step) -> Written:
    return _SPELLERS[type(step)](step)


def _move(step: MoveTo) -> Written:
    return {step.pipeline: step.stage} if step.pipeline else step.stage


def _create(step: CreateRecord) -> Written:
    return _kept(entity=step.entity, set=_slots(step.values), **{"as": step.name})


def _find(step: FindRecord) -> Written:
    where = step.where.text if step.where else ""
    more: dict[str, Written] = {"as": step.name, "else": _list(step.otherwise)}
    return _kept(entity=step.entity, match=step.match, where=where, **more)


def _update(step: UpdateRecord) -> Written:
    return {"record": _slot(step.record), "set": _slots(step.values)}


def _task(step: MakeTask) -> Written:
    about = _slot(step.about) if step.about else ""
    return {**_slots(step.values), **_kept(to=_targets(step.to), about=about)}


def _done(step: FinishTasks) -> Written:
    return {"tasks": {"type": step.type} if step.which == "type" else step.which}


def _assign(step: AssignOwner) -> Written:
    only = "true" if step.only_if_empty else ""
    return _kept(to=_targets(step.to), by=step.by, only_if_empty=only)


def _notify(step: Notify) -> Written:
    return {"to": _targets(step.to), "text": step.text.text}


def _if(step: If) -> Written:
    return _kept(when=step.when.text, do=_list(step.do), **{"else": _list(step.otherwise)})


_SPELLERS: Mapping[type[Any], Callable[[Any], Written]] = MappingProxyType(
    {
        SetFields: lambda step: _slots(step.values),
        MoveTo: _move,
        CreateRecord: _create,
        FindRecord: _find,
        UpdateRecord: _update,
        ArchiveRecord: lambda _: "true",
        MakeTask: _task,
        FinishTasks: _done,
        WriteNote: lambda step: step.text.text,
        AssignOwner: _assign,
        Notify: _notify,
        If: _if,
        Stop: lambda step: step.message.text if step.message else "true",
    }
)


def _list(steps: tuple[Step, ...]) -> Written:
    return [{word_of(one): _after_word(one)} for one in steps]


def _targets(targets: tuple[Target, ...]) -> Written:
    found = [_target(one) for one in targets]
    return found[0] if len(found) == 1 else found


def _target(target: Target) -> Written:
    if target.person:
        return _slot(target.person)
    of = _slot(target.of) if target.of else ""
    return _kept(user=target.user, role=target.role, team=target.team, of=of)


def _kept(**keys: Written) -> dict[str, Written]:
    """Return the keys that say something."""
    return {key: one for key, one in keys.items() if one}


def _slots(values: Mapping[str, Slot]) -> dict[str, Written]:
    return {name: _slot(one) for name, one in values.items()}


def _slot(slot: Slot) -> Written:
    match slot:
        case Expression():
            return f"= {slot.text}"
        case Template():
            return slot.text
        case Literal(text=tuple() as texts):
            return texts
        case Literal():
            return f"={slot.text}" if str(slot.text).startswith("=") else str(slot.text)


def _flow(value: Written, *, is_outermost: bool = False) -> str:
    """Write a value as YAML on one line; the outermost text needs no quotes to be read here."""
    match value:
        case str():
            return value if is_outermost or PLAIN.fullmatch(value) else _quoted(value)
        case Mapping():
            return f"{{{', '.join(f'{key}: {_flow(one)}' for key, one in value.items())}}}"
        case _:
            return f"[{', '.join(_flow(one) for one in value)}]"


def _quoted(text: str) -> str:
    sign = "'" if '"' in text else '"'
    return f"{sign}{text}{sign}"
