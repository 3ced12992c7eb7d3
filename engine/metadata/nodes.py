"""YAML as located nodes: every key and value knows its file, line and column.

A scalar stays text; what it means is decided by the slot it stands in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from engine.metadata.problems import Mark

Path: TypeAlias = tuple[str | int, ...]
NOWHERE = Mark("crm.yaml", 1, 1)


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value or key as text; `text_mark` is where the text itself begins."""

    text: str
    mark: Mark
    text_mark: Mark
    quoted: bool = False

    @property
    def is_nothing(self) -> bool:
        """Say whether nothing was written here (`city:`)."""
        return not self.quoted and not self.text


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    mark: Mark


@dataclass(frozen=True, slots=True)
class Entry:
    """A key with its value."""

    key: Scalar
    value: Node


@dataclass(frozen=True, slots=True)
class Mapping:
    """A map; its keys are different from each other."""

    entries: tuple[Entry, ...]
    mark: Mark
    _by_key: dict[str, Entry] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_key = {one.key.text: one for one in self.entries}
        object.__setattr__(self, "_by_key", by_key)  # a lookup is no change

    def entry(self, key: str) -> Entry | None:
        """Return the entry with this key."""
        return self._by_key.get(key)

    def get(self, key: str) -> Node | None:
        """Return the value under this key."""
        entry = self._by_key.get(key)
        return entry.value if entry else None


Node: TypeAlias = Scalar | Sequence | Mapping


def address_of(path: Path) -> str:
    """Write a path as the address that errors, plans and translations use.

    Maps in a list are counted from 1: `do.2.task.due`. An item that is a plain value has the
    address of its list.
    """
    below = (*path[1:], 0)
    return ".".join(
        part if isinstance(part, str) else str(part + 1)
        for part, next_part in zip(path, below, strict=False)
        if isinstance(part, str) or isinstance(next_part, str)
    )


def path_of(address: str) -> Path:
    """Return the path that an address names."""
    return tuple(int(one) - 1 if one.isdecimal() else one for one in address.split("."))


def node_at(node: Node | None, path: Path) -> Node | None:
    """Return the node at a path, or None where there is none."""
    for part in path:
        if isinstance(node, Mapping):
            node = node.get(part) if isinstance(part, str) else None
        elif isinstance(node, Sequence) and isinstance(part, int) and part < len(node.items):
            node = node.items[part]
        else:
            return None
    return node


def key_mark(node: Node, path: Path) -> Mark:
    """Return the mark of the key at the end of a path (of the value, in a list)."""
    parent = node_at(node, path[:-1])
    if isinstance(parent, Mapping) and path and isinstance(path[-1], str):
        entry = parent.entry(path[-1])
        if entry:
            return entry.key.mark
    found = node_at(node, path)
    return (found or parent or node).mark


def with_value(node: Mapping, key: str, value: Node) -> Mapping:
    """Return a map with another value under a key that it has."""
    entries = (Entry(one.key, value) if one.key.text == key else one for one in node.entries)
    return Mapping(tuple(entries), node.mark)


def without(node: Node, dropped: frozenset[Path], path: Path = ()) -> Node:
    """Return the tree without the nodes at the given paths.

    In a list of maps (steps, triggers) an empty map stays in the place of one that goes out: the
    others keep their numbers.
    """
    if not dropped:
        return node
    match node:
        case Mapping(entries, mark):
            kept = tuple(
                Entry(one.key, without(one.value, dropped, (*path, one.key.text)))
                for one in entries
                if (*path, one.key.text) not in dropped
            )
            return Mapping(kept, mark)
        case Sequence(items, mark):
            are_maps = any(isinstance(one, Mapping) for one in items)
            left = (
                without(one, dropped, (*path, number))
                if (*path, number) not in dropped
                else Mapping((), one.mark)
                for number, one in enumerate(items)
                if are_maps or (*path, number) not in dropped
            )
            return Sequence(tuple(left), mark)
        case Scalar():
            return node


def without_some(node: Mapping, dropped: frozenset[Path]) -> Mapping:
    """Return a map without the nodes at the given paths."""
    kept = without(node, dropped) if () not in dropped else None
    return kept if isinstance(kept, Mapping) else Mapping((), node.mark)


def scalars(node: Node, path: Path = ()) -> Iterator[tuple[Path, Scalar]]:
    """Walk over every value that is text."""
    match node:
        case Mapping(entries):
            for entry in entries:
                yield from scalars(entry.value, (*path, entry.key.text))
        case Sequence(items):
            for number, item in enumerate(items):
                yield from scalars(item, (*path, number))
        case Scalar():
            yield path, node


def plain(node: Node) -> object:
    """Return the tree as dictionaries, lists and texts; nothing written is None."""
    match node:
        case Mapping(entries):
            return {one.key.text: plain(one.value) for one in entries}
        case Sequence(items):
            return [plain(one) for one in items]
        case Scalar():
            return None if node.is_nothing else node.text


def overlay(below: Mapping, above: Mapping) -> Mapping:
    """Lay one map over another: maps merge, anything else replaces."""
    merged = {one.key.text: one for one in below.entries}
    for entry in above.entries:
        under = merged.get(entry.key.text)
        if under and isinstance(under.value, Mapping) and isinstance(entry.value, Mapping):
            merged[entry.key.text] = Entry(under.key, overlay(under.value, entry.value))
        else:
            merged[entry.key.text] = entry
    return Mapping(tuple(merged.values()), above.mark)
