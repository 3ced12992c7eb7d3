"""A configuration with random damage: never an exception, always a place inside a file."""

from collections.abc import Callable
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.metadata.checks.action_places import places_of_actions
from engine.metadata.checks.expressions import places
from engine.metadata.checks.subject import Subject
from engine.metadata.expressions.compile import typed
from engine.metadata.expressions.templates import typed_template
from engine.metadata.load import LoadResult, load_sources
from engine.metadata.model.application import Application
from engine.metadata.model.text import Template
from engine.metadata.nodes import Entry, Mapping, Node, Scalar, Sequence
from engine.metadata.problems import has_errors
from engine.metadata.source import read_nodes
from tests.kit.applications import REQUESTS, VET
from tests.kit.examples import PROFILE, examples

ROWS = "key,name,phone,city\nanna,Anna,+359888123456,Sofia\nivan,Ivan,+359888000111,\n"
WORDS = (
    *("", "true", "no", "id", "__class__", "select", "имя", "0", "-1", "1e9", "name", "owner"),
    *("all", "mine", "{{ name }}", "= user", "a.b.c", "now()", "'", "#fff", "9" * 30, "x" * 64),
    *("ask.comment", "try", "known", "send", "stop", "if", "= record", "sales", "0 min"),
    *("append", "lines", "sum(visits.fee)", "owner.name", "rows", "in 3 d", "2026-02-30"),
)
SAMPLES = st.sampled_from((VET, REQUESTS))
SIGNS = "\"'{}[]:,#&*!|>%@`-= \t\n\\(){{}}абв\u00a0\u2028\ufeff\u0000\r"
few = settings(
    max_examples=examples(30, nightly=1_000),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=PROFILE == "commit",
)


@few
@given(st.data(), SAMPLES, st.integers(0, 12), st.text(SIGNS + "ab1", max_size=3))
def test_damaged_text(data: st.DataObject, sample: str, length: int, inserted: str) -> None:
    place = data.draw(st.integers(0, len(sample) - 1))
    damaged = sample[:place] + inserted + sample[place + length :]
    judge(load_sources({"crm.yaml": damaged, "data/owner.csv": ROWS}))


@few
@given(st.data(), SAMPLES)
def test_damaged_lines(data: st.DataObject, sample: str) -> None:
    lines = sample.split("\n")
    for _ in range(data.draw(st.integers(1, 3))):
        one, other = data.draw(st.tuples(*[st.integers(0, len(lines) - 1)] * 2))
        change = data.draw(st.sampled_from(("delete", "double", "swap", "indent")))
        if change == "delete":
            del lines[one]
        elif change == "double":
            lines.insert(other, lines[one])
        elif change == "swap":
            lines[one], lines[other] = lines[other], lines[one]
        else:
            lines[one] = f" {lines[one]}"
    judge(load_sources({"crm.yaml": "\n".join(lines), "data/owner.csv": ROWS}))


@few
@given(st.data(), SAMPLES)
def test_damaged_nodes(data: st.DataObject, sample: str) -> None:
    root = read_nodes("crm.yaml", sample).root
    assert root is not None
    tree: Node = root
    for _ in range(data.draw(st.integers(1, 4))):
        tree = damaged_somewhere(tree, data)
    judge(load_sources({"crm.yaml": written(tree), "data/owner.csv": ROWS}))


@few
@given(st.integers(0, len(ROWS) - 1), st.integers(0, 8), st.text(SIGNS + ';"', max_size=3))
def test_damaged_rows(place: int, length: int, inserted: str) -> None:
    rows = ROWS[:place] + inserted + ROWS[place + length :]
    judge(load_sources({"crm.yaml": VET, "data/owner.csv": rows}))


def judge(result: LoadResult) -> None:
    """Checks what holds for every result."""
    assert (result.application is None) == has_errors(result.problems)
    for problem in result.problems:
        mark = problem.mark
        text = result.sources[mark.file].replace("\r\n", "\n").replace("\r", "\n")
        lines = text.split("\n")
        assert 1 <= mark.line <= len(lines), problem
        assert 1 <= mark.column <= len(lines[mark.line - 1]) + 1, problem
        assert problem.message
        assert "None" not in problem.message + problem.hint, problem
    if result.application:
        runs(result.application)


