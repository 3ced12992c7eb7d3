"""The author's reference: the language as a page, and what each code of a problem means.

Generated from the table of the language, the field types, the functions and the checks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType

from engine.metadata import (
    csv_source,
    folder,
    shape_later,
    shape_problems,
    syntax,
    text_problems,
    trap_problems,
)
from engine.metadata.checks.registry import MEANING, STRUCTURE
from engine.metadata.checks.rows import lost_plus
from engine.metadata.explain import SIGNS, Explained, Explanation, explain
from engine.metadata.expressions import mistakes
from engine.metadata.expressions.functions import FUNCTIONS
from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.metadata.language import COLORS, Key, NodeKind
from engine.metadata.language_keys import LATER_TYPES, NOW
from engine.metadata.language_later import LATER

SOURCES: tuple[Mapping[str, Explained], ...] = (
    syntax.CODES,
    text_problems.CODES,
    trap_problems.CODES,
    shape_problems.CODES,
    shape_later.CODES,
    folder.CODES,
    csv_source.CODES,
    STRUCTURE,
    MEANING,
    {"E708": lost_plus},
)
ABOUT_PROBLEMS = (
    "What `kartoteka check` may say; written by `make docs`. `E`: an error, nothing runs until it"
    " is put right. `W`: a warning. `L`: a part of the language that a later version runs."
)
ABOUT_LANGUAGE = (
    "Every key that a folder may hold; written by `make docs` from the table that the checker uses."
    " What is marked *later* belongs to the language and is listed by `kartoteka check`; this"
    " version serves a folder without it."
)
GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "1": "Reading files",
        "2": "Names and fields",
        "3": "Expressions",
        "4": "Rights",
        "5": "Pipelines",
        "6": "The head of crm.yaml",
        "7": "Rows and stories",
        "8": "Buttons, rules and steps",
        "9": "Advice",
        "0": "What later versions run",
    }
)


@cache
def explanations() -> Mapping[str, Explanation]:
    """Return every code with its explanation, in order."""
    found = {code: explain(code, one) for each in SOURCES for code, one in each.items()}
    for code, one in mistakes.CODES.items():
        found[code] = Explanation(code, one.meaning, "", one.bad, one.good)
    return MappingProxyType(dict(sorted(found.items(), key=lambda item: _order(item[0]))))


def _order(code: str) -> tuple[bool, str]:
    return (code.startswith("L"), code[1:])


def group_of(code: str) -> str:
    """Return the heading under which a code stands."""
    return GROUPS["0" if code.startswith("L") else code[1]]


def explained(code: str) -> str:
    """Return the page of one code as plain text."""
    one = explanations()[code]
    parts = [f"{code}: {one.meaning}", one.more]
    parts += [f"Not so:\n{_indented(one.bad)}", f"But so:\n{_indented(one.good)}"]
    signs = [f"{sign} stands for {name}" for sign, (_, name) in SIGNS.items() if sign in one.bad]
    return "\n\n".join(part for part in (*parts, "; ".join(signs)) if part)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())


def problems_page() -> str:
    """Return the page of all codes."""
    lines = ["# Problems", "", ABOUT_PROBLEMS]
    heading = ""
    for code, one in explanations().items():
        if group_of(code) != heading:
            heading = group_of(code)
            lines += ["", f"## {heading}"]
        lines += ["", f"### {code}", "", one.meaning]
        lines += ["", one.more] if one.more else []
        lines += ["", "Not so:", "", "```yaml", one.bad, "```"]
        lines += ["", "But so:", "", "```yaml", one.good, "```"]
    signs = ", ".join(f"{sign} {name}" for sign, (_, name) in SIGNS.items())
    return "\n".join([*lines, "", f"Signs in the examples: {signs}.", ""])


def language_page() -> str:
    """Return the page of the language."""
    lines = ["# The language", "", ABOUT_LANGUAGE]
    for kind in NOW:
        lines += _section(kind)
    lines += ["", "## Field types", "", "| type | what it holds | keys of its own | filters |"]
    lines += ["|---|---|---|---|", *_types(), "", f"Later: {', '.join(LATER_TYPES)}."]
    lines += ["", "## Functions of expressions", "", "| function | what it does | example |"]
    lines += ["|---|---|---|", *_functions()]
    lines += ["", "## Colours", "", f"{', '.join(COLORS)}."]
    lines += ["", "# Later", "", "Nodes of the language that this version does not run yet."]
    for kind in LATER:
        lines += _section(kind)
    return "\n".join([*lines, ""])


def _section(kind: NodeKind) -> list[str]:
    title = kind.called[0].upper() + kind.called[1:]
    lines = ["", f"## {title}", ""]
    lines += [kind.help, ""] if kind.help else []
    lines += ["```yaml", kind.example.strip("\n"), "```", ""] if kind.example else []
    return [*lines, "| key | read as | meaning |", "|---|---|---|", *map(_row, kind.keys)]


def _row(key: Key) -> str:
    notes = "*later* " if key.later else "**required** " if key.required else ""
    words = f" ({', '.join(key.words)})" if key.words and len(key.words) < len(FIELD_TYPES) else ""
    later = f"; later: {', '.join(key.later_words)}" if key.later_words and words else ""
    return f"| `{key.name}` | {key.mode} | {notes}{_cell(key.meaning + words + later)} |"


def _types() -> Iterator[str]:
    for one in FIELD_TYPES.values():
        keys = ", ".join(f"`{key}`" for key in sorted(one.keys))
        filters = " ".join(operator for operator in one.operators)
        yield f"| `{one.id}` | {_cell(one.help)} | {keys} | {filters} |"


def _functions() -> Iterator[str]:
    for one in FUNCTIONS.values():
        yield f"| `{one.usage}` | {_cell(one.meaning)} | `{one.example}` |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
