"""`kartoteka check` and the frame of the command line: texts, exit codes, no traceback."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.cli import main as command_line
from engine.cli.main import COMMANDS, main
from engine.cli.output import summary
from engine.metadata.problems import Mark, Problem, Severity

GOOD = "name: shop\nentities: {client: {fields: {name: text}}}\n"
BAD = "name: shop\nentities: {client: {fields: {name: {type: text, requird: true}}}}\n"


def kartoteka(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments])


def folder(tmp_path: Path, text: str) -> Path:
    (tmp_path / "crm.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_good_folder_is_fine(tmp_path: Path) -> None:
    result = kartoteka("check", folder(tmp_path, GOOD))
    assert (result.exit_code, result.output) == (0, "No problems.\n")


def test_a_mistake_is_shown_with_its_line(tmp_path: Path) -> None:
    result = kartoteka("check", folder(tmp_path, BAD))
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "crm.yaml:2:49: error E102: 'requird' is not a key of a field -> did you mean 'required'?",
        "     2 | entities: {client: {fields: {name: {type: text, requird: true}}}}",
        "       |                                                 ^^^^^^^",
        "    at entities.client.fields.name",
        "",
        "1 error.",
    ]


def test_json_is_a_list(tmp_path: Path) -> None:
    result = kartoteka("check", folder(tmp_path, BAD), "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout) == [
        {
            "file": "crm.yaml",
            "line": 2,
            "column": 49,
            "code": "E102",
            "severity": "error",
            "message": "'requird' is not a key of a field",
            "hint": "did you mean 'required'?",
            "address": "entities.client.fields.name",
        }
    ]


def test_what_runs_later_is_listed_and_fine(tmp_path: Path) -> None:
    result = kartoteka("check", folder(tmp_path, GOOD + "dashboards: {all: {tiles: {}}}\n"))
    assert result.exit_code == 0
    assert "later L001" in result.stdout
    assert "1 for later versions." in result.stdout


@pytest.mark.parametrize("name", ["nowhere", "file.yaml"])
def test_no_folder_is_said_in_a_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "file.yaml").write_text(GOOD, encoding="utf-8")
    result = kartoteka("check", tmp_path / name)
    assert result.exit_code == 3
    assert name in result.stderr
    assert "Traceback" not in result.output


def test_a_refusal_is_json_for_a_program(tmp_path: Path) -> None:
    result = kartoteka("check", tmp_path / "nowhere", "--json")
    assert result.exit_code == 3
    assert json.loads(result.stdout)["error"]["code"] == "refused"


def test_an_empty_folder_has_no_name(tmp_path: Path) -> None:
    result = kartoteka("check", tmp_path)
    assert result.exit_code == 1
    assert "E601" in result.stdout


def test_a_file_that_is_not_utf8(tmp_path: Path) -> None:
    folder(tmp_path, GOOD)
    (tmp_path / "more.yaml").write_bytes("teams: {a: {label: Склад}}".encode("cp1251"))
    result = kartoteka("check", tmp_path)
    assert "more.yaml:1:1: error E101: this file is not UTF-8 text" in result.stdout


def test_an_unexpected_error_leaves_a_log_and_no_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Path) -> None:
        raise KeyError("oops")

    monkeypatch.setattr("engine.cli.check.load", fail)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    result = kartoteka("check", folder(tmp_path, GOOD))
    assert result.exit_code == 3
    assert "Traceback" not in result.output
    (log,) = tmp_path.glob("kartoteka-*.log")
    assert str(log) in result.stderr
    assert "KeyError: 'oops'" in log.read_text(encoding="utf-8")


@pytest.mark.parametrize("arguments", [("chekc",), ("check",), ("check", ".", "--jsno")])
def test_a_wrong_call_is_refused(arguments: tuple[str, ...]) -> None:
    result = kartoteka(*arguments)
    assert result.exit_code == 3
    assert "Traceback" not in result.output


def test_help_explains_a_code_a_command_and_lists_all() -> None:
    assert kartoteka("help", "e102").stdout.startswith("E102: A key that the language")
    assert "Usage: kartoteka check" in kartoteka("help", "check").stdout
    listed = kartoteka("help").stdout
    assert "E102  A key" in listed
    assert "L001" in listed


def test_help_of_something_unknown_offers_what_is_near() -> None:
    result = kartoteka("help", "chekc")
    assert result.exit_code == 3
    assert "Did you mean check?" in result.stderr


def test_version() -> None:
    assert kartoteka("version").stdout.startswith("Kartoteka ")
    assert "kartoteka" in json.loads(kartoteka("version", "--json").stdout)


def test_every_command_has_help_and_an_example() -> None:
    for name in COMMANDS:
        result = kartoteka(name, "--help")
        assert result.exit_code == 0, name
        assert "Example" in result.stdout, name


def test_a_command_that_is_not_installed_is_not_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    commands = {**COMMANDS, "fly": ("engine.cli.fly", "Fly.")}
    monkeypatch.setattr(command_line, "COMMANDS", commands)
    assert "fly" not in kartoteka("--help").stdout
    assert kartoteka("fly").exit_code == 3


def test_counts_read_well() -> None:
    def problem(severity: Severity) -> Problem:
        return Problem("E102", Mark("crm.yaml", 1, 1), "-", severity=severity)

    error, warning, later = map(problem, Severity)
    assert summary(()) == "No problems."
    assert summary((error,)) == "1 error."
    several = (error, error, error, warning, later, later)
    assert summary(several) == "3 errors, 1 warning, 2 for later versions."
