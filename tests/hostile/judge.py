"""A program that does what it is asked in a child of its own, within limits of memory and time.

Each line of its input is a list: the name of something to do, and its operand. Each line of its
output says what came of it, how many seconds of the processor it took and how many MiB of memory.
"""

import gc
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from engine.metadata.expressions.compile import check_text, typed_node
from engine.metadata.expressions.evaluate import MappingContext, closure
from engine.metadata.expressions.templates import parse_template
from engine.metadata.expressions.templates import render as render_template
from engine.metadata.load import load, load_sources
from engine.metadata.model.application import Workdays
from engine.metadata.model.text import Template
from engine.metadata.moments import parse_moment, resolve_moment
from engine.metadata.problems import render
from tests.hostile.memory import memory
from tests.metadata.expressions.sample import MARK, SCOPE

MEMORY = 256 * 2**20
NOON = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
SOFIA = ZoneInfo("Europe/Sofia")
LONG = "ab" * 500_000
RECORD = MappingContext(
    {
        ("name",): LONG,
        ("comment",): LONG,
        ("client", "name"): LONG,
        ("count",): 2**63 - 1,
        ("factor",): Decimal("9" * 18),
        ("due",): NOON,
        ("start",): NOON.date(),
    },
    NOON,
    SOFIA,
)
SECONDS = 4  # the end of a child; what is promised is judged by what it took


def load_folder(folder: str) -> list[list[Any]]:
    """Loads a folder and shows its problems: code, file, line and what an author reads."""
    result = load(Path(folder))
    shown = [render(one, result.sources) for one in result.problems]
    marks = [(one.code, one.mark.file, one.mark.line) for one in result.problems]
    return [[*mark, text[:300]] for mark, text in zip(marks, shown, strict=True)]


def run_expression(text: str) -> str:
    """Reads an expression and, where it may be one, works it out for a record with long texts."""
    node, _ = check_text(text, SCOPE, None)
    if node is None:
        return "refused"
    closure(typed_node(node))(RECORD)
    return "runs"


def fill_template(text: str) -> str:
    """Reads a text with expressions in it and fills it in."""
    template, _ = parse_template(Template(text, MARK, "deal.title"), SCOPE)
    if template is None:
        return "refused"
    render_template(template, RECORD, lambda value, _: str(value))
    return "runs"


def read_moment(text: str) -> str:
    """Reads a moment as people write it."""
    try:
        resolve_moment(parse_moment(text), NOON, SOFIA, Workdays())
    except (ValueError, OverflowError):
        return "refused"
    return "runs"


DEEDS: Mapping[str, Callable[[str], Any]] = MappingProxyType(
    {
        "load": load_folder,
        "expression": run_expression,
        "template": fill_template,
        "moment": read_moment,
    }
)


def in_child(name: str, operand: str, writer: int) -> None:
    """Does it within limits and writes the outcome."""
    used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * 4096
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    before, began = memory("VmRSS"), time.process_time()
    try:
        outcome: dict[str, Any] = {"found": DEEDS[name](operand)}
    except BaseException as error:  # noqa: BLE001 - that is what is looked for
        outcome = {"error": f"{type(error).__name__}: {error}"[:500]}
    outcome["seconds"] = time.process_time() - began
    outcome["mebibytes"] = memory("VmHWM") - before
    with os.fdopen(writer, "w") as pipe:
        json.dump(outcome, pipe)


def judged(name: str, operand: str) -> dict[str, Any]:
    """Returns what came of it."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        in_child(name, operand, writer)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        text = pipe.read()
    _, status, usage = os.wait4(child, 0)
    outcome = json.loads(text) if text else {"error": f"ended by {status}", "mebibytes": 0}
    return {"seconds": usage.ru_utime + usage.ru_stime, **outcome}


if __name__ == "__main__":
    load_sources({"crm.yaml": "name: shop"})  # what is read once is no part of what is measured
    gc.freeze()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(judged(*json.loads(line))) + "\n")
        sys.stdout.flush()
