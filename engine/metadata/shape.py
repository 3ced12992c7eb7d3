"""Nodes -> problems about shape: the verdicts of jsonschema, located and in an author's words.

What is wrong, or runs later, is dropped: the builder gets a tree without it, and nothing else is
said about it.
"""

from __future__ import annotations

from collections import abc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

from engine.metadata import shape_problems as words
from engine.metadata.authoring_schema import file_schema, rows_schema
from engine.metadata.language_keys import HEAD, NODE_KINDS, action_of, key_at, kind_at
from engine.metadata.nodes import Mapping, Node, Path, Scalar, key_mark, node_at, plain
from engine.metadata.problems import Mark, Problem, Severity
from engine.metadata.shape_later import later_edit, later_key, later_package, later_word
from engine.metadata.source import Document

HEAD_KEYS = frozenset(one.name for one in HEAD)
MISSPELT = ("E102", "E106", "E107", "E108", "E109")


@dataclass(frozen=True, slots=True)
class Shape:
    """What is wrong with the shape of a file, and what the builder must not see.

    Of what is dropped, `unclear` has an error and `later` runs in a later version.
    """

    problems: tuple[Problem, ...]
    dropped: frozenset[Path]
    unclear: frozenset[Path]
    later: frozenset[Path]


@dataclass(frozen=True, slots=True)
class _Verdict:
    """A problem, the node it takes out, and the key that is meant or missing."""

    problem: Problem
    at: Path
    drops: Path
    meant: Path | None = None
    missing: Path | None = None


def check_shape(document: Document, root: Mapping, *, rows: bool = False) -> Shape:
    """Check one file's tree; nothing is said about what its reader has complained about."""
    broken, misread = document.broken, document.misread
    found = _once([one for each in _failures(root, rows=rows) for one in _verdicts(root, each)])
    meant = frozenset(one.meant for one in found if one.meant)
    excused = broken | meant | {one.drops for one in found if one.missing is None}
    later = frozenset(one.drops for one in found if _is_later(one))
    reported = [
        one
        for one in found
        if one.at not in broken and not _is_follow_up(one, found, excused, later)
    ]
    wrong = frozenset(one.drops for one in found if not _is_later(one))
    return Shape(
        tuple(one.problem for one in reported),
        wrong | later | misread,
        wrong | broken | meant,
        later,
    )


def of_overlay(root: Mapping, shape: Shape) -> Shape:
    """Return what is said of a folder that builds on a package: packages are not read yet.

    Its definitions change things that are not there, so they are left out as a whole; what is
    misspelt is still said.
    """
    sections = [one for one in root.entries if one.key.text not in HEAD_KEYS]
    dropped = frozenset((one.key.text,) for one in sections)
    said = [one for one in shape.problems if one.code in MISSPELT]
    used = root.entry("uses")
    if used:
        said.append(later_package(used.key.mark, used.value))
    return Shape(tuple(said), shape.dropped | dropped, shape.unclear, shape.later | dropped)


def _once(found: list[_Verdict]) -> list[_Verdict]:
    """Say once of a rule or button that it is left out: at the first place that runs later."""
    first: dict[Path, _Verdict] = {}
    for one in found:
        if _is_later(one) and action_of(one.drops) == one.drops:
            known = first.setdefault(one.drops, one)
            if one.problem.mark < known.problem.mark:
                first[one.drops] = one
    return [one for one in found if first.get(one.drops, one) is one or not _is_later(one)]


def _is_later(one: _Verdict) -> bool:
    return one.problem.severity is Severity.LATER


def _is_follow_up(
    one: _Verdict, found: list[_Verdict], excused: frozenset[Path], later: frozenset[Path]
) -> bool:
    if one.missing is not None and _is_excused(one.missing, excused):
        return True
    if one.problem.code == "E105" and _has_strangers(one, found):
        return True
    inside_later = any(one.drops[:length] in later for length in range(len(one.drops)))
    return inside_later and one.problem.code not in MISSPELT


def _has_strangers(one: _Verdict, found: list[_Verdict]) -> bool:
    """Say whether what was meant for a step stands beside its word, not indented below it."""
    beside = one.at[:-1]
    kind = kind_at(beside)
    strangers = (other.at for other in found if other.problem.code == "E102")
    return kind is not None and kind.id == "step" and any(at[:-1] == beside for at in strangers)


def _is_excused(missing: Path, excused: frozenset[Path]) -> bool:
    """Say whether a missing key is misspelt, unreadable or part of something already dropped."""
    return any(missing[:length] in excused for length in range(len(missing) + 1))


@dataclass(frozen=True, slots=True)
class _Failure:
    """A verdict of jsonschema: which keyword of the schema the value at a path does not satisfy."""

    keyword: str
    path: Path
    value: Any
    schema: abc.Mapping[str, Any]
    message: str
    is_name: bool


def _failures(root: Node, *, rows: bool) -> Iterator[_Failure]:
    for error in _validator(rows=rows).iter_errors(plain(root)):
        yield _Failure(
            str(error.validator),
            tuple(error.absolute_path),
            error.instance,
            error.schema,
            error.message,
            "propertyNames" in error.absolute_schema_path,
        )


