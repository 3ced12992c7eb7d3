"""The sentences about what a later version runs: keys, words, packages, edits of lists."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from engine.metadata.explain import Explained
from engine.metadata.language_keys import action_of
from engine.metadata.nodes import Mapping as MapNode
from engine.metadata.nodes import Node, Path, address_of
from engine.metadata.problems import Mark, Problem, Severity

FEW = 6


def later_key(mark: Mark, path: Path, drops: Path, value: object) -> Problem:
    """A part of the language that this version of Kartoteka does not run yet.

    It is listed each time, so that nobody believes it works; the configuration is served without
    it. Nothing has to be changed: a later version will run it.

    Bad:
        name: shop
        dashboards: {sales: {tiles: {}}}
    Good:
        name: shop
    """
    more = f" ({_few(list(value))})" if isinstance(value, dict) and len(path) == 1 else ""
    outcome = "it is left out" if drops == path else f"'{drops[-1]}' is left out as a whole"
    return Problem(
        "L001",
        mark,
        f"this version does not run '{path[-1]}'{more} yet",
        outcome,
        address_of(path),
        Severity.LATER,
    )


def _few(names: list[str]) -> str:
    return ", ".join(names[:FEW]) + (", ..." if len(names) > FEW else "")


def later_word(mark: Mark, path: Path, drops: Path, value: str) -> Problem:
    """Say that a word runs later: a type of field or view, a trigger, a way to choose."""
    if action_of(path) and "ask" not in path:
        return later_key(mark, (*path, value), drops, value)
    return later_type(mark, drops, value)


def later_type(mark: Mark, drops: Path, value: str) -> Problem:
    """A type of field, or a kind of view, that this version of Kartoteka does not run yet.

    The field or the view is left out, together with what names it; it will be there in a later
    version.

    Bad:
        name: shop
        entities: {client: {fields: {name: text, photo: image}}}
    Good:
        name: shop
        entities: {client: {fields: {name: text}}}
    """
    what = "show views" if drops[0] == "views" else "run fields"
    return Problem(
        "L002",
        mark,
        f"this version does not {what} of type '{value}' yet",
        f"'{drops[-1]}' is left out, with what names it",
        address_of(drops),
        Severity.LATER,
    )


def later_package(mark: Mark, packages: Node) -> Problem:
    """Say that a folder on top of a package runs later."""
    names = [one.key.text for one in packages.entries] if isinstance(packages, MapNode) else []
    what = f" ({', '.join(names)})" if names else ""
    return Problem(
        "L001",
        mark,
        f"this folder builds on a package{what}, and packages are not read in this version yet",
        "its definitions are left out; the head is served",
        "uses",
        Severity.LATER,
    )


def later_edit(mark: Mark, path: Path) -> Problem:
    """Say that edits of a template's lists run later."""
    return Problem(
        "L001",
        mark,
        "append, prepend and remove change a list of a package, and packages are not read yet",
        "it is left out",
        address_of(path),
        Severity.LATER,
    )


CODES: Mapping[str, Explained] = MappingProxyType({"L001": later_key, "L002": later_type})
