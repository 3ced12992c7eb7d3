"""The mistakes of a folder as a page shows them: the sentence, the lines around, the cure.

Enter: a problem and the texts of the folder. Leave: `ProblemView`, drawn by
`macros/configuration.html`. The words are the author's English, as on a terminal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.metadata.explain import Explanation
from engine.metadata.folder import worst_first
from engine.metadata.problems import Problem, Severity
from engine.metadata.reference import explanations

AROUND = 2  # lines before and after the one with the mistake
BEFORE = 60  # characters of a long line before its mistake
WIDEST = 140
MOST = 50  # problems on a page; `kartoteka check` shows all


@dataclass(frozen=True, slots=True)
class CodeLine:
    """One line of a file: what stands before the mistake, the mistake, what follows."""

    number: int
    before: str
    marked: str = ""
    after: str = ""
    caret: str = ""


@dataclass(frozen=True, slots=True)
class ProblemView:
    """One problem: where, what, why, and what puts it right."""

    code: str
    kind: str
    message: str
    hint: str
    file: str
    line: int
    column: int
    address: str
    lines: tuple[CodeLine, ...]
    explanation: Explanation | None

    @property
    def is_error(self) -> bool:
        """Say whether it keeps the folder from being served."""
        return self.kind == Severity.ERROR


def problem_views(
    problems: tuple[Problem, ...], sources: Mapping[str, str]
) -> tuple[ProblemView, ...]:
    """Return the problems that a page shows, the worst ones first."""
    return tuple(problem_view(one, sources) for one in worst_first(problems)[:MOST])


def problem_view(problem: Problem, sources: Mapping[str, str]) -> ProblemView:
    """Return one problem with the lines around it."""
    mark = problem.mark
    return ProblemView(
        code=problem.code,
        kind=str(problem.severity),
        message=problem.message[:1].upper() + problem.message[1:],
        hint=problem.hint[:1].upper() + problem.hint[1:],
        file=mark.file,
        line=mark.line,
        column=mark.column,
        address=problem.address,
        lines=tuple(code_lines(problem, sources.get(mark.file, ""))),
        explanation=explanations().get(problem.code),
    )


def code_lines(problem: Problem, text: str) -> Iterator[CodeLine]:
    """Yield the line with the mistake between those around it; long ones are cut as it is."""
    mark = problem.mark
    lines = text.removeprefix("\ufeff").split("\n")
    if not 1 <= mark.line <= len(lines) or not text:
        return
    start = max(0, mark.column - BEFORE) if len(_shown(lines[mark.line - 1])) > WIDEST else 0
    first, last = max(1, mark.line - AROUND), min(len(lines), mark.line + AROUND)
    for number in range(first, last + 1):
        shown = _shown(lines[number - 1])[start : start + WIDEST]
        if number != mark.line:
            yield CodeLine(number, shown)
            continue
        at = mark.column - 1 - start
        end = at + max(1, min(mark.length, len(shown) - at))
        caret = " " * at + "^" * (end - at)
        yield CodeLine(number, shown[:at], shown[at:end] or " ", shown[end:], caret)


def _shown(line: str) -> str:
    return line.rstrip("\r").replace("\t", " ")
