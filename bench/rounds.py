"""The comparison: engine, hand, engine, hand, case by case and round by round, in one run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles

from bench.client import Client, Job, Took
from bench.processes import cpu_of, cpu_of_children
from bench.sides import Side

TWENTIETHS = 20


@dataclass(slots=True)
class Measured:
    """What one side took for one case over some connections, all rounds together."""

    latencies: list[float] = field(default_factory=list)
    medians: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    cpus: list[float] = field(default_factory=list)
    backends: list[float] = field(default_factory=list)

    @property
    def p50(self) -> float:
        """Return the median of the rounds' median latencies, in seconds."""
        return median(self.medians)

    @property
    def p95(self) -> float:
        """Return what one request in twenty took longer than."""
        return quantiles(self.latencies, n=TWENTIETHS)[-1]

    @property
    def rate(self) -> float:
        """Return the requests a second."""
        return median(self.rates)

    @property
    def cpu(self) -> float:
        """Return the CPU seconds of the server's process for a request."""
        return median(self.cpus)

    @property
    def backend(self) -> float:
        """Return the CPU seconds of the database's processes for a request."""
        return median(self.backends)


@dataclass(frozen=True, slots=True)
class Key:
    """Which database, which side, which case, over how many connections."""

    kind: str
    side: str
    case: str
    connections: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured, and for how long."""

    cases: Sequence[str]
    connections: Sequence[int]
    rounds: int
    seconds: float


def compare(
    client: Client,
    sides: Sequence[Side],
    plan: Plan,
    postmaster: int | None,
    tell: Callable[[str], None],
) -> dict[Key, Measured]:
    """Measure all cases on both sides in turn; the first round warms up and is not counted."""
    found: dict[Key, Measured] = {}
    for number in range(plan.rounds + 1):
        tell(f"round {number} of {plan.rounds}" if number else "warming up")
        for case in plan.cases:
            for connections in plan.connections:
                for side in sides if number % 2 else sides[::-1]:
                    seconds = plan.seconds if number else plan.seconds / 3
                    job = Job(side.port, side.cookie, case, connections, seconds, side.key)
                    one = measure(client, side, job, postmaster)
                    if number:
                        key = Key(side.kind, side.name, case, connections)
                        add(found.setdefault(key, Measured()), *one)
    return found


def measure(
    client: Client, side: Side, job: Job, postmaster: int | None
) -> tuple[Took, float, float]:
    """Do a job; return what it took and the CPU seconds of the server and of the backends."""
    before = cpu_of(side.process.pid)
    backends = cpu_of_children(postmaster) if postmaster else {}
    took = client.run(job)
    cpu = cpu_of(side.process.pid) - before
    after = cpu_of_children(postmaster) if postmaster else {}
    used = sum(seconds - backends.get(pid, 0.0) for pid, seconds in after.items())
    return took, cpu, used


def add(measured: Measured, took: Took, cpu: float, backend: float) -> None:
    """Add a batch to what was measured before."""
    count = len(took.latencies)
    measured.latencies.extend(took.latencies)
    measured.medians.append(median(took.latencies))
    measured.rates.append(count / took.seconds)
    measured.cpus.append(cpu / count)
    measured.backends.append(backend / count)
