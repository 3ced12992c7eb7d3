"""Reads the lines of demo stories as they are written: who did what to which record, and where."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from engine.metadata import nodes
from engine.metadata.build.common import Part
from engine.metadata.model.story import StoryVerb
from engine.metadata.nodes import Entry, Scalar
from engine.metadata.problems import Mark
from engine.metadata.rows_files import RowsFile

WORDS_ON = re.compile(r"(\S+)\s+on\s+(\S.*)")
TWO_WORDS = re.compile(r"(\S+)\s+(\S.*)")
EXAMPLES: Mapping[StoryVerb, str] = MappingProxyType(
    {
        "create": "create: {request r1: {name: Anna}}",
        "press": "press: busy on r1",
        "set": "set: {r1: {name: Anna}}",
        "move": "move: won on r1",
        "note": "note: {r1: wants oak}",
        "done": "done: r1",
        "archive": "archive: r1",
    }
)
COMPANIONS: Mapping[str, tuple[StoryVerb, ...]] = MappingProxyType(
    {"ask": ("press", "move"), "result": ("done",)}
)

_NAMED: Mapping[StoryVerb, str] = MappingProxyType(
    {
        **dict.fromkeys(EXAMPLES, "one record"),
        "create": "one new record, its entity first",
        "press": "a button and a record",
        "move": "a stage and a record",
        "note": "one record, and the text",
    }
)


@dataclass(frozen=True, slots=True)
class Misfit:
    """A line that does not say what was done to which record."""

    mark: Mark
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Told:
    """A line as it is written: `record` is the key of its record, `entity` is said of a new one.

    `who` is said in this line or in one above it; `name` is the button or the stage.
    """

    mark: Mark
    at: Scalar
    who: Scalar | None
    verb: StoryVerb
    record: Scalar
    entity: Scalar | None = None
    name: Scalar | None = None
    text: str = ""
    values: tuple[Entry, ...] = ()
    makes: tuple[Entry, ...] = ()


def lines_of(file: RowsFile) -> Iterator[Told | Misfit]:
    """Yield the lines of a file; those with an error of their own are left out."""
    who: Scalar | None = None
    for part, found in _parts(file):
        who = part.scalar("as") or who
        if found is not None:
            yield replace(found, who=who) if isinstance(found, Told) else found


def keys_lost(file: RowsFile) -> Iterator[str]:
    """Yield what lines with errors may have given to records as keys: nobody is to miss them."""
    for part, found in _parts(file):
        if not isinstance(found, Told):
            yield from (word for text in _texts(part.node) for word in (text, *text.split()))


def _texts(node: nodes.Node) -> Iterator[str]:
    match node:
        case nodes.Mapping(entries):
            for entry in entries:
                yield entry.key.text
                yield from _texts(entry.value)
        case nodes.Sequence(items):
            for item in items:
                yield from _texts(item)
        case Scalar(text):
            yield text


def _parts(file: RowsFile) -> Iterator[tuple[Part, Told | Misfit | None]]:
    wrong = {path[1] for path in file.unclear if path[:1] == ("story",) and len(path) > 1}
    for number, node in enumerate(_items(file)):
        if isinstance(node, nodes.Mapping):
            part = Part("", node, node.mark, "")
            yield part, None if number in wrong else _line(part)


def _items(file: RowsFile) -> tuple[nodes.Node, ...]:
    story = file.raw.get("story") if file.raw and file.is_demo else None
    return story.items if isinstance(story, nodes.Sequence) else ()


def _line(part: Part) -> Told | Misfit:
    verbs = [one for one in EXAMPLES if part.node.get(one) is not None]
    at = part.scalar("at")
    if not verbs or at is None:
        known = ", ".join(EXAMPLES)
        return Misfit(part.mark, "this line does not say what was done", f"write one of: {known}")
    if len(verbs) > 1:
        second = part.node.entry(verbs[1])
        mark = second.key.mark if second else part.mark
        message = f"one line does one thing, and this one has '{verbs[0]}' and '{verbs[1]}'"
        return Misfit(mark, message, "write two lines")
    verb = verbs[0]
    for name, homes in COMPANIONS.items():
        entry = part.node.entry(name)
        if entry and verb not in homes:
            message = f"'{name}' does not go with '{verb}'"
            return Misfit(entry.key.mark, message, f"it goes with {' and '.join(homes)}")
    found = _READERS[verb](part, Told(part.mark, at, None, verb, at, makes=_entries(part, "makes")))
    if found is None:
        value = part.node.entry(verb)
        mark = value.key.mark if value else part.mark
        return Misfit(mark, f"'{verb}' names {_NAMED[verb]}", f"write {EXAMPLES[verb]}")
    return found


def _created(part: Part, told: Told) -> Told | None:
    entry = _only(part, told.verb)
    words = _words(TWO_WORDS, entry.key) if entry else None
    if entry is None or words is None:
        return None
    return replace(told, entity=words[0], record=words[1], values=_below(entry))


def _changed(part: Part, told: Told) -> Told | None:
    entry = _only(part, told.verb)
    return replace(told, record=entry.key, values=_below(entry)) if entry else None


def _noted(part: Part, told: Told) -> Told | None:
    entry = _only(part, told.verb)
    text = entry.value.text if entry and isinstance(entry.value, Scalar) else ""
    return replace(told, record=entry.key, text=text) if entry and text.strip() else None


def _pressed(part: Part, told: Told) -> Told | None:
    written = part.scalar(told.verb)
    words = _words(WORDS_ON, written) if written else None
    if words is None:
        return None
    return replace(told, name=words[0], record=words[1], values=_entries(part, "ask"))


def _named(part: Part, told: Told) -> Told | None:
    written = part.scalar(told.verb)
    return replace(told, record=written, text=part.text("result")) if written else None


_READERS: Mapping[StoryVerb, Callable[[Part, Told], Told | None]] = MappingProxyType(
    {
        "create": _created,
        "press": _pressed,
        "set": _changed,
        "move": _pressed,
        "note": _noted,
        "done": _named,
        "archive": _named,
    }
)


def _entries(part: Part, key: str) -> tuple[Entry, ...]:
    found = part.node.get(key)
    return found.entries if isinstance(found, nodes.Mapping) else ()


def _only(part: Part, key: str) -> Entry | None:
    entries = _entries(part, key)
    return entries[0] if len(entries) == 1 else None


def _below(entry: Entry) -> tuple[Entry, ...]:
    return entry.value.entries if isinstance(entry.value, nodes.Mapping) else ()


def _words(pattern: re.Pattern[str], written: Scalar) -> tuple[Scalar, Scalar] | None:
    """Return the two words that matter of a text, each with its place."""
    found = pattern.fullmatch(written.text.strip())
    return (_word(written, found, 1), _word(written, found, 2)) if found else None


def _word(written: Scalar, found: re.Match[str], group: int) -> Scalar:
    mark, text = written.text_mark, found[group]
    place = replace(mark, column=mark.column + found.start(group), length=len(text))
    return Scalar(text, place, place)
