"""The table of log events says what the code writes: each event, its weight, its values."""

import ast
from collections.abc import Iterator

from engine.log_events import EVENTS
from tests.kit.tree import place, python_files

LEVELS = {"debug", "info", "warning", "error", "exception"}
BESIDE = {"exc_info"}


def calls() -> Iterator[tuple[str, str, str, set[str]]]:
    """Yields place, event, level (if it is said) and names of values of each line."""
    for path in python_files("engine"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(ast.Attribute(ast.Name("log"), "log"), [_, first, *_], values):
                    names = {one.arg or "**" for one in values} - BESIDE
                    assert isinstance(first, ast.Constant), place(path, node.lineno)
                    yield place(path, node.lineno), str(first.value), "", names
                case ast.Call(ast.Attribute(ast.Name("log"), level), [first, *_], values) if (
                    level in LEVELS
                ):
                    assert isinstance(first, ast.Constant), place(path, node.lineno)
                    names = {one.arg or "**" for one in values} - BESIDE
                    weight = "error" if level == "exception" else level
                    yield place(path, node.lineno), str(first.value), weight, names
                case _:
                    pass


def test_each_line_is_in_the_table_and_each_event_is_written() -> None:
    found = list(calls())
    wrong = [
        f"{where} {event}: {level} {sorted(values)}"
        for where, event, level, values in found
        if event not in EVENTS
        or level not in ("", EVENTS[event].level)
        or set(EVENTS[event].values) != values
    ]
    assert wrong == []
    assert {event for _, event, _, _ in found} == set(EVENTS)
