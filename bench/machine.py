"""The machine and the versions that figures belong to."""

from __future__ import annotations

import os
import platform
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from bench.processes import MEBIBYTE


def machine(postgres: str) -> list[tuple[str, str]]:
    """Return what the figures were measured on."""
    return [
        ("date", f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"),
        ("CPU", f"{os.cpu_count()} cores, {_cpu()}"),
        ("memory", f"{_memory():,.0f} MiB"),
        ("system", f"{platform.system()} {platform.release()}"),
        ("Python", platform.python_version()),
        ("SQLite", sqlite3.sqlite_version),
        ("PostgreSQL", postgres or "not measured"),
        ("load before", " ".join(f"{one:.2f}" for one in os.getloadavg())),
    ]


def _cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _memory() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / MEBIBYTE
