"""Measures everything: `python -m bench.measure`, by way of `make bench` and `make bench-large`."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import click
from sqlalchemy import create_engine, text

from bench import report
from bench.cases import CASES, DEPTH
from bench.client import client
from bench.counting import count_queries
from bench.databases import SIDES, Pair, postgres_pair, sqlite_pair
from bench.figures.bulk import bulk
from bench.figures.changing import add_field
from bench.figures.checking import check_time
from bench.figures.programs import programs
from bench.figures.rules import silent_rules
from bench.log import quiet, tell
from bench.machine import machine
from bench.rounds import Key, Measured, Plan, compare
from bench.sides import served, world_of
from bench.weights import Weight, weigh

DEALS_OF_A_PAGE = 500  # of all deals, as the seller sees a fifth of them
KINDS = ("sqlite", "postgresql")
Figures = list[tuple[str, str]]
Compared = tuple[Pair, dict[Key, Measured], dict[str, dict[str, int]], list[Weight]]


@dataclass(slots=True)
class Run:
    """One run: what is measured, and what came of it."""

    deals: int
    plan: Plan
    folder: Path
    with_figures: bool
    compared: list[Compared] = field(default_factory=list)
    figures: Figures = field(default_factory=list)
    postgres: str = ""

    def measure(self, kinds: Sequence[str]) -> None:
        """Measure everything that was asked for."""
        for kind in kinds:
            with self.pair_of(kind) as pair:
                self.compare_pair(pair)
                if self.with_figures:
                    self.measure_loaded(pair)
        if self.with_figures:
            tell("checking a large configuration, rules that do not listen")
            self.figures += check_time(self.folder)
            self.figures += silent_rules(self.folder)

    @contextmanager
    def pair_of(self, kind: str) -> Iterator[Pair]:
        """Fill the databases of one kind."""
        tell(f"{kind}: loading {self.deals:,} deals")
        pair = sqlite_pair(self.folder, self.deals) if kind == "sqlite" else None
        with pair or postgres_pair(self.deals) as filled:
            tell(f"{kind}: loaded in {filled.loaded.seconds:.0f} s")
            yield filled

    def compare_pair(self, pair: Pair) -> None:
        """Measure both sides of one kind of database."""
        depth = min(DEPTH, self.deals // DEALS_OF_A_PAGE)
        queries = count_queries(pair.urls, pair.loaded.cookie, self.plan.cases)
        with ExitStack() as stack:
            engine, hand = (stack.enter_context(served(pair, name)) for name in SIDES)
            runner = stack.enter_context(client())
            worlds = {side.name: world_of(side, depth) for side in (engine, hand)}
            weights = weigh(engine, hand, worlds["engine"])
            for side in (engine, hand):
                runner.know(side.key, worlds[side.name])
            found = compare(runner, (engine, hand), self.plan, pair.postmaster, tell)
            if self.with_figures:
                tell(f"{pair.kind}: a new field while people write")
                self.figures += add_field(self.folder, engine, runner)
        self.compared.append((pair, found, queries, weights))
        if pair.kind == "postgresql":
            self.postgres = version_of(pair.urls["engine"])

    def measure_loaded(self, pair: Pair) -> None:
        """Measure what needs loaded data and no rival."""
        tell(f"{pair.kind}: many records at once, programs")
        self.figures += bulk(pair.kind, pair.urls["engine"])
        if pair.kind == "sqlite":
            self.figures += programs(self.folder / "engine", pair.loaded.cookie)

    def report(self) -> str:
        """Return all tables."""
        about = machine(self.postgres)
        return report.part(self.deals, self.plan, about, self.compared, self.figures)


def version_of(url: str) -> str:
    """Return the version of a PostgreSQL server."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = connection.scalar(text("SHOW server_version"))
    engine.dispose()
    return str(found)


@click.command()
@click.option("--deals", default=100_000, show_default=True, help="How many deals are loaded.")
@click.option("--rounds", default=3, show_default=True, help="Rounds beside the warming up.")
@click.option("--seconds", default=0.7, show_default=True, help="Of each case in a round.")
@click.option("--cases", default="", help="Some of the cases, separated by commas.")
@click.option("--kinds", default=",".join(KINDS), show_default=True, help="Kinds of databases.")
@click.option("--connections", default="1,8", show_default=True, help="Over how many at once.")
@click.option("--write", is_flag=True, help="Write bench/RESULTS.md, with all further figures.")
def main(
    deals: int, rounds: int, seconds: float, cases: str, kinds: str, connections: str, write: bool
) -> None:
    """Measure the engine against the same pages written by hand."""
    quiet()
    chosen = [one.strip() for one in cases.split(",") if one.strip()] or list(CASES)
    plan = Plan(chosen, [int(one) for one in connections.split(",")], rounds, seconds)
    with tempfile.TemporaryDirectory(prefix="kartoteka-bench-") as folder:
        run = Run(deals, plan, Path(folder), with_figures=write and not cases)
        run.measure(kinds.split(","))
        said = run.report()
    click.echo(said)
    if write and not cases:  # a part of the cases is a look, not a result
        report.write(deals, said)


if __name__ == "__main__":
    main()
