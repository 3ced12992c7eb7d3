"""The one printer: texts or JSON to people and programs, exit codes, and no traceback ever.

Exit codes everywhere: 0 fine, 1 problems found, 2 there are changes (`plan` only), 3 refused or
could not run.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import IntEnum
from typing import NoReturn

from engine.errors import EngineError
from engine.metadata.problems import Problem, Severity, has_errors, render


class Exit(IntEnum):
    """How a command ends."""

    FINE = 0
    PROBLEMS = 1
    CHANGES = 2
    REFUSED = 3


def show(text: str = "") -> None:
    """Print a line of the answer."""
    print(text)


def show_json(value: object) -> None:
    """Print the answer for a program."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def tell(text: str) -> None:
    """Print a line beside the answer: progress, a complaint."""
    print(text, file=sys.stderr)


@contextmanager
def progress(words: Callable[[int, int], str]) -> Iterator[Callable[[int, int], None]]:
    """Yield what tells on a terminal how far a work is, in a line that is written over."""
    shown: list[str] = []

    def tell_how_far(done: int, total: int) -> None:
        if sys.stderr.isatty():
            shown.append(words(done, total))
            print(f"\r{shown[-1]}", end="", file=sys.stderr, flush=True)

    try:
        yield tell_how_far
    finally:
        if shown:
            tell("")


def end(code: Exit) -> NoReturn:
    """End the command."""
    raise SystemExit(int(code))


def show_problems(
    problems: tuple[Problem, ...],
    sources: Mapping[str, str],
    *,
    as_json: bool,
    most: int | None = None,
) -> Exit:
    """Print what is wrong with a configuration, and return how the command should end.

    Of more than `most` only the first ones are shown to people, with how many there are.
    """
    if as_json:
        show_json([problem_as_json(one) for one in problems])
    else:
        for problem in problems[:most]:
            show(render(problem, sources) + "\n")
        if most is not None and len(problems) > most:
            show(f"And {len(problems) - most} more: `kartoteka check` shows all.\n")
        show(summary(problems))
        if problems:
            tell(f"`kartoteka help {problems[0].code}` explains a code.")
    return Exit.PROBLEMS if has_errors(problems) else Exit.FINE


def problem_as_json(problem: Problem) -> dict[str, object]:
    """Return a problem as a program reads it."""
    mark = problem.mark
    return {
        "file": mark.file,
        "line": mark.line,
        "column": mark.column,
        "code": problem.code,
        "severity": str(problem.severity),
        "message": problem.message,
        "hint": problem.hint,
        "address": problem.address,
    }


def summary(problems: tuple[Problem, ...]) -> str:
    """Count problems: `3 errors, 1 warning, 2 for later versions`."""
    counts = Counter(one.severity for one in problems)
    errors, warnings = counts[Severity.ERROR], counts[Severity.WARNING]
    parts = [
        f"{errors} error{'' if errors == 1 else 's'}" if errors else "",
        f"{warnings} warning{'' if warnings == 1 else 's'}" if warnings else "",
        f"{counts[Severity.LATER]} for later versions" if counts[Severity.LATER] else "",
    ]
    said = ", ".join(one for one in parts if one) or "No problems"
    return f"{said}."


def refuse(error: EngineError, *, as_json: bool) -> Exit:
    """Say why a command did not run."""
    hint = str(error.hint) if error.hint else ""
    if as_json:
        answer = {"code": error.code, "message": str(error.message), "hint": hint}
        show_json({"error": answer})
    else:
        tell(f"{error.message} {hint}".rstrip())
    return Exit.REFUSED


def apologise(error: BaseException, *, as_json: bool) -> Exit:
    """Write an unexpected error to a file of its own, and say where that is."""
    handle, path = tempfile.mkstemp(prefix="kartoteka-", suffix=".log", text=True)
    with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as log:
        log.write(f"kartoteka {' '.join(sys.argv[1:])}\n")
        traceback.print_exception(error, file=log)
    text = f"Something went wrong inside Kartoteka; nothing was left half done. Details: {path}"
    if as_json:
        show_json({"error": {"code": "error", "message": text, "hint": ""}})
    else:
        tell(text)
    return Exit.REFUSED
