"""`kartoteka` as a program: started, listened to, stopped."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from unittest.mock import patch

import pytest

from engine.cli.main import main

PATIENCE = 60.0
# A run in the background of a shell begins with Ctrl-C ignored; what is tested is a terminal's.
PROGRAM = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from engine.cli.main import main
main()
"""
COMMAND = (sys.executable, "-c", PROGRAM)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command has ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """All that it printed."""
        return self.out + self.err


def kartoteka(*arguments: str | Path, stdin: str = "") -> Ended:
    """Runs a command to its end."""
    result = subprocess.run(
        [*COMMAND, *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
        input=stdin,
        timeout=PATIENCE,
        env=environment({}),
    )
    return Ended(result.returncode, result.stdout, result.stderr)


def kartoteka_here(*arguments: str | Path, stdin: str = "") -> Ended:
    """Runs a command to its end in this process, which takes no second to start."""
    out, err = StringIO(), StringIO()
    with (
        patch.object(sys, "stdin", StringIO(stdin)),
        redirect_stdout(out),
        redirect_stderr(err),
        pytest.raises(SystemExit) as end,
    ):
        main(args=[str(one) for one in arguments])
    return Ended(int(end.value.code or 0), out.getvalue(), err.getvalue())


class Serving:
    """A running `kartoteka run`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []
        self._queue: Queue[str | None] = Queue()
        Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._queue.put(line.rstrip("\n"))
        self._queue.put(None)

    @property
    def said(self) -> str:
        """All that it has printed so far."""
        return "\n".join(self.lines)

    @property
    def url(self) -> str:
        """Where it says that it serves."""
        found = re.search(r"served at (\S+)", self.said)
        assert found is not None, self.said
        return found[1]

    def wait_for(self, text: str, patience: float = PATIENCE) -> None:
        """Waits until it has printed a text; fails with all that it said when it ends before."""
        deadline = time.monotonic() + patience
        while text not in self.said:
            try:
                line = self._queue.get(timeout=max(0.1, deadline - time.monotonic()))
            except Empty:
                line = None
            assert line is not None, f"it never said {text!r}:\n{self.said}"
            self.lines.append(line)

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Asks it to stop and returns its exit code."""
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE)
        while (line := self._queue.get(timeout=PATIENCE)) is not None:
            self.lines.append(line)
        return code


@contextmanager
def serving(*arguments: str | Path, **variables: str) -> Iterator[Serving]:
    """Serves a folder at a free port until the block ends."""
    with serving_within(PATIENCE, *arguments, **variables) as run:
        yield run


@contextmanager
def serving_within(
    patience: float, /, *arguments: str | Path, **variables: str
) -> Iterator[Serving]:
    """Serves a folder that takes its time to begin."""
    process = subprocess.Popen(
        [*COMMAND, "run", *map(str, arguments), "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment(variables),
    )
    with process:
        run = Serving(process)
        try:
            run.wait_for("Ctrl-C stops it.", patience)
            yield run
        finally:
            if process.poll() is None:
                process.kill()


def environment(variables: dict[str, str]) -> dict[str, str]:
    """Returns the environment without settings of the machine, with those of the test."""
    plain = {name: one for name, one in os.environ.items() if not name.startswith("KARTOTEKA_")}
    return plain | variables
