"""Text -> tokens with their offsets: bounds are kept and foreign spellings named before parsing.

Jinja2's lexer finds the tokens; the line number of each is replaced by its character offset, and
numbers stay text, so that they are exact and every node knows its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from jinja2 import Environment, TemplateSyntaxError
from jinja2.lexer import operators

from engine.metadata.expressions.mistakes import ExpressionProblem, Span

MAX_TOKENS = 500
MAX_DEPTH = 30
MAX_LETTERS = 10_000

ENVIRONMENT = Environment(autoescape=False, keep_trailing_newline=True)  # noqa: S701 - grammar only
PAIRS = {"(": ")", "[": "]", "{": "}"}
PREFIXES = frozenset({"not", "-", "+", "if"})

_SMART_QUOTES = "“”„‟«»‘’‚‛`´"
_LOOK_ALIKES = dict(
    zip("аеорсухікАВЕКМНОРСТХУІѕјԁοαεικνρτυχ", "aeopcyxikABEKMHOPCTXYIsjdoaeiknptux", strict=True)
)
_FOREIGN_SIGNS = {
    "&": "and",
    "!": "not",
    "≠": "!=",
    "≤": "<=",
    "≥": ">=",
    "×": "*",
    "·": "*",
    "÷": "/",
    "−": "-",
    "–": "-",
    "?": "a if condition else b",
}
_FOREIGN_WORDS = {
    "AND": "and",
    "OR": "or",
    "NOT": "not",
    "IN": "in",
    "IS": "is",
    "True": "true",
    "TRUE": "true",
    "False": "false",
    "FALSE": "false",
    "None": "none",
    "NONE": "none",
    "null": "none",
    "NULL": "none",
}
_FOREIGN_PAIRS = {
    ("|", "|"): "or",
    ("<", ">"): "!=",
    ("=", ">"): ">=",
    ("=", "<"): "<=",
    ("==", "="): "==",
    ("!=", "="): "!=",
}
_FOREIGN_OPERATORS = {
    "//": "there is no whole division: use round(a / b)",
    "%": "there is no remainder",
    "**": "there is no power: multiply",
    "~": "join texts with concat(a, b)",
    ";": "one expression, without ';'",
}
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t"}


class Token(NamedTuple):
    """One word or sign: `kind` in the lexer's words, `text` as written."""

    start: int
    kind: str
    text: str

    @property
    def span(self) -> Span:
        """Return where it stands."""
        return Span(self.start, self.start + len(self.text))


class NumberText(str):
    """The digits of a number as they are written."""

    __slots__ = ()


class ParserToken(NamedTuple):
    """What Jinja's parser reads; it takes `lineno` along into its nodes."""

    lineno: int
    type: str
    value: str


def read_tokens(text: str) -> tuple[Token, ...]:
    """Split the text into tokens, or say what keeps it from being read."""
    if len(text) > MAX_LETTERS:
        raise _too_long(text)
    tokens = tuple(one for one in _lex(_one_line_end(text)) if one.kind != "whitespace")
    _keep_bounds(text, tokens)
    _name_foreign_spellings(tokens)
    _match_brackets(tokens)
    return tokens


def bracket_ends(tokens: Sequence[Token]) -> Mapping[int, int]:
    """Map the offset of each opening bracket to the offset after its closing one."""
    open_at: list[int] = []
    ends: dict[int, int] = {}
    for token in tokens:
        if token.kind == "operator" and token.text in PAIRS:
            open_at.append(token.start)
        elif token.kind == "operator" and token.text in PAIRS.values():
            ends[open_at.pop()] = token.start + 1
    return ends


def parser_tokens(tokens: Sequence[Token]) -> Iterator[object]:
    """Turn tokens into those of Jinja's parser, with the offset in place of the line."""
    from jinja2.lexer import Token as JinjaToken  # noqa: PLC0415 - two classes, one name

    for start, kind, text in tokens:
        if kind == "operator":
            yield JinjaToken(start, operators[text], text)
        elif kind == "string":
            yield JinjaToken(start, kind, _unescape(text[1:-1]))
        elif kind in {"integer", "float"}:
            yield JinjaToken(start, kind, NumberText(text))
        else:
            yield JinjaToken(start, kind, text)


def _one_line_end(text: str) -> str:
    return text.replace("\r\n", " \n").replace("\r", "\n")


def _unescape(inner: str) -> str:
    return _ESCAPE.sub(lambda one: _ESCAPES.get(one[1], one[1]), inner)


