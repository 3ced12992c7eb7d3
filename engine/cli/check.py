"""`kartoteka check DIR`: every mistake of a folder in one run."""

from __future__ import annotations

from pathlib import Path

import click

from engine.cli import output
from engine.metadata.load import load


@click.command("check", epilog="Example: kartoteka check my-crm")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print a list for programs.")
def command(folder: Path, as_json: bool) -> int:
    """Find every mistake in the folder DIR.

    Ends with 0 where nothing keeps the folder from running (warnings and parts for later versions
    may be listed), with 1 where something does.
    """
    result = load(folder)
    return output.show_problems(result.problems, result.sources, as_json=as_json)
