"""`kartoteka backup`, `restore` and `doctor`, as an operator meets them."""

import json
from pathlib import Path

import pytest

from tests.kit.accounts import PASSWORD
from tests.kit.process import kartoteka_here

CRM = "name: shop\nentities: {client: {fields: {name: text}}}\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "crm.yaml").write_text(CRM)
    found = tmp_path / "data"
    assert kartoteka_here("apply", tmp_path / "shop", "--yes", "--data", found).code == 0
    return found


def test_from_one_place_to_another_and_on(data: Path, tmp_path: Path) -> None:
    backup = kartoteka_here("backup", "--data", data)
    assert (backup.code, backup.err) == (0, "")
    assert "Verified: restored into a scratch database" in backup.out
    (file,) = (data / "backups").iterdir()
    assert str(file) in backup.out
    new = tmp_path / "new"
    restored = kartoteka_here("restore", file, "--data", new)
    assert (restored.code, restored.err) == (0, "")
    assert "rows and digests are equal." in restored.out
    assert "nothing is on hold" in restored.out
    assert "No changes" in kartoteka_here("plan", tmp_path / "shop", "--data", new).out
    again = kartoteka_here("restore", file, "--data", new, "--json")
    assert again.code == 3
    assert "nothing was restored" in json.loads(again.out)["error"]["message"]
    assert kartoteka_here("restore", "--release", "--data", new).out == "Nothing is on hold.\n"


def test_a_backup_says_its_figures_to_programs(data: Path, tmp_path: Path) -> None:
    said = kartoteka_here("backup", tmp_path / "crm.zip", "--no-verify", "--data", data, "--json")
    found = json.loads(said.out)
    assert found["is_verified"] is False
    assert found["version"] == 1
    assert found["size"] == (tmp_path / "crm.zip").stat().st_size
    plain = kartoteka_here("backup", tmp_path, "--no-verify", "--data", data)
    assert "Not verified: nobody has tried to restore it." in plain.out


@pytest.mark.parametrize("words", [(), ("crm.zip", "--release"), ("--release", "--discard")])
def test_a_restore_does_one_thing_at_a_time(words: tuple[str, ...], tmp_path: Path) -> None:
    said = kartoteka_here("restore", *words, "--data", tmp_path)
    assert (said.code, said.out) == (3, "")
    assert "Give a FILE to restore, or --release, or --discard." in said.err


def test_a_doctor_ends_with_what_it_found(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sick = kartoteka_here("doctor", "--data", data)
    assert sick.code == 1
    assert "wrong  Nobody manages users." in sick.out
    assert "well   No timer waits that should have been done." in sick.out
    assert "well   No outbox row waits that should have been done." in sick.out
    anna = ("user", "add", "anna", "--role", "admin", "--password-stdin")
    assert kartoteka_here(*anna, "--data", data, stdin=PASSWORD).code == 0
    kartoteka_here("backup", "--data", data)
    fine = kartoteka_here("doctor", "--data", data, "--json")
    assert fine.code == 0, fine.said
    assert {one["standing"] for one in json.loads(fine.out)} <= {"well", "look"}
    monkeypatch.setenv("KARTOTEKA_DATABASE", "postgresql://nobody:secret@127.0.0.1:1/none")
    away = kartoteka_here("doctor")
    assert away.code == 1
    assert "wrong  The database can't be reached." in away.out
    assert "secret" not in away.said