def _lex(text: str) -> Iterator[Token]:
    offset = 0
    try:
        for _, kind, value in ENVIRONMENT.lexer.tokeniter(text, None, state="variable"):
            if kind in {"variable_end", "data"}:
                raise ExpressionProblem(
                    "E301", Span(offset, offset + 2), "'}}' is not expected here"
                )
            yield Token(offset, kind, value)
            offset += len(value)
    except TemplateSyntaxError:
        raise _unreadable(text, offset) from None


def _unreadable(text: str, offset: int) -> ExpressionProblem:
    letter = text[offset]
    span = Span(offset, offset + 1)
    if letter in _SMART_QUOTES:
        return ExpressionProblem(
            "E305", span, f"{letter} is not a quotation mark here", "use straight ones: 'text'"
        )
    if letter in _FOREIGN_SIGNS:
        longer = text[offset : offset + 2] == "&&"
        sign = "&&" if longer else letter
        return _foreign(Span(offset, offset + len(sign)), sign, _FOREIGN_SIGNS[letter])
    if letter in "'\"":
        return ExpressionProblem(
            "E301", Span(offset, len(text)), "the quotation mark is never closed"
        )
    if letter in PAIRS.values():
        return ExpressionProblem("E301", span, f"'{letter}' closes nothing")
    return ExpressionProblem("E301", span, f"'{letter}' is not expected here")


def _foreign(span: Span, written: str, right: str) -> ExpressionProblem:
    return ExpressionProblem("E304", span, f"'{written}' is not used here", f"write {right}")


def _too_long(text: str) -> ExpressionProblem:
    return ExpressionProblem(
        "E302",
        Span(0, min(len(text), 60)),
        f"the expression is too long: at most {MAX_TOKENS} words and signs",
        "split it into formula fields",
    )


def too_deep(span: Span) -> ExpressionProblem:
    """Say that the expression is nested too deeply."""
    return ExpressionProblem(
        "E302",
        span,
        f"the expression is nested too deeply: at most {MAX_DEPTH} levels",
        "split it into formula fields",
    )


def _keep_bounds(text: str, tokens: Sequence[Token]) -> None:
    if len(tokens) > MAX_TOKENS:
        raise _too_long(text)
    depth = run = 0
    for token in tokens:
        depth += token.text in PAIRS if token.kind == "operator" else 0
        depth -= token.text in PAIRS.values() if token.kind == "operator" else 0
        run = run + 1 if token.text in PREFIXES and token.kind in {"operator", "name"} else 0
        if depth + run > MAX_DEPTH:
            raise too_deep(token.span)


def _match_brackets(tokens: Sequence[Token]) -> None:
    open_tokens: list[Token] = []
    for token in tokens:
        if token.kind != "operator":
            continue
        if token.text in PAIRS:
            open_tokens.append(token)
        elif token.text in PAIRS.values():
            open_tokens.pop()  # the lexer has seen to the right order
    if open_tokens:
        left = open_tokens[-1]
        raise ExpressionProblem(
            "E301", left.span, f"'{left.text}' is never closed", f"add '{PAIRS[left.text]}'"
        )


def _name_foreign_spellings(tokens: Sequence[Token]) -> None:
    for before, token in zip((None, *tokens), tokens, strict=False):
        if token.kind == "name":
            _check_word(token, before)
        if token.kind == "operator":
            _check_operator(token, before)
    for token in tokens:
        if token.kind == "operator" and token.text == "=":
            raise _foreign(token.span, "=", "==")
        if token.kind == "operator" and token.text in _FOREIGN_OPERATORS:
            hint = _FOREIGN_OPERATORS[token.text]
            raise ExpressionProblem(
                "E307", token.span, f"'{token.text}' is not part of the language", hint
            )


def _check_word(token: Token, before: Token | None) -> None:
    if token.text in _FOREIGN_WORDS and (before is None or before.text != "."):
        raise _foreign(token.span, token.text, _FOREIGN_WORDS[token.text])
    strange = [letter for letter in token.text if letter in _LOOK_ALIKES]
    if strange:
        latin = "".join(_LOOK_ALIKES.get(letter, letter) for letter in token.text)
        if latin.isascii():
            at = token.start + token.text.index(strange[0])
            raise ExpressionProblem(
                "E306",
                Span(at, at + 1),
                f"the letter '{strange[0]}' in '{token.text}' looks Latin and is not",
                f"type '{latin}' with Latin letters",
            )


def _check_operator(token: Token, before: Token | None) -> None:
    if before is None or before.kind != "operator" or before.start + len(before.text) < token.start:
        return
    right = _FOREIGN_PAIRS.get((before.text, token.text))
    if right:
        raise _foreign(Span(before.start, token.span.end), before.text + token.text, right)
