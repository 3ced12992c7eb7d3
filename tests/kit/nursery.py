"""Programs that begin in a tenth of a second: a process that has imported the engine forks them.

What is killed a hundred times would otherwise spend its life importing. A child runs the real
command with an environment of its own; it may wear a moved clock, and stop or die at a named place.
"""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from engine import crash_points, serving, wsgi
from engine.runtime.services import Services
from engine.web.factory import create_app
from tests.kit.process import environment
from tests.kit.tree import TOP

PATIENCE = 60.0
STOP, CLOCK = "TEST_STOP_AT", "TEST_CLOCK"  # of the children alone
GUNICORN = "gunicorn"
PRELOADED = ("engine.cli.main", "engine.cli.run", "engine.cli.worker", "engine.cli.apply")


@dataclass
class Child:
    """A forked program."""

    nursery: "Nursery"
    pid: int
    output: Path
    code: int | None = None

    @property
    def said(self) -> str:
        """All that it has printed so far."""
        return self.output.read_text(errors="replace") if self.output.exists() else ""

    @property
    def is_alive(self) -> bool:
        """Says whether it still runs."""
        return self.code is None and self.nursery.is_alive(self)

    def send(self, number: signal.Signals) -> None:
        """Sends a signal."""
        if self.code is None:
            os.kill(self.pid, number)

    def kill(self) -> int:
        """Kills it and returns how it has ended."""
        self.send(signal.SIGKILL)
        return self.wait()

    def wait(self) -> int:
        """Waits for its end and returns its exit code, minus the signal where one ended it."""
        if self.code is None:
            wait_until(lambda: not self.nursery.is_alive(self), f"the end of\n{self.said}")
            self.code = self.nursery.wait(self)
        return self.code

    def wait_for(self, text: str) -> None:
        """Waits until it has printed a text; fails with all that it said where it ends before."""
        wait_until(lambda: text in self.said or not self.is_alive, f"{text!r}:\n{self.said}")
        assert text in self.said, f"it never said {text!r}:\n{self.said}"

    def wait_stopped(self) -> None:
        """Waits until the process stands still."""
        stat = Path(f"/proc/{self.pid}/stat")
        wait_until(lambda: stat.read_text().rpartition(")")[2].split()[0] == "T", "no stop")


@dataclass
class Nursery:
    """The process that forks programs, and those that it has forked."""

    process: subprocess.Popen[str]
    folder: Path
    _turn: threading.Lock = field(default_factory=threading.Lock)
    _number: int = 0

    def start(self, *arguments: str | Path, **variables: str) -> Child:
        """Starts `kartoteka` with arguments, or gunicorn, in a process of its own."""
        with self._turn:
            self._number += 1
            output = self.folder / f"{self._number}.txt"
            asked = {"argv": [str(one) for one in arguments], "output": str(output)}
            pid = self._ask({**asked, "variables": variables})
        return Child(self, pid, output)

    def wait(self, child: Child) -> int:
        """Waits for the end of a child."""
        with self._turn:
            return self._ask({"wait": child.pid})

    def is_alive(self, child: Child) -> bool:
        """Says whether a child runs, or stands still."""
        with self._turn:
            return bool(self._ask({"alive": child.pid}))

    def _ask(self, asked: Mapping[str, object]) -> int:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


def wait_until(holds: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Waits until something is so."""
    deadline = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.01)


@contextmanager
def opened_nursery(folder: Path) -> Iterator[Nursery]:
    """Opens a nursery; whatever it has forked ends with it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.kit.nursery", str(folder)],
        cwd=TOP,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment({"PYTHONPATH": str(TOP)}),
    )
    with process:
        try:
            yield Nursery(process, folder)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(PATIENCE)


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """The nursery of a test process."""
    with opened_nursery(tmp_path_factory.mktemp("nursery")) as found:
        yield found


def serve_requests() -> None:
    """Forks what is asked for on standard input, until that ends."""
    for name in PRELOADED:
        __import__(name)
    keep_templates(Path(sys.argv[1]))
    children: dict[int, int | None] = {}
    for line in sys.stdin:
        asked = json.loads(line)
        if "wait" in asked:
            answer = _waited(children, asked["wait"], 0)
        elif "alive" in asked:
            answer = int(_waited(children, asked["alive"], os.WNOHANG) is None)
        else:
            answer = os.fork() or _become(**asked)
            children[answer] = None
        print(answer, flush=True)  # noqa: T201 - the answer to whoever asks
    for pid in [one for one, code in children.items() if code is None]:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def keep_templates(folder: Path) -> None:
    """Lets programs that live for half a second find their templates compiled."""

    def create(current: Callable[[], Services]) -> Flask:
        app = create_app(current)
        app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(folder))
        return app

    for module in (serving, wsgi):
        setattr(module, "create_app", create)  # noqa: B010 - in the process of the nursery


def _waited(children: dict[int, int | None], pid: int, options: int) -> Any:
    """Returns how a child has ended, None while it runs."""
    if children[pid] is None:
        found, status = os.waitpid(pid, options)
        children[pid] = os.waitstatus_to_exitcode(status) if found else None
    return children[pid]


def _become(argv: list[str], output: str, variables: dict[str, str]) -> NoReturn:
    """Become the program that was asked for."""
    _redirect(output)
    os.environ.update(variables)
    random.seed()
    crash_points.arm(variables.get(crash_points.VARIABLE))
    if place := variables.get(STOP):
        crash_points.arm_with(_stopping_at(place))
    if clock := variables.get(CLOCK):
        from tests.kit.moved_clock import MovedClock, wear  # noqa: PLC0415 - of some children

        wear(MovedClock(Path(clock)))
    os._exit(_run(argv))


def _redirect(output: str) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    said = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for target, source in ((0, nothing), (1, said), (2, said)):
        os.dup2(source, target)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _run(argv: list[str]) -> int:
    try:
        if argv[0] == GUNICORN:
            _serve_a_company(argv)
        else:
            from engine.cli.main import main  # noqa: PLC0415 - imported before the fork

            main(args=argv)
    except SystemExit as end:
        return int(end.code or 0)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def _serve_a_company(argv: list[str]) -> None:
    from gunicorn.app.wsgiapp import run  # noqa: PLC0415 - of some children

    sys.argv = argv
    run()


def _stopping_at(place: str) -> Callable[[str], None]:
    """Returns what lets the process stand still at the first pass of a place."""
    left = [place]

    def pass_by(passed: str) -> None:
        if passed in left:
            left.clear()
            # To this thread: sent to the process it might come a transaction later.
            signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)

    return pass_by


if __name__ == "__main__":
    serve_requests()
