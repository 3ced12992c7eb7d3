"""`kartoteka history` and `kartoteka rollback`: what was applied, and the way back."""

import json
import shutil
from pathlib import Path

import pytest

from engine.app import applied_services
from engine.runtime.actor import ENGINE
from engine.runtime.database import Database, open_database
from engine.start import bring_up_to_date
from tests.kit.applications import application
from tests.kit.process import kartoteka_here

FIRST = """\
name: shop
entities:
  client:
    fields:
      name: {type: text, help: The name}
      age: text
"""
SECOND = FIRST.replace("age: text", "age: integer").replace("The name", "First and last")
THIRD = SECOND.replace("age: integer", "years: {type: integer, was: age}\n      zip: text")


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of which three versions were applied."""
    tmp_path = tmp_path_factory.mktemp("history") / "shop"
    tmp_path.mkdir()
    for number, text in enumerate((FIRST, SECOND, THIRD)):
        (tmp_path / "crm.yaml").write_text(text, encoding="utf-8")
        assert kartoteka("apply", tmp_path, "--yes")[0] == 0
        if not number:
            with opened(tmp_path) as database:
                records = applied_services(database).records
                records.create(ENGINE, "client", {"name": "Anna", "age": "7"})
                records.create(ENGINE, "client", {"name": "Boris", "age": "about 12"})
                records.create(ENGINE, "client", {"name": "Vera"})
            (tmp_path / "crm.yaml").write_text(SECOND, encoding="utf-8")
            plan = json.loads(kartoteka("plan", tmp_path, "--json")[1])
            consent = f"--consent={plan['consent']}"
            assert kartoteka("apply", tmp_path, "--yes", consent)[0] == 0
    return tmp_path


@pytest.fixture
def folder(lived_in: Path, tmp_path: Path) -> Path:
    """The same, for one test to change."""
    return shutil.copytree(lived_in, tmp_path / "shop")


class opened:  # noqa: N801 - reads as a word
    """Opens the data of a folder for a block."""

    def __init__(self, folder: Path) -> None:
        self.database = open_database(folder / ".kartoteka")

    def __enter__(self) -> Database:
        return self.database

    def __exit__(self, *_: object) -> None:
        self.database.dispose()


def kartoteka(*arguments: str | Path) -> tuple[int, str]:
    ended = kartoteka_here(*arguments)
    return ended.code, ended.said


def ages(folder: Path) -> list[object]:
    with opened(folder) as database:
        services = applied_services(database)
        column = services.tables.column("client", "age")
        with database.read() as connection:
            return list(connection.scalars(column.table.select().with_only_columns(column)))


def test_versions_are_listed_with_what_each_changed(folder: Path) -> None:
    code, said = kartoteka("history", folder)
    assert code == 0
    lines = said.splitlines()[2:]
    assert [line.split()[0] for line in lines] == ["3", "2", "1"]
    listed = json.loads(kartoteka("history", folder, "--json")[1])
    assert [one["id"] for one in listed] == [3, 2, 1]
    assert {one["takes_back"] for one in listed} == {None}
    code, said = kartoteka("history", "3", folder)
    assert "~ entities.client.fields.years: renamed from age; 1 value stay" in said
    assert "+ entities.client.fields.zip: new, text" in said
    assert "\n--- crm.yaml\n+++ crm.yaml\n" in said
    assert "\n-      age: integer\n+      years: {type: integer, was: age}\n" in said
    one = json.loads(kartoteka("history", folder, "2", "--json")[1])
    assert one["before"] == 1
    assert {step["kind"] for step in one["steps"]} == {"retype_field", "display"}


def test_the_way_back_is_shown_and_gone(folder: Path) -> None:
    code, said = kartoteka("rollback", folder, "1")
    assert code == 2
    assert "~ entities.client.fields.age: renamed from years" in said
    assert "- entities.client.fields.zip: retired" in said
    assert said.endswith(f"To go back: kartoteka rollback {folder} 1 --yes\n")
    assert ages_after(folder, "rollback", folder, "1", "--yes") == ["7", "about 12", None]
    listed = json.loads(kartoteka("history", folder, "--json")[1])
    assert [(one["id"], one["takes_back"]) for one in listed[:2]] == [(4, 1), (3, None)]
    assert "goes back to 1" in kartoteka("history", folder)[1]
    assert kartoteka("rollback", folder, "--yes")[0] == 0  # and back again
    assert json.loads(kartoteka("history", folder, "--json")[1])[0]["takes_back"] == 3


def ages_after(folder: Path, *arguments: str | Path) -> list[object]:
    code, said = kartoteka(*arguments)
    assert code == 0, said
    return ages(folder)


def test_what_was_taken_back_is_not_applied_by_itself_again(folder: Path) -> None:
    kartoteka("rollback", folder, "2", "--yes")
    with opened(folder) as database:
        outcome = bring_up_to_date(application(THIRD), database)
        assert outcome.waiting is not None
        assert outcome.application == application(SECOND)
        again = bring_up_to_date(application(SECOND), database)
        assert (again.waiting, again.application) == (None, application(SECOND))
    assert kartoteka("apply", folder, "--yes")[0] == 0  # unless somebody says so
    with opened(folder) as database:
        assert bring_up_to_date(application(THIRD), database).waiting is None


@pytest.mark.parametrize(
    "arguments",
    [("rollback", "3"), ("rollback", "9"), ("history", "9"), ("history", "1", "2")],
)
def test_what_can_not_be_gone_back_to_is_refused(folder: Path, arguments: tuple[str, ...]) -> None:
    assert kartoteka(*arguments, "--data", folder / ".kartoteka")[0] == 3
    assert len(json.loads(kartoteka("history", folder, "--json")[1])) == 3


def test_without_versions_there_is_no_way_back(tmp_path: Path) -> None:
    assert kartoteka("rollback", "--data", tmp_path)[0] == 3
    (tmp_path / "crm.yaml").write_text(FIRST, encoding="utf-8")
    kartoteka("apply", tmp_path)
    ended = kartoteka_here("rollback", tmp_path)
    assert ended.code == 3
    assert "no version before" in ended.err