@cache
def _validator(*, rows: bool) -> Any:
    own = {"x-later": _later, "x-later-words": _later_words, "x-edits": _edits, "x-one": _one}
    validator: Any = extend  # it carries no types
    return validator(Draft202012Validator, own)(rows_schema() if rows else file_schema())


def _later(
    _validator: object, _name: object, _value: object, _schema: object
) -> Iterator[ValidationError]:
    yield ValidationError("later")


def _later_words(
    _validator: object, later: list[str], value: object, _schema: object
) -> Iterator[ValidationError]:
    if isinstance(value, str) and value in later:
        yield ValidationError("later")


def _edits(
    _validator: object, edits: list[str], value: object, _schema: object
) -> Iterator[ValidationError]:
    if isinstance(value, dict) and any(one in value for one in edits):
        yield ValidationError("later")


def _one(
    _validator: object, known: list[str], value: object, schema: abc.Mapping[str, Any]
) -> Iterator[ValidationError]:
    """Fail where a map has none or several of the words; what is unknown is said elsewhere."""
    if isinstance(value, dict) and value.keys() <= schema["properties"].keys():
        written = [one for one in value if one in known]
        if len(written) != 1:
            yield ValidationError("one")


def _verdicts(root: Node, failure: _Failure) -> Iterator[_Verdict]:
    path = failure.path
    if failure.is_name:
        path = (*path, str(failure.value))
        yield _Verdict(words.bad_id(key_mark(root, path), path, is_key=True), path, path)
        return
    yield from _READERS[failure.keyword](root, failure)


def _unknown_keys(root: Node, failure: _Failure) -> Iterator[_Verdict]:
    path = failure.path
    kind = NODE_KINDS.get(failure.schema.get("x-node", ""))
    known = tuple(failure.schema["properties"])
    for key in failure.value:
        if kind and key not in known:
            where = (*path, key)
            problem, meant = words.unknown_key(key_mark(root, where), kind, where, failure.value)
            yield _Verdict(problem, where, where, meant=(*path, meant) if meant else None)


def _required(root: Node, failure: _Failure) -> Iterator[_Verdict]:
    path = failure.path
    name = failure.message.split("'")[1]
    kind = NODE_KINDS[failure.schema["x-node"]]
    mark = key_mark(root, path) if path else Mark(root.mark.file, 1, 1)
    problem = words.missing_key(mark, kind, name, path)
    yield _Verdict(problem, path, path, missing=(*path, name))


def _wrong_kind(root: Node, failure: _Failure) -> Iterator[_Verdict]:
    path = failure.path
    mark = key_mark(root, path)
    if failure.value is None:
        problem = words.nothing_here(mark, path)
    else:
        node = node_at(root, path)
        problem = words.wrong_kind(node.mark if node else mark, path, failure.schema, failure.value)
    yield _Verdict(problem, path, _drops(path))


def _wrong_word(root: Node, failure: _Failure) -> Iterator[_Verdict]:
    path = failure.path
    node = node_at(root, path)
    mark = node.mark if isinstance(node, Scalar) else key_mark(root, path)
    problem = words.wrong_word(mark, path, failure.schema, str(failure.value))
    yield _Verdict(problem, path, _drops(path))


def _runs_later(root: Node, failure: _Failure) -> Iterator[_Verdict]:
    path = failure.path
    if failure.keyword == "x-later-words":
        node = node_at(root, path)
        mark = node.mark if node else key_mark(root, path)
        drops = action_of(path) or _drops(path)
        yield _Verdict(later_word(mark, path, drops, str(failure.value)), path, drops)
    elif failure.keyword == "x-edits":
        yield _Verdict(later_edit(key_mark(root, path), path), path, path)
    else:
        drops = _drops_later(path)
        problem = later_key(key_mark(root, path), path, drops, failure.value)
        yield _Verdict(problem, path, drops)


def _drops_later(path: Path) -> Path:
    """Return what goes out with a key that runs later: a rule or button can't do without a step."""
    action = action_of(path)
    if action and len(path) > len(action) + 1:
        return action
    return path[:-1] if path[-1] == "only_if" else path


def _not_one(root: Node, failure: _Failure) -> Iterator[_Verdict]:
    path = failure.path
    kind = NODE_KINDS[failure.schema["x-node"]]
    words_there = [one for one in failure.value if one in failure.schema["x-one"]]
    where = (*path, words_there[1]) if words_there else path
    yield _Verdict(words.not_one(key_mark(root, where), kind, path, words_there), path, path)


def _drops(path: Path) -> Path:
    """Return what goes out with a bad value: its key, or the node that can't do without it."""
    key = key_at(path)
    required = key is not None and key.required and len(path) > 1
    return path[:-1] if required or (key and key.later_words) else path


_READERS: abc.Mapping[str, Callable[[Node, _Failure], Iterator[_Verdict]]] = MappingProxyType(
    {
        "additionalProperties": _unknown_keys,
        "required": _required,
        "type": _wrong_kind,
        "enum": _wrong_word,
        "pattern": _wrong_word,
        "x-later": _runs_later,
        "x-later-words": _runs_later,
        "x-edits": _runs_later,
        "x-one": _not_one,
    }
)
