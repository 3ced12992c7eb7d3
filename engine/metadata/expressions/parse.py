"""Text -> syntax tree: Jinja2's parser reads, and only what the language has comes through."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from jinja2 import TemplateSyntaxError, nodes
from jinja2.lexer import TokenStream
from jinja2.parser import Parser

from engine.metadata.expressions import syntax
from engine.metadata.expressions.mistakes import ExpressionProblem, Span
from engine.metadata.expressions.syntax import Syntax
from engine.metadata.expressions.tokens import (
    ENVIRONMENT,
    NumberText,
    Token,
    bracket_ends,
    parser_tokens,
    read_tokens,
    too_deep,
)

MAX_TREE = 100  # levels of the tree: chains of + and * are deep to the left

_ARITHMETIC = {nodes.Add: "+", nodes.Sub: "-", nodes.Mul: "*", nodes.Div: "/"}
_FILTERS = {
    "default": "coalesce(value, other)",
    "d": "coalesce(value, other)",
    "length": "'x is not none', or compare what you mean",
    "count": "'x is not none', or compare what you mean",
    "round": "round(value, 2)",
    "abs": "abs(value)",
    "lower": "lower(text)",
    "int": "round(value)",
    "float": "the value itself",
    "string": "a text with {{ value }}",
    "join": "concat(a, b)",
    "first": "the field itself",
    "sum": "sum(lines.total)",
    "min": "min(a, b)",
    "max": "max(a, b)",
}
_TESTS = {"defined": "is not none", "undefined": "is none", "empty": "is none", "null": "is none"}


@lru_cache(maxsize=1024)  # a folder is loaded again at every save, with the same expressions
def parse(text: str) -> Syntax:
    """Read an expression; raise an ExpressionProblem at the first thing that is wrong."""
    if text.lstrip().startswith("{{"):
        raise ExpressionProblem(
            "E316",
            Span(0, len(text)),
            "an expression stands bare, without {{ }}",
            f"write {text.strip().strip('{}').strip()}",
        )
    tokens = read_tokens(text)
    if not tokens:
        raise ExpressionProblem("E301", Span(0, max(1, len(text))), "the expression is empty")
    return _Reader(text, tokens).read()


class _Reader:
    """Turns Jinja's nodes into ours; the offsets come from the tokens."""

    def __init__(self, text: str, tokens: Sequence[Token]) -> None:
        self.text = text
        self.tokens = tokens
        self.by_start = {one.start: index for index, one in enumerate(tokens)}
        self.brackets = bracket_ends(tokens)

    def read(self) -> Syntax:
        """Parse all tokens into one tree."""
        parser = Parser(ENVIRONMENT, "")
        parser.stream = TokenStream(parser_tokens(self.tokens), None, None)  # type: ignore[arg-type] # ours, see tokens
        try:
            tree = parser.parse_expression()
        except TemplateSyntaxError:
            raise self.unexpected(parser.stream.current.lineno, at_end=parser.stream.eos) from None
        if not parser.stream.eos:
            raise self.unexpected(parser.stream.current.lineno, at_end=False)
        return self.build(tree, 1)

    def unexpected(self, offset: int, *, at_end: bool) -> ExpressionProblem:
        """Say what the grammar did not expect."""
        if at_end:
            last = self.tokens[-1]
            return ExpressionProblem(
                "E301", last.span, f"the expression ends after '{last.text}'", "complete it"
            )
        token = self.tokens[self.by_start[offset]]
        return ExpressionProblem(
            "E301",
            token.span,
            f"'{token.text}' is not expected here",
            "join conditions with and, or" if token.kind in {"name", "string"} else "",
        )

    def build(self, node: nodes.Node, depth: int) -> Syntax:
        """Turn one node into ours."""
        if depth > MAX_TREE:
            raise too_deep(self.token_at(node.lineno).span)
        build = _BUILDERS.get(type(node))
        if build is None:
            return self.refuse(node)
        return build(self, node, depth + 1)

    def token_at(self, offset: int) -> Token:
        """Return the token that begins at an offset."""
        return self.tokens[self.by_start[offset]]

    def refuse(self, node: nodes.Node) -> Syntax:
        """Say that the language has no such construct."""
        span = self.token_at(node.lineno).span
        if isinstance(node, nodes.Filter):
            return self.refuse_filter(node)
        if isinstance(node, nodes.Tuple):
            raise ExpressionProblem(
                "E315", self.brackets_around(node), "a list has square brackets", "write [a, b]"
            )
        words: Mapping[type[nodes.Node], str] = {
            nodes.Dict: "dictionaries",
            nodes.Getitem: "indexes",
            nodes.Slice: "slices",
        }
        what = words.get(type(node), "this construct")
        raise ExpressionProblem(
            "E315", span, f"the language has no {what}", "a list of options is tested with in"
        )

    def brackets_around(self, node: nodes.Tuple) -> Span:
        """Return the place of round brackets with commas in them."""
        first = self.build(node.items[0], 1).span.start if node.items else node.lineno
        start = self.tokens[max(0, self.by_start[first] - 1)].start
        return Span(start, self.brackets.get(start, start + 1))

    def refuse_filter(self, node: nodes.Filter) -> Syntax:
        """Offer the function that does what the filter was to do."""
        token = self.token_at(node.lineno)
        pipe = self.tokens[self.by_start[node.lineno] - 1]
        hint = _FILTERS.get(node.name, f"{node.name}(value), if it is one of the functions")
        raise ExpressionProblem(
            "E307",
            Span(pipe.start, token.span.end),
            f"there are no filters: '|{node.name}'",
            f"use {hint}",
        )

    def operator_before(self, right: Syntax) -> Token:
        """Return the operator to the left of an operand, over the brackets around it."""
        index = self.by_start[right.span.start] - 1
        while self.tokens[index].text == "(":
            index -= 1
        return self.tokens[index]


