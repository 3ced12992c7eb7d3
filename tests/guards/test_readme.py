"""What the README points at is there."""

import re
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
README = (TOP / "README.md").read_text(encoding="utf-8")


def test_every_link_and_path_leads_somewhere() -> None:
    linked = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    named = re.findall(r"`((?:engine|configs)/[^`*]+)`", README)
    assert len(linked) > 10
    assert [one for one in (*linked, *named) if not (TOP / one).exists()] == []


def test_every_function_of_the_flow_table_is_in_its_file() -> None:
    rows = re.findall(r"(`[^|\[]+) \[[^\]]+\]\((engine/[^)]+\.py)\)", README)
    missing = [
        (name, file)
        for names, file in rows
        for name in re.findall(r"`(\w+)`", names)
        if not re.search(rf"def {name}\b", _code(TOP / file))
    ]
    assert rows
    assert missing == []


def _code(file: Path) -> str:
    return "".join(one.read_text(encoding="utf-8") for one in file.parent.glob("*.py"))
