"""`kartoteka plan` and `kartoteka apply`: what is shown, what has to be said, how they end."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from engine.cli.folder_words import tell_state
from engine.cli.main import main
from engine.runtime.database import open_database
from engine.runtime.plan.folder import FolderState, Standing
from engine.runtime.plan.renames import read_renames
from engine.runtime.plan.steps import Plan
from tests.kit.plans import NOW

CRM = """
name: shop
version: 1.0.0
label: Shop
entities:
  client:
    fields:
      name: {type: text, help: The name}
      city: text
roles: {seller: {can: {client: {see: own}}}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "shop"
    found.mkdir()
    (found / "crm.yaml").write_text(CRM, encoding="utf-8")
    return found


def kartoteka(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments])


def rewrite(folder: Path, old: str, new: str) -> None:
    """Changes the folder's configuration."""
    file = folder / "crm.yaml"
    written = file.read_text(encoding="utf-8")
    assert old in written
    file.write_text(written.replace(old, new), encoding="utf-8")


def test_a_plan_of_a_new_folder_writes_nothing(folder: Path) -> None:
    result = kartoteka("plan", folder)
    assert result.exit_code == 2
    assert "  + entities.client: new, 2 fields" in result.stdout.splitlines()
    assert result.stdout.endswith(f"6 changes. To apply: kartoteka apply {folder}\n")
    assert [one.name for one in folder.iterdir()] == ["crm.yaml"]


