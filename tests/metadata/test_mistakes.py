"""A folder full of mistakes: one run finds every one of them at its place, and nothing else."""

import re
from collections.abc import Iterator
from pathlib import Path

from engine.cli.output import summary
from engine.metadata.load import load
from engine.metadata.problems import render
from tests.kit.snapshots import Snapshot

FOLDER = Path(__file__).parent / "mistakes"
# `#   ^ E102` under a line: the mistake stands above the sign; `#1` where it is the first column.
SIGN = re.compile(r"\s*#(?:1| *\^) ([EWL]\d{3})")
# A CSV file has no comments.
IN_CSV = {
    ("data/client.csv", 1, 16, "E702"),
    ("data/client.csv", 2, 27, "E704"),
    ("data/client.csv", 2, 33, "E704"),
    ("data/client.csv", 2, 37, "E704"),
    ("data/client.csv", 2, 41, "E704"),
    ("data/client.csv", 3, 11, "E708"),
    ("data/client.csv", 3, 38, "E704"),
    ("data/client.csv", 4, 1, "E706"),
    ("data/client.csv", 5, 1, "E701"),
    ("data/clientele.csv", 1, 1, "E703"),
}

Place = tuple[str, int, int, str]


def test_every_planted_mistake_is_found_at_its_place_and_nothing_else() -> None:
    found = {
        (one.mark.file, one.mark.line, one.mark.column, one.code) for one in load(FOLDER).problems
    }
    assert sorted(found ^ (set(planted()) | IN_CSV)) == []


def test_there_are_enough_different_ones() -> None:
    places = [*planted(), *IN_CSV]
    assert len(places) > 230
    assert len({code for *_, code in places}) > 90


def test_no_place_is_named_twice() -> None:
    places = [(one.mark, one.code) for one in load(FOLDER).problems]
    assert len(places) == len(set(places))


def test_messages_read_well(snapshot: Snapshot) -> None:
    result = load(FOLDER)
    texts = [render(one, result.sources) for one in result.problems]
    snapshot("check/mistakes.txt", "\n\n".join([*texts, summary(result.problems)]) + "\n")


def planted() -> Iterator[Place]:
    """Yields what the signs in the files say."""
    for path in sorted(FOLDER.rglob("*.yaml")):
        above = 0
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
            sign = SIGN.fullmatch(line)
            if sign:
                column = line.index("^") + 1 if "^" in line else 1
                yield (path.relative_to(FOLDER).as_posix(), above, column, sign[1])
            else:
                above = number
