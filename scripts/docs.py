"""Writes the generated pages of `docs/`; with `--check` it only says which are out of date."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from engine.cli.main import main as command_line
from engine.log_events import logs_page
from engine.metadata.reference import language_page, problems_page

DOCS = Path(__file__).resolve().parent.parent / "docs"
WIDTH = 88


def main() -> int:
    """Writes or compares every page; 1 means that a page is out of date."""
    pages = {
        "commands.md": commands_page(),
        "language.md": language_page(),
        "logs.md": logs_page(),
        "problems.md": problems_page(),
    }
    stale = [name for name, text in pages.items() if read(DOCS / name) != text]
    if "--check" in sys.argv:
        for name in stale:
            print(f"docs/{name} is out of date: run `make docs`", file=sys.stderr)
        return 1 if stale else 0
    for name in stale:
        (DOCS / name).write_text(pages[name], encoding="utf-8")
        print(f"wrote docs/{name}")
    return 0


def read(path: Path) -> str:
    """Returns the text of a page that may not be there yet."""
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def commands_page() -> str:
    """Returns the help of every command."""
    head = "# Commands\n\nWhat `kartoteka COMMAND --help` says; written by `make docs`.\n"
    return "\n".join([head, *sections(command_line, "kartoteka", None)])


def sections(command: click.Command, name: str, parent: click.Context | None) -> Iterator[str]:
    """Yields the help of a command and of those below it."""
    context = click.Context(
        command, parent=parent, info_name=name, terminal_width=WIDTH, max_content_width=WIDTH
    )
    yield f"## {context.command_path}\n\n```text\n{context.get_help()}\n```\n"
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            if found and not found.hidden:
                yield from sections(found, below, context)


if __name__ == "__main__":
    sys.exit(main())
