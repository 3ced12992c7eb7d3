"""Every attack that has a door today has a test: the table of the decision names it."""

import re
from pathlib import Path

TOP = Path(__file__).parent.parent.parent
TABLE = TOP / "docs" / "decisions" / "0065-hostile-input.md"
TODAY = {*range(1, 11), *range(13, 19), 21, 22, *range(24, 31)}


def test_every_attack_with_a_door_has_a_test_that_is_there() -> None:
    rows = re.findall(r"^\| (\d+) \| (.*) \|$", TABLE.read_text(encoding="utf-8"), re.MULTILINE)
    assert {int(number) for number, _ in rows} == TODAY
    for number, named in rows:
        tests = re.findall(r"`([^`]+)::(test_\w+)`", named)
        assert tests, number
        for file, name in tests:
            text = (Path(__file__).parent / file).read_text(encoding="utf-8")
            assert f"def {name}(" in text, (number, name)
