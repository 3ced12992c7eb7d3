"""The programs as people start them: the time to the first answer, and memory."""

from __future__ import annotations

import http.client
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, STDOUT, Popen
from time import perf_counter, sleep

from bench.loading import SUBJECT
from bench.processes import memory_of

PROGRAM = "from engine.cli.main import main; main()"
SETTLED = 2.0
REQUESTS = 1_000
PATHS = ("/deal", "/my-day", "/views/board", "/search?q=Kitchen+99", "/deal/new")


def programs(data: Path, cookie: str) -> list[tuple[str, str]]:
    """Measure `run` on loaded data, and a worker beside it."""
    began = perf_counter()
    with started("run", SUBJECT, "--port", "0", "--data", data, until="Ctrl-C stops it.") as run:
        process, said = run
        port = int(re.findall(r"served at http://[^:]+:(\d+)", said)[0])
        ask(port, "/sign-in", "")
        first = perf_counter() - began
        sleep(SETTLED)
        idle = memory_of(process.pid)
        for number in range(REQUESTS):
            ask(port, PATHS[number % len(PATHS)], f"kartoteka_{port}={cookie}")
        worked = memory_of(process.pid)
    with started("worker", "--data", data, until="Working.") as (process, _):
        sleep(SETTLED)
        worker = memory_of(process.pid)
    return [
        ("`run` on loaded data, to the first answer", f"{first:.2f} s"),
        ("memory of `run` (web and worker), idle", f"{idle:.0f} MiB"),
        (f"memory of `run` after {REQUESTS:,} requests", f"{worked:.0f} MiB"),
        ("memory of a `worker` process, idle", f"{worker:.0f} MiB"),
    ]


@contextmanager
def started(*words: str | Path, until: str) -> Iterator[tuple[Popen[str], str]]:
    """Start a command until the block ends; yields it once it has said something."""
    command = (sys.executable, "-c", PROGRAM, *map(str, words))
    with Popen(command, stdout=PIPE, stderr=STDOUT, stdin=subprocess.DEVNULL, text=True) as process:
        said = ""
        try:
            assert process.stdout is not None  # noqa: S101 - it was opened with a pipe
            for line in process.stdout:
                said += line
                if until in line:
                    break
            yield process, said
        finally:
            process.terminate()


def ask(port: int, path: str, cookie: str) -> None:
    """Ask for a page."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers={"Cookie": cookie})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 200:  # noqa: PLR2004 - the status of HTTP
        raise ValueError(f"{path}: {answer.status}")
