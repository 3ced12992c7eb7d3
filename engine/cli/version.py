"""`kartoteka version`: which version this is."""

from __future__ import annotations

import platform
import sqlite3
from importlib.metadata import version

import click

from engine.cli import output


@click.command("version", epilog="Example: kartoteka version --json")
@click.option("--json", "as_json", is_flag=True, help="Print a map for programs.")
def command(as_json: bool) -> None:
    """Say which version of Kartoteka this is, and on what it stands."""
    found = {
        "kartoteka": version("kartoteka"),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
    }
    if as_json:
        output.show_json(found)
    else:
        output.show(f"Kartoteka {found['kartoteka']}")
        output.show(f"Python {found['python']}, SQLite {found['sqlite']}")
