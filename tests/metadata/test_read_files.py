"""A folder that is loaded again and again: files that have not changed are read once."""

from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.metadata import load as loading
from engine.metadata.load import ReadFiles, load
from engine.resources import resource_dir
from tests.kit.examples import examples

FOLDER = resource_dir("examples") / "vet-practice"
NAMES = sorted(one.relative_to(FOLDER).as_posix() for one in FOLDER.rglob("*.*"))
TEXTS = {name: (FOLDER / name).read_text("utf-8") for name in NAMES}
EDITS = ("label", "type", ": ", "text", "animal", ",", "\n")


def write(folder: Path, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@settings(max_examples=examples(8, nightly=300))
@given(
    edits=st.lists(
        st.tuples(st.sampled_from(NAMES), st.sampled_from(EDITS), st.sampled_from(("", "x"))),
        min_size=1,
        max_size=4,
    )
)
def test_a_load_after_edits_says_what_a_fresh_one_says(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[str, str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("crm")
    texts, files = dict(TEXTS), ReadFiles()
    write(folder, texts)
    load(folder, files)
    for name, before, after in edits:
        texts[name] = texts[name].replace(before, after, 1)
        write(folder, texts)
        again, fresh = load(folder, files), load(folder)
        assert again.problems == fresh.problems
        assert again.application == fresh.application


def test_only_what_has_changed_is_read_again(tmp_path: Path) -> None:
    write(tmp_path, TEXTS)
    files = ReadFiles()
    load(tmp_path, files)
    write(tmp_path, {"crm.yaml": TEXTS["crm.yaml"] + "\n"})
    with patch.object(loading, "_file", wraps=loading._file) as read:
        load(tmp_path, files)
    assert [one.args[0] for one in read.call_args_list] == ["crm.yaml"]
