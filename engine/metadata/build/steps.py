"""Builds steps: each is a map with one word, which says what is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, cast

from engine.metadata import nodes
from engine.metadata.build.common import Part, as_nodes, read_slot
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
    Share,
    Step,
    Stop,
    Target,
    UpdateRecord,
    WriteNote,
)
from engine.metadata.model.text import Expression
from engine.metadata.problems import Mark

OF_TASK = ("to", "about")  # the keys of a task step that are no plain values


@dataclass(frozen=True, slots=True)
class _Written:
    """A step as it stands in its list: its word with what follows it, and where."""

    word: str
    list: Part
    mark: Mark

    @property
    def address(self) -> str:
        """Return the address of the step."""
        return self.list.address_of(self.word)

    @property
    def part(self) -> Part:
        """Return the map after the word."""
        return self.list.part(self.word)


def build_steps(part: Part, key: str) -> tuple[Step, ...]:
    """Build the steps of a list; what has not the shape of a step is left out."""
    return tuple(step for one in _written(part, key) if (step := _BUILDERS[one.word](one)))


def _written(part: Part, key: str) -> Iterator[_Written]:
    for number, node in enumerate(as_nodes(part.node.get(key)), start=1):
        if isinstance(node, nodes.Mapping) and len(node.entries) == 1:
            word = node.entries[0].key
            if word.text in _BUILDERS:
                item = Part(str(number), node, node.mark, f"{part.address_of(key)}.{number}")
                yield _Written(word.text, item, word.mark)


def build_targets(part: Part, key: str) -> tuple[Target, ...]:
    """Build who is meant: one target or a list of them."""
    found = part.node.get(key)
    written = found.items if isinstance(found, nodes.Sequence) else (found,)
    address = part.address_of(key)
    return tuple(target for one in written if one and (target := _target(one, address)))


def _target(node: nodes.Node, address: str) -> Target | None:
    if isinstance(node, nodes.Scalar):
        person = read_slot(node, address, is_text=False)
        return Target(node.mark, person) if isinstance(person, Expression) else None
    if not isinstance(node, nodes.Mapping):
        return None
    part = Part("", node, node.mark, address)
    return Target(
        node.mark,
        user=part.text("user"),
        role=part.text("role"),
        team=part.text("team"),
        of=_expression(part, "of"),
    )


def _expression(part: Part, key: str) -> Expression | None:
    found = part.slot(key)
    return found if isinstance(found, Expression) else None


def _set(one: _Written) -> Step:
    return SetFields(one.address, one.mark, one.list.slots("set"))


def _move(one: _Written) -> Step | None:
    stage = one.list.optional("move")
    if stage:
        return MoveTo(one.address, one.mark, stage)
    pairs = tuple(one.list.pairs("move").items())
    if len(pairs) != 1:
        return None
    pipeline, stage = pairs[0]
    return MoveTo(one.address, one.mark, stage, pipeline)


def _create(one: _Written) -> Step | None:
    entity = one.part.optional("entity")
    if entity is None:
        return None
    values, name = one.part.slots("set"), one.part.text("as")
    return CreateRecord(one.address, one.mark, entity, values, name)


def _find(one: _Written) -> Step | None:
    part, entity = one.part, one.part.optional("entity")
    if entity is None:
        return None
    return FindRecord(
        one.address,
        one.mark,
        entity,
        name=part.text("as"),
        match=part.words("match"),
        where=part.expression("where"),
        otherwise=build_steps(part, "else"),
    )


def _update(one: _Written) -> Step | None:
    record = _expression(one.part, "record")
    if record is None:
        return None
    return UpdateRecord(one.address, one.mark, record, one.part.slots("set"))


def _archive(one: _Written) -> Step:
    return ArchiveRecord(one.address, one.mark)


def _task(one: _Written) -> Step:
    values = {key: slot for key, slot in one.list.slots("task").items() if key not in OF_TASK}
    to, about = build_targets(one.part, "to"), _expression(one.part, "about")
    return MakeTask(one.address, one.mark, values, to, about)


def _done(one: _Written) -> Step | None:
    which, of_type = one.part.text("tasks"), one.part.part("tasks").text("type")
    if of_type:
        return FinishTasks(one.address, one.mark, "type", of_type)
    if which not in ("ladder", "all"):
        return None
    return FinishTasks(one.address, one.mark, cast("Literal['ladder', 'all']", which))


def _note(one: _Written) -> Step | None:
    text = one.list.template("note")
    return WriteNote(one.address, one.mark, text) if text else None


def _assign(one: _Written) -> Step:
    return AssignOwner(
        one.address,
        one.mark,
        build_targets(one.part, "to"),
        cast("Share", one.part.text("by", "round_robin")),
        only_if_empty=one.part.flag("only_if_empty"),
    )


def _notify(one: _Written) -> Step | None:
    text = one.part.template("text")
    if text is None:
        return None
    return Notify(one.address, one.mark, build_targets(one.part, "to"), text)


def _if(one: _Written) -> Step | None:
    when = one.part.expression("when")
    if when is None:
        return None
    do, otherwise = build_steps(one.part, "do"), build_steps(one.part, "else")
    return If(one.address, one.mark, when, do, otherwise)


def _stop(one: _Written) -> Step:
    message = one.list.template("stop")
    is_plain = message is None or message.text == "true"
    return Stop(one.address, one.mark, None if is_plain else message)


_BUILDERS: Mapping[str, Callable[[_Written], Step | None]] = MappingProxyType(
    {
        "set": _set,
        "move": _move,
        "create": _create,
        "find": _find,
        "update": _update,
        "archive": _archive,
        "task": _task,
        "done": _done,
        "note": _note,
        "assign": _assign,
        "notify": _notify,
        "if": _if,
        "stop": _stop,
    }
)
