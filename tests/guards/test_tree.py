"""What stands in no file: a machine's addresses, unfinished places, excuses without a reason."""

import re
from collections.abc import Iterable

import pytest

from tests.kit.tree import place, python_files, tracked_files

# The brackets keep the patterns from finding themselves.
REGISTRY_HOSTS = re.compile(
    r'"resolve[d]": *"http|(extra-)?inde[x]-url|--registr[y]|registr[y] *= *http'
    r"|registry\.npmj[s]|pypi\.or[g]|pythonhoste[d]"
)
MACHINE_PATHS = re.compile(r"(^|[^A-Za-z0-9_.])/(wor[k]|roo[t]|far[m]|hom[e]/\w+|User[s]/\w+)/")
UNFINISHED = re.compile(
    r"\b(TOD[O]|FIXM[E]|XX[X])\b|pragma: no cove[r]|pytest\.ski[p]\(|mark\.(ski[p]|xfai[l])"
)
EXCUSE = re.compile(r"#\s*(noq[a]|type: ignor[e])\b")
REASONED = re.compile(
    r"#\s*(noqa: [A-Z]+\d+(, ?[A-Z]+\d+)*|type: ignore\[[\w, -]+\])\s*(-|#)\s*\w+"
)
LONGEST = 400


@pytest.mark.parametrize("pattern", [REGISTRY_HOSTS, MACHINE_PATHS, UNFINISHED])
def test_no_file_holds(pattern: re.Pattern[str]) -> None:
    assert hits(pattern) == []


def test_excuses_carry_a_reason() -> None:
    assert [hit for hit in hits(EXCUSE) if not REASONED.search(hit)] == []


def test_modules_stay_short() -> None:
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in python_files("engine")}
    assert [place(path, lines) for path, lines in lengths.items() if lines > LONGEST] == []


def test_the_patterns_find_what_they_look_for() -> None:
    host = "https://registry." + "npmjs.org/htmx"
    assert REGISTRY_HOSTS.search(host)
    assert MACHINE_PATHS.search("cd /" + "root/kartoteka")
    assert not MACHINE_PATHS.search("docs/" + "work/plan.md")
    assert UNFINISHED.search("# TO" + "DO: later")
    assert not REASONED.search("x = 1  # no" + "qa: E501")
    assert REASONED.search("x = 1  # no" + "qa: E501 - the longest word of the language")


def hits(pattern: re.Pattern[str]) -> list[str]:
    """Returns each line of the project that the pattern finds."""
    return [
        f"{place(path, number)} {line.strip()[:160]}"
        for path in tracked_files()
        for number, line in enumerate(lines_of(path.read_bytes()), start=1)
        if pattern.search(line)
    ]


def lines_of(content: bytes) -> Iterable[str]:
    """Returns the lines of a text; a picture or a font has none."""
    return () if b"\0" in content else content.decode("utf-8").splitlines()
