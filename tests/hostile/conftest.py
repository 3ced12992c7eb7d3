"""Gives the tests a judge: a program that does one thing at a time, within limits."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

JUDGE = Path(__file__).parent / "judge.py"
TOP = JUDGE.parent.parent.parent


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of something: what was found or the error, seconds of the processor, MiB."""

    found: Any
    error: str
    seconds: float
    mebibytes: float


Judge = Callable[[str, str], Verdict]


@pytest.fixture(scope="session")
def judge() -> Iterator[Judge]:
    """Has something done by the judge."""
    program = subprocess.Popen(
        [sys.executable, str(JUDGE)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(TOP)},
    )
    assert program.stdin
    assert program.stdout
    pipe_in, pipe_out = program.stdin, program.stdout

    def do(name: str, operand: str) -> Verdict:
        pipe_in.write(json.dumps([name, operand]) + "\n")
        pipe_in.flush()
        said = json.loads(pipe_out.readline())
        return Verdict(said.get("found"), said.get("error", ""), said["seconds"], said["mebibytes"])

    try:
        yield do
    finally:
        pipe_in.close()
        program.wait(timeout=30)
        pipe_out.close()