def test_applied_once_there_is_nothing_left(folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert kartoteka("apply", folder, "--data", data).stdout.endswith("\nApplied.\n")
    assert (data / "kartoteka.db").is_file()
    again = kartoteka("plan", folder, "--data", data)
    assert (again.exit_code, again.stdout) == (
        0,
        "No changes: the database serves this folder already.\n",
    )
    assert kartoteka("apply", folder, "--data", data).stdout == "No changes.\n"
    assert [one.name for one in folder.iterdir()] == ["crm.yaml"]


def test_a_change_of_data_needs_a_yes(folder: Path) -> None:
    kartoteka("apply", folder)
    rewrite(folder, "      city: text\n", "")
    plan = kartoteka("plan", folder)
    assert plan.exit_code == 2
    assert "  - entities.client.fields.city: retired; no record has a value" in plan.stdout
    assert plan.stdout.endswith(f"1 change. To apply: kartoteka apply {folder} --yes\n")
    refused = kartoteka("apply", folder)
    assert refused.exit_code == 3
    assert "--yes" in refused.stderr
    assert kartoteka("apply", folder, "--yes").exit_code == 0


def test_a_right_that_grows_needs_the_hash_of_the_plan(folder: Path) -> None:
    kartoteka("apply", folder)
    rewrite(folder, "see: own", "see: all")
    plan = kartoteka("plan", folder)
    assert "  ! roles.seller.can.client.see: grows from own to all" in plan.stdout
    (consent,) = re.findall(r"--consent ([0-9a-f]{12})\n", plan.stdout)
    assert kartoteka("apply", folder, "--yes").exit_code == 3
    assert kartoteka("apply", folder, "--yes", "--consent", "000000000000").exit_code == 3
    assert kartoteka("plan", folder).exit_code == 2
    assert kartoteka("apply", folder, "--yes", "--consent", consent).exit_code == 0
    assert kartoteka("plan", folder).exit_code == 0


def test_a_rename_that_nobody_wrote_is_asked_about_and_may_be_said(folder: Path) -> None:
    kartoteka("apply", folder)
    rewrite(folder, "city: text", "town: text")
    plan = kartoteka("plan", folder)
    assert "? entities.client.fields.town: city vanished and town is new" in plan.stdout
    assert "write `was: city`" in plan.stdout
    said = "--renamed=entities.client.fields.town=city"
    answered = kartoteka("plan", folder, said)
    assert "renamed from city" in answered.stdout
    command = f"kartoteka apply {folder} {said} --yes"
    assert answered.stdout.endswith(f" To apply: {command}\n")
    assert kartoteka("apply", folder, said).exit_code == 3
    applied = json.loads(kartoteka(*command.split()[1:], "--json").stdout)
    assert applied["renames"] == {"entities.client.fields.town": "city"}
    assert applied["look_alikes"] == []
    assert kartoteka("plan", folder).exit_code == 0
    assert kartoteka("plan", folder, "--renamed", "town=city").exit_code == 3


@pytest.mark.parametrize("address", ["entities.client.fields.city", "entities.clint"])
def test_nothing_is_renamed_in_an_empty_database(folder: Path, address: str) -> None:
    for command in ("plan", "apply"):
        refused = kartoteka(command, folder, f"--renamed={address}=town")
        assert refused.exit_code == 3
        assert address in refused.stderr


def test_a_rename_that_was_only_said_is_to_be_written(folder: Path) -> None:
    lacks = "Write `was: city` at entities.client.fields.town, so that other databases know it too."
    said = "--renamed=entities.client.fields.town=city"
    kartoteka("apply", folder)
    rewrite(folder, "city: text", "town: text")
    applied = kartoteka("apply", folder, said, "--yes")
    assert applied.stdout.endswith(f"\nApplied.\n{lacks}\n")


def test_a_watching_terminal_says_what_the_folder_lacks(capsys: pytest.CaptureFixture[str]) -> None:
    renames = read_renames(["entities.client.fields.town=city"])
    plan = Plan("before", "after", (), renames=renames)
    tell_state(FolderState(Standing.SERVED, datetime.now(UTC)), plan, "")
    assert capsys.readouterr().out.endswith(
        "Write `was: city` at entities.client.fields.town, so that other databases know it too.\n"
    )


def test_a_rename_that_is_written_need_not_be_said(folder: Path) -> None:
    kartoteka("apply", folder)
    rewrite(folder, "city: text", "town: {type: text, was: city}")
    said = "--renamed=entities.client.fields.town=city"
    applied = kartoteka("apply", folder, said, "--yes")
    assert "renamed from city" in applied.stdout
    assert applied.stdout.endswith("\nApplied.\n")


def test_looks_and_additions_need_no_answer(folder: Path) -> None:
    kartoteka("apply", folder)
    rewrite(folder, "help: The name", "help: First and last name")
    rewrite(folder, "      city: text\n", "      city: text\n      zip: text\n")
    assert kartoteka("apply", folder).exit_code == 0


def test_what_the_data_does_not_allow_is_refused(folder: Path) -> None:
    kartoteka("apply", folder)
    database = open_database(folder / ".kartoteka")
    with database.write() as connection:
        for name in ("Anna", "Anna"):
            connection.execute(
                text("INSERT INTO e_client (name, created_at, updated_at) VALUES (:n, :at, :at)"),
                {"n": name, "at": NOW.isoformat()},
            )
    database.dispose()
    rewrite(folder, "name: {type: text,", "name: {type: text, unique: true,")
    plan = kartoteka("plan", folder)
    assert plan.exit_code == 3
    assert 'can\'t be unique: 1 value occurs more than once, such as "Anna"' in plan.stdout
    assert "Change the data or the folder first" in plan.stdout
    assert kartoteka("apply", folder, "--yes").exit_code == 3


def test_a_folder_with_mistakes_is_not_planned(folder: Path) -> None:
    rewrite(folder, "type: text", "type: txt")
    for command in ("plan", "apply"):
        result = kartoteka(command, folder)
        assert result.exit_code == 1
        assert "crm.yaml:8:20: error" in result.stdout
    assert not (folder / ".kartoteka").exists()


def test_json_is_for_programs(folder: Path) -> None:
    plan = json.loads(kartoteka("plan", folder, "--json").stdout)
    assert plan["base"] is None
    assert plan["changes"][-1] == {
        "kind": "create_entity",
        "address": "entities.client",
        "sentence": "new, 2 fields",
        "count": 0,
        "weight": "additive",
    }
    applied = json.loads(kartoteka("apply", folder, "--json").stdout)
    assert applied == plan


@pytest.mark.postgres
def test_a_password_in_an_address_is_not_repeated(folder: Path, postgres: str) -> None:
    url = postgres.replace("kartoteka@", "kartoteka:secret@")
    result = kartoteka("plan", folder, "--database", url)
    assert result.exit_code == 2
    assert "--database URL" in result.stdout
    assert "secret" not in result.output


@pytest.mark.parametrize("command", ["plan", "apply"])
def test_help_has_an_example(command: str) -> None:
    result = kartoteka(command, "--help")
    assert result.exit_code == 0
    assert f"Example: kartoteka {command} my-crm" in result.stdout