_Builder = Callable[[_Reader, Any, int], Syntax]


def _const(reader: _Reader, node: nodes.Const, _depth: int) -> Syntax:
    token = reader.token_at(node.lineno)
    value = node.value
    if isinstance(value, NumberText):
        return syntax.Number(token.span, str(value))
    if isinstance(value, bool):
        return syntax.Truth(token.span, value)
    if value is None:
        return syntax.Nothing(token.span)
    after = reader.by_start[token.start] + 1
    if after < len(reader.tokens) and reader.tokens[after].kind == "string":
        raise reader.unexpected(reader.tokens[after].start, at_end=False)
    return syntax.Text(token.span, str(value))


def _name(reader: _Reader, node: nodes.Name, _depth: int) -> Syntax:
    span = reader.token_at(node.lineno).span
    return syntax.Name(span, (node.name,), (span,))


def _path(reader: _Reader, node: nodes.Getattr, depth: int) -> Syntax:
    left = reader.build(node.node, depth)
    place = reader.tokens[reader.by_start[node.lineno] + 1].span
    if not isinstance(left, syntax.Name):
        raise ExpressionProblem(
            "E315", Span(left.span.start, place.end), "only a name may stand before a dot"
        )
    span = Span(left.span.start, place.end)
    return syntax.Name(span, (*left.parts, node.attr), (*left.places, place))


def _call(reader: _Reader, node: nodes.Call, depth: int) -> Syntax:
    target = node.node
    end = reader.brackets[node.lineno]
    if not isinstance(target, nodes.Name):
        start = reader.build(target, depth).span.start
        raise ExpressionProblem(
            "E308", Span(start, end), "values have no methods", "use a function: lower(name)"
        )
    place = reader.token_at(target.lineno).span
    if node.kwargs or node.dyn_args or node.dyn_kwargs:
        raise ExpressionProblem(
            "E309", Span(place.start, end), "values are given to a function in their order"
        )
    args = tuple(reader.build(one, depth) for one in node.args)
    return syntax.Call(Span(place.start, end), target.name, place, args)


