"""What the crash loops came to, in one line each, at the end of a test run."""

import time
from collections.abc import Callable

import pytest

from tests.kit.crash_judge import Judged

LINE = "crash"
Report = Callable[[str, str, Judged], None]


@pytest.fixture
def report(request: pytest.FixtureRequest) -> Report:
    """Notes the line of a loop: what happened to it, events, lost, done twice, seconds."""
    begun = time.monotonic()

    def note(name: str, faults: str, judged: Judged) -> None:
        line = (
            f"{name}: {faults}, {judged.events} events, {judged.acknowledged} acknowledged, "
            f"{len(judged.lost)} lost, {len(judged.doubled)} duplicates, "
            f"{time.monotonic() - begun:.0f} s"
        )
        request.node.user_properties.append((LINE, line))

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints the lines of all loops."""
    lines = [
        line
        for some in terminalreporter.stats.values()
        for one in some
        if isinstance(one, pytest.TestReport) and one.when == "call"
        for name, line in one.user_properties
        if name == LINE
    ]
    if lines:
        terminalreporter.section("crash loops")
        for line in sorted(map(str, lines)):
            terminalreporter.write_line(line)