def runs(application: Application) -> None:
    """Checks that a configuration without errors has nothing that would break later."""
    nothing = Mapping((), next(iter(application.entities.values())).mark)
    subject = Subject(application, nothing, nothing, nothing)
    for place in (*places(subject), *places_of_actions(subject)):
        scope = place.scope
        if isinstance(place.source, Template):
            typed_template(place.source, scope)
        else:
            typed(place.source, scope, place.expect)


def damaged_somewhere(tree: Node, data: st.DataObject) -> Node:
    """Returns the tree with one node changed, doubled, renamed or gone."""
    match tree:
        case Mapping(entries) if entries:
            return damaged_map(tree, data)
        case Sequence(items, mark) if items:
            place = data.draw(st.integers(0, len(items) - 1))
            changed = damaged_somewhere(items[place], data)
            return Sequence((*items[:place], changed, *items[place + 1 :]), mark)
        case _:
            return replacement(tree, data)


def damaged_map(tree: Mapping, data: st.DataObject) -> Node:
    """Returns a map with one entry changed, or changed below."""
    entries = list(tree.entries)
    place = data.draw(st.integers(0, len(entries) - 1))
    entry = entries[place]
    changes: dict[str, Callable[[], Node]] = {
        "below": lambda: with_entry(
            tree, place, Entry(entry.key, damaged_somewhere(entry.value, data))
        ),
        "gone": lambda: Mapping(tuple(one for one in entries if one is not entry), tree.mark),
        "renamed": lambda: with_entry(tree, place, renamed(entry, data)),
        "replaced": lambda: with_entry(tree, place, Entry(entry.key, replacement(tree, data))),
        "doubled": lambda: Mapping((*entries, renamed(entry, data)), tree.mark),
    }
    below = ["below"] * 6
    return changes[data.draw(st.sampled_from([*below, *changes]))]()


def with_entry(tree: Mapping, place: int, entry: Entry) -> Mapping:
    """Returns a map with another entry at a place."""
    return Mapping((*tree.entries[:place], entry, *tree.entries[place + 1 :]), tree.mark)


def renamed(entry: Entry, data: st.DataObject) -> Entry:
    """Returns an entry under another key."""
    return replace(entry, key=replace(entry.key, text=data.draw(st.sampled_from(WORDS))))


def replacement(tree: Node, data: st.DataObject) -> Node:
    """Returns something of another kind."""
    word = data.draw(st.sampled_from(WORDS))
    scalar = Scalar(word, tree.mark, tree.mark, quoted=True)
    kind = data.draw(st.sampled_from(("word", "word", "word", "list", "map", "empty")))
    match kind:
        case "word":
            return scalar
        case "list":
            return Sequence((scalar,), tree.mark)
        case "map":
            return Mapping((Entry(scalar, scalar),), tree.mark)
        case _:
            return Mapping((), tree.mark)


def written(node: Node, indent: int = 0) -> str:
    """Returns a tree as YAML."""
    match node:
        case Mapping(entries):
            if not entries:
                return "{}"
            lines = [
                f"{' ' * indent}{quoted(one.key)}: {written_below(one.value, indent + 2)}"
                for one in entries
            ]
            return "\n".join(lines)
        case Sequence(items):
            return f"[{', '.join(written_flat(one) for one in items)}]"
        case Scalar():
            return quoted(node)


def written_below(node: Node, indent: int) -> str:
    """Returns a value, on lines of its own where it is a map."""
    is_map = isinstance(node, Mapping) and node.entries
    return f"\n{written(node, indent)}" if is_map else written(node)


def written_flat(node: Node) -> str:
    """Returns a value on one line."""
    match node:
        case Mapping(entries):
            pairs = (f"{quoted(one.key)}: {written_flat(one.value)}" for one in entries)
            return f"{{{', '.join(pairs)}}}"
        case Sequence(items):
            return f"[{', '.join(written_flat(one) for one in items)}]"
        case Scalar():
            return quoted(node)


def quoted(scalar: Scalar) -> str:
    """Returns a text in single quotes."""
    return "'" + scalar.text.replace("'", "''") + "'"