def _arithmetic(reader: _Reader, node: nodes.BinExpr, depth: int) -> Syntax:
    left, right = reader.build(node.left, depth), reader.build(node.right, depth)
    span = Span(left.span.start, right.span.end)
    place = reader.operator_before(right).span
    return syntax.Arithmetic(span, _ARITHMETIC[type(node)], place, left, right)


def _sign(reader: _Reader, node: nodes.UnaryExpr, depth: int) -> Syntax:
    item = reader.build(node.node, depth)
    return syntax.Sign(Span(node.lineno, item.span.end), isinstance(node, nodes.Neg), item)


_COMPARISONS: Mapping[str, str] = {
    "eq": "==",
    "ne": "!=",
    "lt": "<",
    "lteq": "<=",
    "gt": ">",
    "gteq": ">=",
    "in": "in",
    "notin": "not in",
}


def _comparison(reader: _Reader, node: nodes.Compare, depth: int) -> Syntax:
    first = reader.build(node.expr, depth)
    rest = []
    for one in node.ops:
        right = reader.build(one.expr, depth)
        rest.append((_COMPARISONS[one.op], reader.operator_before(right).span, right))
    return syntax.Comparison(Span(first.span.start, rest[-1][2].span.end), first, tuple(rest))


def _logic(reader: _Reader, node: nodes.BinExpr, depth: int) -> Syntax:
    kind = type(node)
    written: list[nodes.Expr] = []
    left: nodes.Expr = node
    while type(left) is kind:  # a chain of the same word is one list, however long
        assert isinstance(left, nodes.BinExpr)  # noqa: S101 - says so to the type checker
        written.append(left.right)
        left = left.left
    items = tuple(reader.build(one, depth) for one in (left, *reversed(written)))
    word = "and" if kind is nodes.And else "or"
    return syntax.Logic(Span(items[0].span.start, items[-1].span.end), word, items)


def _not(reader: _Reader, node: nodes.Not, depth: int) -> Syntax:
    item = reader.build(node.node, depth)
    return syntax.Negation(Span(min(node.lineno, item.span.start), item.span.end), item)


def _choice(reader: _Reader, node: nodes.CondExpr, depth: int) -> Syntax:
    condition, then = reader.build(node.test, depth), reader.build(node.expr1, depth)
    otherwise = reader.build(node.expr2, depth) if node.expr2 is not None else None
    span = Span(then.span.start, (otherwise or condition).span.end)
    return syntax.Choice(span, condition, then, otherwise)


def _items(reader: _Reader, node: nodes.List, depth: int) -> Syntax:
    span = Span(node.lineno, reader.brackets[node.lineno])
    return syntax.Items(span, tuple(reader.build(one, depth) for one in node.items))


def _test(reader: _Reader, node: nodes.Test, depth: int) -> Syntax:
    item = reader.build(node.node, depth)
    at = reader.by_start[node.lineno] + 1
    if reader.tokens[at].text == "not":
        at += 1
    word = reader.tokens[at]
    span = Span(item.span.start, word.span.end)
    if node.name != "none" or node.args or node.kwargs:
        hint = _TESTS.get(node.name, "is none, or compare with ==")
        raise ExpressionProblem("E315", word.span, f"there is no test 'is {word.text}'", hint)
    return syntax.Emptiness(span, item)


_BUILDERS: Mapping[type[nodes.Node], _Builder] = {
    nodes.Const: _const,
    nodes.Name: _name,
    nodes.Getattr: _path,
    nodes.Call: _call,
    nodes.Add: _arithmetic,
    nodes.Sub: _arithmetic,
    nodes.Mul: _arithmetic,
    nodes.Div: _arithmetic,
    nodes.Neg: _sign,
    nodes.Pos: _sign,
    nodes.Compare: _comparison,
    nodes.And: _logic,
    nodes.Or: _logic,
    nodes.Not: _not,
    nodes.CondExpr: _choice,
    nodes.List: _items,
    nodes.Test: _test,
}
