"""How long `check` takes for a configuration of 5,000 lines, made of copies of the kitchen."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from time import perf_counter, process_time

from engine.metadata.load import load
from engine.resources import resource_dir

LINES = 5_000
TIMES = 3
COPIED = ("requests.yaml", "clients.yaml", "deals.yaml", "views.yaml", "people.yaml")
SECTION = re.compile(r"^(entities|pipelines|views|automations|roles|scopes|teams):")
ID = re.compile(r"^  ([a-z][a-z0-9_]*):")
CHECK = (sys.executable, "-c", "from engine.cli.main import main; main()", "check")


def check_time(folder: Path) -> list[tuple[str, str]]:
    """Measure the check of a large configuration, in a new process and in a warm one."""
    place = folder / "large"
    lines = make_large(place)
    result = load(place)
    if result.problems:
        raise ValueError(result.problems[0])
    walls, cpus, warm = [], [], []
    for _ in range(TIMES):
        began, used = perf_counter(), cpu_of_ended()
        subprocess.run((*CHECK, place), check=True, stdout=subprocess.DEVNULL)
        walls.append(perf_counter() - began)
        cpus.append(cpu_of_ended() - used)
        began = process_time()
        load(place)
        warm.append(process_time() - began)
    return [
        (f"`check` of {lines:,} lines, a new process", f"{median(walls):.2f} s"),
        (f"`check` of {lines:,} lines, CPU of a new process", f"{median(cpus):.2f} s"),
        (f"`check` of {lines:,} lines, CPU in a warm process", f"{median(warm):.2f} s"),
    ]


def cpu_of_ended() -> float:
    """Return the CPU seconds of all processes that this one has started and that have ended."""
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def make_large(place: Path) -> int:
    """Copy the kitchen, then what it declares again and again under other ids."""
    kitchen = resource_dir("examples") / "kitchen-sales"
    shutil.copytree(kitchen, place, ignore=shutil.ignore_patterns("demo", ".kartoteka"))
    texts = {one: (place / one).read_text() for one in COPIED}
    known = sorted({name for text in texts.values() for name in declared(text)})
    pattern = re.compile(rf"\b({'|'.join(known)})\b")
    copy = 1
    while (lines := line_count(place)) < LINES:
        copy += 1
        for name, text in texts.items():
            renamed = pattern.sub(rf"\1_{copy}", text)
            (place / f"copy{copy}_{name}").write_text(renamed)
    return lines


def declared(text: str) -> list[str]:
    """Return the ids of what a file declares."""
    found, is_inside = [], False
    for line in text.splitlines():
        if line and not line.startswith((" ", "#")):
            is_inside = SECTION.match(line) is not None
        elif is_inside and (match := ID.match(line)):
            found.append(match[1])
    return found


def line_count(place: Path) -> int:
    """Return how many lines a folder has."""
    return sum(len(one.read_text().splitlines()) for one in place.glob("*.yaml"))
