"""The core package: what every CRM begins with, in the language of the configuration.

`engine/core/*.yaml` is written in English; `translations/<language>.yaml` beside it says the same
texts by address. Where there is no translation, the texts stay as they are written.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, reduce

from engine.metadata import nodes
from engine.metadata.build.common import CORE, as_map
from engine.metadata.folder import merge
from engine.metadata.nodes import Entry, Path, Scalar
from engine.metadata.source import read_nodes
from engine.resources import resource_dir

TRANSLATIONS = "translations"


def core_package(own: nodes.Mapping) -> nodes.Mapping:
    """Return the tree of the package, to lay a folder's own tree over."""
    tree = _package(_spoken(own))
    return nodes.without_some(tree, _plurals_of_other_words(tree, own))


def over_core(core: nodes.Mapping, own: nodes.Mapping) -> nodes.Mapping:
    """Lay a folder's tree over the package; `due: date` says a type and nothing else of `due`."""
    known, extended = core.get("entities"), own.get("entities")
    if not isinstance(known, nodes.Mapping) or not isinstance(extended, nodes.Mapping):
        return nodes.overlay(core, own)
    entries = (
        _with_types_spelt(one) if known.get(one.key.text) else one for one in extended.entries
    )
    spelt = nodes.Mapping(tuple(entries), extended.mark)
    return nodes.overlay(core, nodes.with_value(own, "entities", spelt))


def _with_types_spelt(entity: Entry) -> Entry:
    """Write `due: datetime` as `due: {type: datetime}`: maps merge, a text would replace a map."""
    fields = entity.value.get("fields") if isinstance(entity.value, nodes.Mapping) else None
    if not isinstance(entity.value, nodes.Mapping) or not isinstance(fields, nodes.Mapping):
        return entity
    entries = (Entry(one.key, as_map(one, "type") or one.value) for one in fields.entries)
    spelt = nodes.Mapping(tuple(entries), fields.mark)
    return Entry(entity.key, nodes.with_value(entity.value, "fields", spelt))


def core_texts(own: nodes.Mapping) -> Mapping[str, str]:
    """Return the texts of the files that the package of a configuration is made of, by name."""
    language = _spoken(own)
    spoken = {_file(language): _translations()[language]} if language else {}
    return {**_definitions(), **spoken}


def _spoken(own: nodes.Mapping) -> str:
    """Return the language of a configuration where the package is translated into it, else ''."""
    found = own.get("language")
    return found.text if isinstance(found, Scalar) and found.text in _translations() else ""


def _plurals_of_other_words(tree: nodes.Mapping, own: nodes.Mapping) -> frozenset[Path]:
    """Return the translated plurals of entities that the folder calls something else."""
    found = own.get("entities")
    named = found.entries if isinstance(found, nodes.Mapping) else ()
    paths: list[Path] = [
        ("entities", one.key.text, "plural")
        for one in named
        if isinstance(one.value, nodes.Mapping) and one.value.get("label") is not None
    ]
    return frozenset(one for one in paths if _is_translated(nodes.node_at(tree, one)))


def _is_translated(node: nodes.Node | None) -> bool:
    return node is not None and node.mark.file.startswith(f"{CORE}{TRANSLATIONS}/")


@cache
def _package(language: str) -> nodes.Mapping:
    roots = (read_nodes(CORE + name, text).root for name, text in _definitions().items())
    written = merge(one for one in roots if one)
    if not language:
        return written
    spoken = read_nodes(CORE + _file(language), _translations()[language]).root
    return reduce(nodes.overlay, map(_branch, spoken.entries if spoken else ()), written)


def _branch(entry: Entry) -> nodes.Mapping:
    """Return the tree that holds one text at its address: `entities.task.label: Задача`."""
    mark = entry.key.mark
    node = entry.value
    for part in reversed(entry.key.text.split(".")):
        node = nodes.Mapping((Entry(Scalar(part, mark, mark), node),), mark)
    assert isinstance(node, nodes.Mapping)  # noqa: S101 - an address has a part at least
    return node


def _file(language: str) -> str:
    return f"{TRANSLATIONS}/{language}.yaml"


@cache
def _definitions() -> Mapping[str, str]:
    folder = resource_dir("core")
    return {one.name: one.read_text("utf-8") for one in sorted(folder.glob("*.yaml"))}


@cache
def _translations() -> Mapping[str, str]:
    folder = resource_dir("core") / TRANSLATIONS
    return {one.stem: one.read_text("utf-8") for one in sorted(folder.glob("*.yaml"))}
