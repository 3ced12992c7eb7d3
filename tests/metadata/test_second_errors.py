"""One mistake is one error: damage to any single word of the sample is never reported twice."""

from collections.abc import Iterator

import pytest

from engine.metadata.load import load_sources
from engine.metadata.nodes import Mapping, Node, Path, Scalar, Sequence
from engine.metadata.problems import Severity, render
from engine.metadata.source import read_nodes
from tests.kit.applications import REQUESTS, VET

SAMPLES = {
    "vet": (VET, "key,name,phone,city,groups\nanna,Anna,+359888123456,Sofia,regular\n", "owner"),
    "requests": (REQUESTS, "key,name\nivan,Ivan\n", "user"),
}
# What is renamed is missed wherever it is named, and each of these places is to be mended.
NAMED_ELSEWHERE = ("entities", "fields", "stages", "roles", "scopes", "ask", "options", "as")
STEP = 12  # one word in twelve, another one in each part


def words(node: Node, path: Path = ()) -> Iterator[tuple[Path, Scalar]]:
    """Yields every key and every value that stands without quotes."""
    match node:
        case Mapping(entries):
            for entry in entries:
                yield (*path, entry.key.text), entry.key
                yield from words(entry.value, (*path, entry.key.text))
        case Sequence(items):
            for number, item in enumerate(items):
                yield from words(item, (*path, number))
        case Scalar() if not node.quoted:
            yield path, node


def all_words(text: str) -> list[tuple[Path, Scalar]]:
    root = read_nodes("crm.yaml", text).root
    assert root is not None
    return list(words(root))


@pytest.mark.parametrize("part", range(3))
@pytest.mark.parametrize("damage", ["misspelt", "unreadable"])
@pytest.mark.parametrize("sample", SAMPLES)
def test_one_mistake_is_one_error(sample: str, part: int, damage: str) -> None:
    several = [
        errors
        for path, word in all_words(SAMPLES[sample][0])[part * 4 :: STEP]
        if damage == "unreadable" or not is_named_elsewhere(path)
        if len(errors := errors_after(sample, word, changed_to(word, damage))) > 1
    ]
    assert several == []


def changed_to(word: Scalar, damage: str) -> str:
    """Returns what stands there instead of a word."""
    return "@@" if damage == "unreadable" else f"{word.text}x"


def is_named_elsewhere(path: Path) -> bool:
    """Says whether this is the id of something."""
    above = {part for part in path[-2:] if part in NAMED_ELSEWHERE}
    return len(path) > 1 and bool(above)


def errors_after(sample: str, word: Scalar, written: str) -> list[str]:
    """Returns the errors of the sample with another word in one place."""
    text, rows, entity = SAMPLES[sample]
    lines = text.split("\n")
    mark = word.mark
    line = lines[mark.line - 1]
    changed = line[: mark.column - 1] + written + line[mark.column - 1 + mark.length :]
    damaged = "\n".join([*lines[: mark.line - 1], changed, *lines[mark.line :]])
    result = load_sources({"crm.yaml": damaged, f"data/{entity}.csv": rows})
    return [
        render(one, result.sources) for one in result.problems if one.severity is Severity.ERROR
    ]


def test_a_line_that_cannot_be_read_is_not_missed_by_others() -> None:
    files = {
        "crm.yaml": """
name: shop
entities:
  group: {fields: {name: text}}
  item: {fields: {name: text, group: {type: link, to: group}, pieces: {type: integer, min: 1}}}
""",
        "data/group.csv": "key,name\nfruit,Fruit, fresh\n",
        "data/item.csv": "key,name,group,pieces\na,Apple,fruit,0.5\n",
    }
    found = [(one.code, one.mark.file, one.mark.line) for one in load_sources(files).problems]
    assert [one for one in found if one[0].startswith("E")] == [
        ("E701", "data/group.csv", 2),
        ("E704", "data/item.csv", 2),
    ]
