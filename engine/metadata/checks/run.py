"""Runs the checks: structure first, so that nothing is said about what already has an error."""

from __future__ import annotations

from dataclasses import replace

from engine.metadata.build.common import CORE
from engine.metadata.checks.expressions import check_expressions
from engine.metadata.checks.registry import MEANING, STRUCTURE
from engine.metadata.checks.subject import Subject
from engine.metadata.nodes import path_of
from engine.metadata.problems import Problem, Severity


def run_checks(subject: Subject) -> tuple[Problem, ...]:
    """Return everything that there is to say about the meaning of a configuration."""
    found = [one for check in STRUCTURE.values() for one in check(subject)]
    wrong = {path_of(one.address) for one in found if one.severity is Severity.ERROR}
    clear = replace(subject, unclear=subject.unclear | wrong)
    for check in (*MEANING.values(), check_expressions):
        found += check(clear)
    return tuple(_of_the_folder(found))


def _of_the_folder(found: list[Problem]) -> list[Problem]:
    """Leave out what follows, in the engine's own files, from a core field made another type."""
    if not any(one.code == "E217" for one in found):
        return found
    return [one for one in found if not one.mark.file.startswith(CORE)]
