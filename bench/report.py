"""Writes RESULTS.md: a part for each number of deals, each with the machine and its date."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench import tables
from bench.databases import Pair
from bench.rounds import Key, Measured, Plan
from bench.weights import Weight

RESULTS = Path(__file__).parent / "RESULTS.md"
PART = re.compile(r"^# ([\d,]+) deals$", re.MULTILINE)
HEAD = """\
Measured by `make bench` and `make bench-large`; nothing here is edited by hand. Ratios are engine /
hand-written: 1.00 is equal, 2.00 is twice as much. Why it is measured so, and what the hand-written
pages leave out, stands in docs/decisions/0066-measured-against-hand-written.md.
"""
METHOD = """\
Two programs in processes of their own, waitress with 8 threads each, on two databases with the
same content, the second a copy of the first: people and clients made by the engine, deals, history,
stays, notes and tasks loaded by direct SQL, both analysed. A client in a third process, connections
kept alive. Case by case the sides take turns, in the other order every other round; a first round
warms up and is not counted. {rounds} rounds of {seconds} s for each case, side and number of
connections. Latency: median of the rounds' medians. CPU: of the server's process per request, from
/proc/<pid>/stat; `backend` is that of PostgreSQL's processes. The worker runs in neither process.
SQLite and PostgreSQL wait for the disk at every commit. A page of the hand-written side must have
the bytes and elements of the engine's, within 5 %, or nothing is measured.
"""


def part(
    deals: int,
    plan: Plan,
    machine: Sequence[tuple[str, str]],
    compared: Sequence[tuple[Pair, Mapping[Key, Measured], tables.Queries, Sequence[Weight]]],
    figures: Sequence[tuple[str, str]],
) -> str:
    """Return the part of RESULTS.md about one number of deals."""
    texts = [f"# {deals:,} deals", tables.table(("machine", ""), machine)]
    texts.append(METHOD.format(rounds=plan.rounds, seconds=plan.seconds).strip())
    for pair, found, queries, _ in compared:
        texts.append(f"## {pair.kind}: engine / hand-written, one connection")
        texts.append(tables.ratios(pair.kind, found, queries))
    if figures:
        texts += ["## Further figures", tables.table(("what", "measured"), figures)]
    for pair, found, _, weights in compared:
        texts += [f"## {pair.kind}: all figures", tables.details(pair.kind, found)]
        texts += [f"## {pair.kind}: weights of the pages", tables.weights(weights)]
    return "\n\n".join(texts)


def write(deals: int, text: str, path: Path = RESULTS) -> None:
    """Put a part into RESULTS.md in the place of the one of the same number of deals."""
    known = parts_of(path.read_text("utf-8")) if path.exists() else {}
    known[deals] = text
    ordered = [known[one].strip() for one in sorted(known)]
    path.write_text("\n\n".join((HEAD.strip(), *ordered)) + "\n", "utf-8")


def parts_of(text: str) -> dict[int, str]:
    """Return the parts that stand in a file, by their numbers of deals."""
    _, *pieces = PART.split(text)
    return {
        int(number.replace(",", "")): f"# {number} deals{body}"
        for number, body in zip(pieces[::2], pieces[1::2], strict=True)
    }
