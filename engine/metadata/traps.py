"""Where YAML reads something else than the author wrote: each trap has a sentence of its own."""

from __future__ import annotations

import re
from collections.abc import Callable

import yaml

from engine.metadata.nodes import Node, Scalar
from engine.metadata.problems import Mark, Problem
from engine.metadata.syntax import Span, tag
from engine.metadata.text_problems import (
    byte_order_mark,
    escaped,
    too_large,
    unprintable,
    windows_line_ends,
)
from engine.metadata.trap_problems import (
    bad_escape,
    block_sign,
    bracket_in_flow,
    cut_by_comment,
    cut_in_flow,
    no_break_space,
    only_a_comment,
    opening_sign,
    quote_and_more,
    second_colon,
    tab,
    too_deep_a_line,
    unclosed,
    unquoted_braces,
    unreadable,
)

INDENTATION = ("mapping values", "document start", "expected key", "block end")
NO_BREAK = "\u00a0"
LARGEST_FILE = 1024 * 1024
LONGEST_LINE = 400  # letters that are searched for a trap: nobody means more by one line
LOOKED_BACK = 100  # lines above an error, which often stands behind its cause
UNPRINTABLE = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)
TAB = re.compile(r"^ *(?P<at>\t)")
NO_BREAK_SPACE = re.compile(f"(?P<at>{NO_BREAK})")
UNQUOTED_BRACES = re.compile(r"(?:[:,\[{-]\s+|^\s*)(?P<at>\{\{.*?\}\})")
TAG = re.compile(r"(?:[:\[,-]\s+)(?P<at>![A-Za-z_][\w.]*)")
QUOTE_AND_MORE = re.compile(
    r"""(?:[:\[,-]\s+)(?P<value>(?P<at>'[^']*'|"(?:[^"\\]|\\.)*")\s+(?![#,\]}:])[^,}\]]+)"""
)
BLOCK_SIGN = re.compile(r":\s+(?P<at>[>|](?![-+0-9]{0,2}\s*(?:#|$))\S.*)$")
OPENING_SIGN = re.compile(r"(?:[:\[,-]\s+)(?P<at>[@`%])")
SECOND_COLON = re.compile(r":\s+(?P<value>[^'\"\[{|>&*!%@#\s][^'\",}]*?(?P<at>:)(?=\s|$)[^,}]*)")
BRACKET_IN_FLOW = re.compile(
    r"\{[^'\"{}\[\]]*:\s*(?P<value>[^\s'\"{}\[\],][^'\"{}\[\],]*(?P<at>[\[{])[^\]}]*[\]}]?)"
)
COMMENT_IN_FLOW = re.compile(r"[{\[,].*?\s(#[^\s#!].*[\]}])\s*$")
COMMENT = re.compile(r"\s*#(?=[^\s#!])")
ESCAPE = re.compile(r'"[^"\\]*(?:\\["\\/nrtabfve0NLP_ xuU][^"\\]*)*(\\.)')
TRAPS: tuple[tuple[re.Pattern[str], Callable[[Mark, str], Problem]], ...] = (
    (TAB, tab),
    (NO_BREAK_SPACE, no_break_space),
    (UNQUOTED_BRACES, unquoted_braces),
    (BLOCK_SIGN, block_sign),
    (OPENING_SIGN, opening_sign),
    (TAG, tag),
    (QUOTE_AND_MORE, quote_and_more),
    (BRACKET_IN_FLOW, bracket_in_flow),
    (SECOND_COLON, second_colon),
)


