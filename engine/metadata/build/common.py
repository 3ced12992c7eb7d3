"""Located getters: what every builder reads the tree with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from engine.metadata.model.entity import SortKey
from engine.metadata.model.text import Expression, Literal, Slot, Template
from engine.metadata.nodes import Entry, Mapping, Node, Scalar, Sequence
from engine.metadata.problems import Mark

CORE = "core:"
TEXT_TYPES = ("text", "long_text", "email", "phone", "url")
CLOCK = re.compile(r"\b(now|today|age|since|next_anniversary|start_of|end_of)\s*\(")
STRING = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
IN_BRACES = re.compile(r"\{\{((?:(?!\{\{).)*?)\}\}", re.DOTALL)
NAME = re.compile(r"(?<![\w.])[a-z_]\w*(?:\.[a-z_]\w*)*(?!\s*\()")


@dataclass(frozen=True, slots=True)
class Part:
    """A map of the tree with its id and address."""

    id: str
    node: Mapping
    mark: Mark
    address: str

    @property
    def layer(self) -> str:
        """Return who declared it: the core package or the folder."""
        return "core" if self.mark.file.startswith(CORE) else "own"

    def scalar(self, key: str) -> Scalar | None:
        """Return the single value under a key."""
        found = self.node.get(key)
        return found if isinstance(found, Scalar) and not found.is_nothing else None

    def text(self, key: str, default: str = "") -> str:
        """Return a text."""
        found = self.scalar(key)
        return found.text if found else default

    def optional(self, key: str) -> str | None:
        """Return a text, or None where nothing is said."""
        found = self.scalar(key)
        return found.text if found else None

    def flag(self, key: str) -> bool:
        """Return a yes or no."""
        return self.text(key) == "true"

    def integer(self, key: str) -> int | None:
        """Return a whole number."""
        text = self.text(key)
        return int(text) if re.fullmatch(r"-?[0-9]{1,9}", text) else None

    def expression(self, key: str) -> Expression | None:
        """Return an expression."""
        found = self.scalar(key)
        return Expression(found.text, found.text_mark, self.address_of(key)) if found else None

    def template(self, key: str) -> Template | None:
        """Return a text that may hold expressions."""
        found = self.scalar(key)
        return Template(found.text, found.text_mark, self.address_of(key)) if found else None

    def words(self, key: str) -> tuple[str, ...]:
        """Return a list of texts."""
        found = self.node.get(key)
        items = found.items if isinstance(found, Sequence) else ()
        return tuple(one.text for one in items if isinstance(one, Scalar))

    def sort_keys(self, key: str) -> tuple[SortKey, ...]:
        """Return an order: `[due, "-amount"]`."""
        return tuple(SortKey(one.lstrip("-"), one.startswith("-")) for one in self.words(key))

    def pairs(self, key: str) -> dict[str, str]:
        """Return a map of texts."""
        found = self.node.get(key)
        entries = found.entries if isinstance(found, Mapping) else ()
        return {one.key.text: one.value.text for one in entries if isinstance(one.value, Scalar)}

    def parts(self, key: str, shorthand: str = "") -> Iterator[Part]:
        """Yield the definitions of a map by id; a text is taken for its key `shorthand`."""
        found = self.node.get(key)
        for entry in found.entries if isinstance(found, Mapping) else ():
            below = as_map(entry, shorthand)
            if below is not None:
                address = f"{self.address_of(key)}.{entry.key.text}"
                yield Part(entry.key.text, below, entry.key.mark, address)

    def slot(self, key: str, *, is_text: bool = False) -> Slot | None:
        """Return a value slot: a literal, an expression after `=`, or a text with `{{ }}`."""
        found = self.node.get(key)
        if isinstance(found, Sequence):
            return Literal(self.words(key), found.mark, self.address_of(key))
        scalar = self.scalar(key)
        return read_slot(scalar, self.address_of(key), is_text=is_text) if scalar else None

    def slots(self, key: str) -> dict[str, Slot]:
        """Return a map of value slots: field -> value."""
        part = self.part(key)
        found = {one.key.text: part.slot(one.key.text, is_text=True) for one in part.node.entries}
        return {name: slot for name, slot in found.items() if slot is not None}

    def part(self, key: str) -> Part:
        """Return the map under a key, an empty one where there is none."""
        found = self.node.get(key)
        node = found if isinstance(found, Mapping) else Mapping((), self.mark)
        return Part(key, node, node.mark, self.address_of(key))

    def names(self, key: str) -> tuple[str, ...]:
        """Return a list of texts that may be written as a single one."""
        single = self.optional(key)
        return (single,) if single else self.words(key)

    def address_of(self, key: str) -> str:
        """Return the address of a key."""
        return f"{self.address}.{key}" if self.address else key


def as_map(entry: Entry, shorthand: str) -> Mapping | None:
    """Return an entry's value as a map: `city: text` is `city: {type: text}`."""
    match entry.value:
        case Mapping():
            return entry.value
        case Scalar() if shorthand and not entry.value.is_nothing:
            mark = entry.value.mark
            return Mapping((Entry(Scalar(shorthand, mark, mark), entry.value),), mark)
        case _:
            return None


def read_slot(scalar: Scalar, address: str, *, is_text: bool) -> Slot:
    """Read a value slot from a single value."""
    text, mark = scalar.text, scalar.text_mark
    if text.startswith("=="):
        return Literal(text[1:], mark, address)
    if text.startswith("="):
        source = text[1:].lstrip()
        skipped = len(text) - len(source)
        length = max(1, mark.length - skipped)
        return Expression(
            source, Mark(mark.file, mark.line, mark.column + skipped, length), address
        )
    if is_text and "{{" in text:
        return Template(text, mark, address)
    return Literal(text, mark, address)


def names_in(expression: str) -> tuple[str, ...]:
    """Return the names and dotted paths in an expression, as far as they can be seen."""
    return tuple(NAME.findall(STRING.sub("''", expression)))


def names_in_text(template: str) -> tuple[str, ...]:
    """Return the names in the braces of a text."""
    return tuple(name for found in IN_BRACES.findall(template) for name in names_in(found))


def as_nodes(node: Node | None) -> tuple[Node, ...]:
    """Return the items of a list."""
    return node.items if isinstance(node, Sequence) else ()
