"""One serving process for one data folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.errors import Refused
from engine.runtime.run_lock import FILE, run_lock

HOLD = """
import sys
from pathlib import Path
from engine.runtime.run_lock import run_lock
with run_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_second_is_told_who_the_first_is(tmp_path: Path) -> None:
    with (
        run_lock(tmp_path),
        pytest.raises(Refused, match=f"by process {os.getpid()}"),
        run_lock(tmp_path),
    ):
        pass
    with run_lock(tmp_path):
        assert (tmp_path / FILE).read_text() == f"{os.getpid()}\n"
    assert (tmp_path / FILE).read_text() == ""


def test_a_killed_process_keeps_nobody_out(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(Refused, match=f"by process {other.pid}"), run_lock(tmp_path):
            pass
        other.kill()
        other.wait()
    with run_lock(tmp_path):
        assert (tmp_path / FILE).read_text() == f"{os.getpid()}\n"
