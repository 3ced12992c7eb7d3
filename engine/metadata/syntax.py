"""What YAML allows and the language refuses, and the parts of a file around an error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import yaml

from engine.metadata.explain import Explained
from engine.metadata.nodes import Scalar
from engine.metadata.problems import Mark, Problem

KEY = re.compile(
    r"""(?P<indent> *)(?P<key>"[^"]*"|'[^']*'|[^\s#'"\[\]{},&*!|>%@`-][^:#]*?)[ \t]*:(?=[ \t]|$)"""
)
# A line that is meant to be a pair, whether YAML can read its key or not.
PAIR = re.compile(r" *[^\s#\]})-][^:]*:(?=[ \t]|$)")


@dataclass(frozen=True, slots=True)
class Span:
    """Lines of a file, counted from 0, without the end."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Part:
    """A run of lines under one key ('' where YAML could not read it).

    `below` are the lines under the key, where they can be read alone.
    """

    span: Span
    key: str
    column: int
    below: Span | None


def parts(lines: list[str], span: Span) -> tuple[Part, ...]:
    """Split lines at the keys of their outermost indentation."""
    content = [n for n in range(span.start, span.end) if _is_content(lines[n])]
    outermost = min((_indent(lines[n]) for n in content), default=0)
    begins = [n for n in content if _indent(lines[n]) == outermost and PAIR.match(lines[n])]
    if not begins:
        return ()
    starts = [content[0], *begins[1:]]
    ends = [*begins[1:], span.end]
    spans = [Span(start, end) for start, end in zip(starts, ends, strict=True)]
    return tuple(_part(lines, one, begin) for one, begin in zip(spans, begins, strict=True))


def _part(lines: list[str], span: Span, begin: int) -> Part:
    found = KEY.match(lines[begin])
    key, column = (found["key"].strip("'\""), len(found["indent"])) if found else ("", 0)
    below = [n for n in range(begin + 1, span.end) if _is_content(lines[n])]
    bare = re.sub(r"(?<!\s)\s+#.*$", "", lines[begin]).rstrip().endswith(":")
    opens = bare and below and all(_indent(lines[n]) > column for n in below)
    return Part(span, key, column, Span(below[0], span.end) if opens else None)


def _is_content(line: str) -> bool:
    """Say whether a line counts for indentation: one with a tab belongs to what stands above."""
    indentation = line[: len(line) - len(line.lstrip())]
    return bool(line.strip()) and not line.lstrip().startswith("#") and "\t" not in indentation


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def refused_event(event: yaml.Event, mark: Mark) -> Problem | None:
    """Return why the language refuses an event: an alias, an anchor, a tag."""
    if isinstance(event, yaml.AliasEvent):
        return alias(mark, str(event.anchor))
    name = getattr(event, "anchor", None)
    if name:
        return anchor(replace(mark, length=len(name) + 1), name)
    name = getattr(event, "tag", None)
    return tag(replace(mark, length=len(name)), name) if name else None


def not_a_map(mark: Mark) -> Problem:
    """A place that should hold keys, and holds a list or a plain text.

    Bad:
        - name: shop
        - label: Shop
    Good:
        name: shop
        label: Shop
    """
    return Problem(
        "E115",
        mark,
        "this should be a map of keys and is not",
        "write lines of the form `key: value`",
    )


def duplicate_key(key: Scalar, first: Scalar) -> Problem:
    """The same key twice in one map: YAML alone would keep the last and say nothing.

    Bad:
        name: shop
        label: Shop
        label: Corner shop
    Good:
        name: shop
        label: Corner shop
    """
    return Problem(
        "E111",
        key.mark,
        f"'{key.text}' stands here a second time; the first is in line {first.mark.line}",
        "keep one of the two",
    )


def alias(mark: Mark, name: str) -> Problem:
    """Anchors, aliases, merge keys, tags and several documents: a reader can't follow them.

    Every value stands where it is used, so that an address names one place in one file. A value
    that begins with a sign of YAML (`*`, `&`, `!`) is put in quotes.

    Bad:
        name: shop
        label: *all
    Good:
        name: shop
        label: "*all"
    """
    return Problem(
        "E113",
        mark,
        f"'*{name}' is an alias of YAML, and aliases are not read",
        f'write the value out, or as a text: "*{name}"',
    )


def anchor(mark: Mark, name: str) -> Problem:
    """Say that anchors are not read."""
    return Problem(
        "E113",
        mark,
        f"'&{name}' is an anchor of YAML, and anchors are not read",
        f'remove it and write the value out, or as a text: "&{name} ..."',
    )


def tag(mark: Mark, name: str) -> Problem:
    """Say that tags are not read."""
    word = name.lstrip("!")
    hint = f'in an expression write `not {word}`; a text goes in quotes: "!{word}"'
    return Problem("E113", mark, f"'!{word}' is a tag of YAML, and tags are not read", hint)


def merge_key(mark: Mark) -> Problem:
    """Say that merge keys are not read."""
    return Problem(
        "E113", mark, "'<<' copies keys from elsewhere, and that is not read", "write the keys out"
    )


def second_document(mark: Mark) -> Problem:
    """Say that a file is one document."""
    return Problem(
        "E113",
        mark,
        "a second document begins here; a file is one document",
        "remove the line `---`, or put this part into a file of its own",
    )


def too_deep(mark: Mark) -> Problem:
    """Nesting, or a number of values, beyond what anybody could read.

    Bad:
        a: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]
    Good:
        name: shop
    """
    return Problem("E114", mark, "this is nested more than 32 deep", "take it apart")


def too_many(mark: Mark) -> Problem:
    """Say that a file holds too much."""
    message = "this file holds more than 100,000 values"
    return Problem("E114", mark, message, "split it into several files; import large tables")


def too_many_together(mark: Mark, most: int) -> Problem:
    """Say that the files of a folder hold too much together."""
    message = f"the files before this one hold more than {most:,} values, so it is not read"
    return Problem("E114", mark, message, "take rows out; import large tables")


def too_long(mark: Mark, most: int) -> Problem:
    """Say that one map or list has too many items."""
    return Problem(
        "E114",
        mark,
        f"this map or list has more than {most:,} items",
        "make an entity of what is so many, and a link to it",
    )


def too_broken(mark: Mark) -> Problem:
    """Say that a file has so many syntax errors that the rest is not looked at."""
    return Problem(
        "E120",
        mark,
        "this file has so many mistakes above that it is not read on from here",
        "mend those first",
    )


CODES: Mapping[str, Explained] = {
    "E111": duplicate_key,
    "E113": alias,
    "E114": too_deep,
    "E115": not_a_map,
}
