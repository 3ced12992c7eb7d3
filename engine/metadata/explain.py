"""What `kartoteka help CODE` says: read from the docstring beside the check itself."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from textwrap import dedent
from types import MappingProxyType
from typing import Any, TypeAlias

Explained: TypeAlias = Callable[..., Any]

# What can't be seen is shown by a sign in examples.
SIGNS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "␉": ("\t", "a tab"),
        "␍": ("\r", "a carriage return"),
        "⍽": ("\u00a0", "a no-break space"),
        "⍰": ("\ufeff", "a byte order mark"),
        "␇": ("\u0007", "an invisible character"),
    }
)
SECTIONS = re.compile(r"^(Bad|Good):\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Explanation:
    """One code: what it means, how it comes about, how it is put right."""

    code: str
    meaning: str
    more: str
    bad: str
    good: str


def explain(code: str, source: Explained) -> Explanation:
    """Read the explanation of a code from the docstring of its check."""
    text = inspect.getdoc(source) or ""
    words, *examples = SECTIONS.split(text)
    found = dict(zip(examples[::2], examples[1::2], strict=True))
    meaning, _, more = words.strip().partition("\n\n")
    return Explanation(
        code,
        " ".join(meaning.split()),
        "\n\n".join(" ".join(one.split()) for one in more.split("\n\n") if one.strip()),
        dedent(found.get("Bad", "")).strip("\n"),
        dedent(found.get("Good", "")).strip("\n"),
    )


def as_typed(example: str) -> str:
    """Return an example as it would be typed, with the invisible characters in it."""
    for sign, (character, _) in SIGNS.items():
        example = example.replace(sign, character)
    return example


def files_of(example: str) -> dict[str, str]:
    """Return the files of an example: `# crm.yaml` begins one."""
    parts = re.split(r"^# ([\w./]+\.\w+)\n", as_typed(example) + "\n", flags=re.MULTILINE)
    if len(parts) == 1:
        return {"crm.yaml": parts[0]}
    return dict(zip(parts[1::2], parts[2::2], strict=True))


__all__ = ["SIGNS", "Explained", "Explanation", "as_typed", "explain", "files_of"]
