"""Collects what the engine says into its catalogues; with `--check` it only says what is missing.

`kartoteka.pot` holds every text, and each language's `kartoteka.po` its translation. No dates and
no line numbers stand in them, so that they change with the texts alone.
"""

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import TypeAlias

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

TOP = Path(__file__).resolve().parent.parent
LOCALE = TOP / "engine" / "locale"
TEMPLATE = LOCALE / "kartoteka.pot"
LANGUAGES = ("bg", "ru")
FOLDERS = ("engine", "ui_templates")
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "say": None,
    "say_many": (1, 2),
}
HEAD = "# What Kartoteka says; `make messages` collects it from the code and the templates."
# The lines of a catalogue's head that change without the texts, or say nothing.
NEEDLESS = re.compile(
    r'^"(Project-Id-Version|Report-Msgid-Bugs-To|POT-Creation-Date|PO-Revision-Date'
    r"|Last-Translator|Language-Team|Generated-By): .*\n",
    re.MULTILINE,
)

Text: TypeAlias = str | tuple[str, ...]


def main() -> int:
    """Writes or compares the catalogues; 1 means that one is out of date."""
    texts = {path: text for path, text in files() if read(path) != text}
    names = sorted(str(path.relative_to(TOP)) for path in texts)
    if "--check" in sys.argv:
        for name in names:
            print(f"{name} is out of date: run `make messages`", file=sys.stderr)
        return 1 if names else 0
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for name in names:
        print(f"wrote {name}")
    return 0


def files() -> Iterator[tuple[Path, str]]:
    """Yields the template and the catalogue of each language as they should be."""
    template = collect()
    yield TEMPLATE, written(template)
    for language in LANGUAGES:
        path = catalogue_path(language)
        known = path.open("rb") if path.is_file() else BytesIO()
        with known:
            catalogue = read_po(known, locale=language)
        catalogue.update(template, no_fuzzy_matching=True, update_header_comment=False)
        catalogue.fuzzy = False
        yield path, written(catalogue)


def collect() -> Catalog:
    """Returns every text of the engine, with the files in which it stands."""
    template = Catalog(header_comment=HEAD, charset="utf-8", fuzzy=False)
    for name, text in said():
        template.add(text, locations=[(name, 0)])
    return template


def said() -> Iterator[tuple[str, Text]]:
    """Yields each text as it stands in a file: the file's name, and the text or its two forms."""
    with (LOCALE / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call] # Babel says none
    found = extract_from_dir(TOP, methods, options, KEYWORDS, directory_filter=holds_texts)
    for name, _line, text, _comments, _context in found:
        yield name, text


def holds_texts(folder: str) -> bool:
    """Says whether texts may stand in a folder of the checkout."""
    return Path(folder).relative_to(TOP).parts[0] in FOLDERS


def catalogue_path(language: str) -> Path:
    """Returns where the translations of a language stand."""
    return LOCALE / language / "LC_MESSAGES" / "kartoteka.po"


def written(catalogue: Catalog) -> str:
    """Returns a catalogue as the text of its file."""
    file = BytesIO()
    write_po(
        file, catalogue, width=100, sort_by_file=True, ignore_obsolete=True, include_lineno=False
    )
    return NEEDLESS.sub("", file.getvalue().decode("utf-8"))


def read(path: Path) -> str:
    """Returns the text of a file that may not be there yet."""
    return path.read_text(encoding="utf-8") if path.is_file() else ""


if __name__ == "__main__":
    sys.exit(main())
