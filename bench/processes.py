"""What processes use: CPU seconds and memory as the kernel counts them."""

from __future__ import annotations

import os
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")
MEBIBYTE = 1024 * 1024


def cpu_of(pid: int) -> float:
    """Return the CPU seconds of a process, in its own code and in the kernel."""
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / TICK


def cpu_of_children(pid: int) -> dict[int, float]:
    """Return the CPU seconds of each child of a process: the backends of PostgreSQL."""
    found: dict[int, float] = {}
    for folder in PROC.iterdir():
        if folder.name.isdecimal():
            try:
                fields = _stat(int(folder.name))
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(fields[1]) == pid:
                found[int(folder.name)] = (int(fields[11]) + int(fields[12])) / TICK
    return found


def memory_of(pid: int) -> float:
    """Return the resident memory of a process in MiB."""
    for line in (PROC / str(pid) / "status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / MEBIBYTE
    return 0.0


def _stat(pid: int) -> list[str]:
    """Return the fields of a process behind its name."""
    return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
