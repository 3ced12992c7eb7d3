"""What measures the engine must not rot: it runs here on a few deals, for moments."""

import re
from pathlib import Path

import pytest

from bench import report
from bench.cases import CASES, PARTS, WRITES
from bench.figures.checking import LINES, make_large
from bench.figures.rules import texts
from bench.measure import Run
from bench.rounds import Key, Plan
from bench.weights import MOST_APART, Unequal, Weight, refuse
from engine.metadata.load import load

DEALS = 1_500


@pytest.mark.journey
def test_both_sides_do_the_same_work_and_are_measured(tmp_path: Path) -> None:
    run = Run(DEALS, Plan(tuple(CASES), (1,), 1, 0.01), tmp_path, with_figures=False)
    run.measure(["sqlite"])
    ((_, found, queries, weights),) = run.compared
    assert set(found) == {
        Key("sqlite", side, case, 1) for side in ("engine", "hand") for case in CASES
    }
    assert {one.case for one in weights} == set(CASES) - {*WRITES, *PARTS, "page in depth"}
    assert max(one.apart for one in weights) <= MOST_APART
    assert min(one.engine[1] for one in weights) > 200
    assert all(one.p50 > 0 for one in found.values())
    assert set(queries["engine"]) == set(queries["hand"]) == set(CASES) - {"page in depth"}
    said = run.report()
    assert len(re.findall(r"^\| press ", said, re.MULTILINE)) == 3


def test_a_rival_who_does_less_is_refused() -> None:
    refuse([Weight("list", (1000, 100), (960, 97))])
    with pytest.raises(Unequal, match="board"):
        refuse([Weight("board", (1000, 100), (990, 90))])


def test_results_of_another_size_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "RESULTS.md"
    report.write(1_000_000, "# 1,000,000 deals\n\nslow", path)
    report.write(100, "# 100 deals\n\nfast", path)
    report.write(100, "# 100 deals\n\nfaster", path)
    said = path.read_text()
    assert "fast\n" not in said
    assert said.index("faster") < said.index("slow")
    assert said.startswith(report.HEAD)


def test_what_is_measured_passes_the_check(tmp_path: Path) -> None:
    assert make_large(tmp_path / "large") >= LINES
    assert load(tmp_path / "large").problems == ()
    for number, (_, text) in enumerate(texts()):
        place = tmp_path / str(number)
        place.mkdir()
        (place / "crm.yaml").write_text(text)
        assert load(place).problems == ()
