"""Runs the checks: structure first, so that nothing is said about what already has an error."""

from __future__ import annotations

from dataclasses import replace

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
    return tuple(found)
