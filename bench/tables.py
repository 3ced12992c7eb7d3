"""What was measured, as tables in Markdown: ratios first, because they outlive the machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bench.rounds import Key, Measured
from bench.weights import Weight

Queries = Mapping[str, Mapping[str, int]]


def table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """Return a table whose columns stand under each other."""
    widths = [max(len(line[at]) for line in (head, *lines)) for at in range(len(head))]
    rule = ["-" * (width - 1) + ":" if at else "-" * width for at, width in enumerate(widths)]
    return "\n".join(_line(line, widths) for line in (head, rule, *lines))


def ratios(kind: str, found: Mapping[Key, Measured], queries: Queries) -> str:
    """Return the ratios of one kind of database: engine by hand."""
    head = (
        *("case", "latency, 1", "CPU, 1", "engine ms", "hand ms", "engine CPU ms", "hand CPU ms"),
        *("engine queries", "hand queries"),
    )
    return table(head, list(_ratio_lines(kind, found, queries)))


def _ratio_lines(
    kind: str, found: Mapping[Key, Measured], queries: Queries
) -> Iterator[tuple[str, ...]]:
    for case in _cases(kind, found):
        engine, hand = (found[Key(kind, side, case, 1)] for side in ("engine", "hand"))
        yield (
            case,
            ratio(engine.p50, hand.p50),
            ratio(engine.cpu, hand.cpu),
            ms(engine.p50),
            ms(hand.p50),
            ms(engine.cpu),
            ms(hand.cpu),
            *(str(queries.get(side, {}).get(case, "")) for side in ("engine", "hand")),
        )


def details(kind: str, found: Mapping[Key, Measured]) -> str:
    """Return everything of one kind of database, by connections."""
    head = (
        *("case", "conn.", "side", "p50 ms", "p95 ms", "req/s", "CPU ms", "backend CPU ms"),
        "requests",
    )
    lines = [
        (
            *(key.case, str(key.connections), key.side, ms(one.p50), ms(one.p95)),
            *(f"{one.rate:,.1f}", ms(one.cpu), ms(one.backend), f"{len(one.latencies):,}"),
        )
        for key, one in sorted(found.items(), key=lambda pair: _place(pair[0], kind, found))
        if key.kind == kind
    ]
    return table(head, lines)


def weights(found: Sequence[Weight]) -> str:
    """Return how the pages of both sides compare."""
    head = ("page", "engine bytes", "hand bytes", "engine elements", "hand elements", "apart")
    return table(
        head,
        [
            (
                *(one.case, f"{one.engine[0]:,}", f"{one.hand[0]:,}"),
                *(f"{one.engine[1]:,}", f"{one.hand[1]:,}", f"{one.apart:.1%}"),
            )
            for one in found
        ],
    )


def ratio(engine: float, hand: float) -> str:
    """Write how many times as much the engine takes."""
    return f"{engine / hand:.2f}" if hand else ""


def ms(seconds: float) -> str:
    """Write seconds as milliseconds."""
    return f"{seconds * 1000:.1f}"


def _cases(kind: str, found: Mapping[Key, Measured]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key.case for key in found if key.kind == kind))


def _place(key: Key, kind: str, found: Mapping[Key, Measured]) -> tuple[int, int, str]:
    cases = _cases(kind, found)
    return (cases.index(key.case) if key.case in cases else 0, key.connections, key.side)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [
        cell.rjust(width) if at else cell.ljust(width)
        for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return f"| {' | '.join(padded)} |"