def lines_of(text: str) -> list[str]:
    """Return the lines, without a byte order mark and without carriage returns."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def check_text(file: str, text: str) -> tuple[Problem, ...]:
    """Check what can be said of a text before it is read."""
    problems: list[Problem] = []
    if len(text) > LARGEST_FILE // 4 and len(text.encode("utf-8", "replace")) > LARGEST_FILE:
        return (too_large(Mark(file, 1, 1)),)
    if text.startswith("\ufeff"):
        problems.append(byte_order_mark(Mark(file, 1, 1)))
    if "\r" in text:
        problems.append(windows_line_ends(Mark(file, 1, 1)))
    if UNPRINTABLE.search(text):
        found = ((number, UNPRINTABLE.search(one)) for number, one in enumerate(lines_of(text), 1))
        line, first = next((number, one) for number, one in found if one)
        problems.append(unprintable(Mark(file, line, first.start() + 1), first[0]))
    return tuple(problems)


def check_escapes(scalar: Scalar) -> tuple[Problem, ...]:
    """Check a text in double quotes: an escape may hold what nobody could have typed."""
    found = UNPRINTABLE.search(scalar.text)
    return (escaped(scalar.mark, found[0]),) if found else ()


def check_plain(scalar: Scalar, lines: list[str], line: int, column: int) -> tuple[Problem, ...]:
    """Check what follows a text without quotes that ends at the given place."""
    if NO_BREAK in scalar.text and (found := re.search(rf"\w:{NO_BREAK}", scalar.text)):
        return (no_break_space(_place_of(found[0], scalar, lines), NO_BREAK),)
    comment = COMMENT.match(lines[line], column) if line < len(lines) else None
    if comment is None:
        return ()
    rest, start = lines[line][column:], comment.end()
    mark = Mark(scalar.mark.file, line + 1, start, len(lines[line]) - start + 1)
    if scalar.is_nothing:
        return (only_a_comment(mark, rest.strip()),)
    return (cut_by_comment(mark, scalar.text, rest.strip()),) if rest[0].isspace() else ()


def _place_of(text: str, scalar: Scalar, lines: list[str]) -> Mark:
    """Return where a part of a text that may go over several lines stands."""
    for number in range(scalar.mark.line - 1, len(lines)):
        column = lines[number].find(text)
        if column >= 0:
            return Mark(scalar.mark.file, number + 1, column + len(text))
    return scalar.mark


def has_no_colon(key: Scalar, value: Node, lines: list[str]) -> bool:
    """Say whether an item of a `{...}` map is no pair, as the last one of `{a: round(b, 2)}`."""
    if not isinstance(value, Scalar) or not value.is_nothing:
        return False
    line = lines[key.mark.line - 1]
    return not line[key.mark.column - 1 + key.mark.length :].lstrip().startswith(":")


def explain(file: str, lines: list[str], error: yaml.YAMLError, span: Span) -> Problem:
    """Say a syntax error in the author's words, with the trap behind it where one is known."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = (mark.line, mark.column) if mark else (span.start, 0)
    detail = str(getattr(error, "problem", None) or error)
    reached = line
    line = max(span.start, min(line, span.end - 1, len(lines) - 1))
    first = max(span.start, line - LOOKED_BACK)
    numbers = dict.fromkeys([line, *range(first, min(span.end, line + 1, len(lines)))])
    for number in numbers:
        known = _known(Mark(file, number + 1, 1), lines[number][:LONGEST_LINE], detail)
        if known:
            return known
    opened = getattr(error, "context_mark", None)
    if opened and _is_unclosed(detail, str(getattr(error, "context", "")), reached, opened.line):
        return unclosed(Mark(file, opened.line + 1, opened.column + 1), lines[opened.line])
    if line > span.start and any(one in detail for one in INDENTATION):
        return too_deep_a_line(
            Mark(file, line + 1, 1 + len(lines[line]) - len(lines[line].lstrip()))
        )
    return unreadable(Mark(file, line + 1, column + 1), detail)


def _is_unclosed(detail: str, context: str, line: int, opened: int) -> bool:
    runs_out = "end of stream" in detail or line > opened
    return runs_out and ("flow" in context or "quoted" in context)


def _known(mark: Mark, line: str, detail: str) -> Problem | None:
    body = re.sub(r"\s+#.*$", "", line)
    escape = ESCAPE.search(body) if "escape" in detail else None
    if escape:
        return bad_escape(Mark(mark.file, mark.line, escape.start(1) + 1, 2), escape[1])
    for pattern, explanation in TRAPS:
        found = pattern.search(body)
        if found:
            parts = found.groupdict()
            place = Mark(mark.file, mark.line, found.start("at") + 1, len(parts["at"]))
            return explanation(place, parts.get("value") or parts["at"])
    comment = COMMENT_IN_FLOW.search(line)
    if comment:
        place = Mark(mark.file, mark.line, comment.start(1) + 1, len(comment[1]))
        return cut_in_flow(place, comment[1])
    return None


def odd_key(key: Node, lines: list[str]) -> Problem:
    """Explain a key that is no text."""
    mark = key.mark
    line = lines[mark.line - 1] if mark.line <= len(lines) else ""
    found = line.find("{{", max(0, mark.column - 3))
    if found >= 0:
        end = line.find("}}", found)
        length = end + 2 - found if end > 0 else 2
        return unquoted_braces(Mark(mark.file, mark.line, found + 1, length), line[found:])
    return unreadable(mark, "a key is a map or a list")
