"""Measures everything: `python -m bench.measure`, by way of `make bench` and `make bench-large`."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from bench import tables
from bench.cases import CASES, DEPTH
from bench.client import client
from bench.counting import count_queries
from bench.databases import SIDES, Pair, postgres_pair, sqlite_pair
from bench.log import tell
from bench.rounds import Key, Measured, Plan, compare
from bench.sides import served, world_of
from bench.weights import Weight, weigh

DEALS_OF_A_PAGE = 500  # of all deals, as the seller sees a fifth of them
KINDS = ("sqlite", "postgresql")


@dataclass(frozen=True, slots=True)
class Compared:
    """One kind of database, measured."""

    pair: Pair
    queries: dict[str, dict[str, int]]
    weights: list[Weight]
    found: dict[Key, Measured]


@contextmanager
def pair_of(kind: str, folder: Path, deals: int) -> Iterator[Pair]:
    """Fill the databases of one kind."""
    tell(f"{kind}: loading {deals:,} deals")
    with sqlite_pair(folder, deals) if kind == "sqlite" else postgres_pair(deals) as pair:
        tell(f"{kind}: loaded in {pair.loaded.seconds:.0f} s")
        yield pair


def compare_pair(pair: Pair, plan: Plan, deals: int) -> Compared:
    """Measure both sides of one kind of database."""
    depth = min(DEPTH, deals // DEALS_OF_A_PAGE)
    queries = count_queries(pair.urls, pair.loaded.cookie, plan.cases)
    with ExitStack() as stack:
        engine, hand = (stack.enter_context(served(pair, name)) for name in SIDES)
        sides = (engine, hand)
        runner = stack.enter_context(client())
        worlds = {side.name: world_of(side, depth) for side in sides}
        weights = weigh(engine, hand, worlds["engine"])
        for side in sides:
            runner.know(side.key, worlds[side.name])
        found = compare(runner, sides, plan, lambda _kind: pair.postmaster, tell)
    return Compared(pair, queries, weights, found)


def report(compared: Sequence[Compared], deals: int) -> str:
    """Return all tables of the comparison."""
    parts = []
    for one in compared:
        parts += [
            f"## {one.pair.kind}, {deals:,} deals: engine / hand",
            tables.ratios(one.pair.kind, one.found, one.queries),
            "### All figures",
            tables.details(one.pair.kind, one.found),
            "### Weights",
            tables.weights(one.weights),
        ]
    return "\n\n".join(parts)


@click.command()
@click.option("--deals", default=100_000, show_default=True, help="How many deals are loaded.")
@click.option("--rounds", default=3, show_default=True, help="Rounds beside the warming up.")
@click.option("--seconds", default=1.0, show_default=True, help="Of each case in a round.")
@click.option("--cases", default="", help="Some of the cases, separated by commas.")
@click.option("--kinds", default=",".join(KINDS), show_default=True, help="Kinds of databases.")
@click.option("--connections", default="1,8", show_default=True, help="Over how many at once.")
def main(deals: int, rounds: int, seconds: float, cases: str, kinds: str, connections: str) -> None:
    """Measure the engine against the same pages written by hand."""
    chosen = [one.strip() for one in cases.split(",") if one.strip()] or list(CASES)
    plan = Plan(chosen, [int(one) for one in connections.split(",")], rounds, seconds)
    compared = []
    with tempfile.TemporaryDirectory(prefix="kartoteka-bench-") as folder:
        for kind in kinds.split(","):
            with pair_of(kind, Path(folder), deals) as pair:
                compared.append(compare_pair(pair, plan, deals))
    click.echo(report(compared, deals))


if __name__ == "__main__":
    main()
