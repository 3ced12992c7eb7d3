"""Every public name says in one line what it is for."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.kit.tree import place, python_files

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
HARMLESS_NAMES = (ast.Import, ast.ImportFrom)


def test_public_names_are_documented() -> None:
    silent = [line for path in python_files("engine") for line in undocumented(path)]
    assert silent == []


def test_package_doors_hold_a_docstring_and_names_only() -> None:
    doors = (path for path in python_files("engine") if path.name == "__init__.py")
    assert [line for path in doors for line in statements(path)] == []


def undocumented(path: Path) -> Iterator[str]:
    """Yields the module, and its public classes, functions and methods, that say nothing."""
    module = ast.parse(path.read_text(encoding="utf-8"))
    if not ast.get_docstring(module):
        yield f"{place(path, 1)} the module"
    yield from undocumented_within(path, module)


def undocumented_within(path: Path, parent: ast.Module | ast.ClassDef) -> Iterator[str]:
    """Yields the silent names of a module or a class."""
    for node in parent.body:
        if not isinstance(node, (*FUNCTIONS, ast.ClassDef)) or node.name.startswith("_"):
            continue
        if not ast.get_docstring(node) and not is_overload(node):
            yield f"{place(path, node.lineno)} {node.name}"
        if isinstance(node, ast.ClassDef):
            yield from undocumented_within(path, node)


def is_overload(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    """Says whether the node is one signature among several of a function documented below."""
    return any("overload" in ast.unparse(decorator) for decorator in node.decorator_list)


def statements(path: Path) -> Iterator[str]:
    """Yields what a package's door does beyond its docstring, imports and `__all__`."""
    docstring, *rest = ast.parse(path.read_text(encoding="utf-8")).body or [ast.Pass()]
    if not isinstance(docstring, ast.Expr):
        yield f"{place(path, 1)} no docstring"
    for node in rest:
        if not isinstance(node, HARMLESS_NAMES) and not ast.unparse(node).startswith("__all__"):
            yield f"{place(path, node.lineno)} {ast.unparse(node)[:60]}"
