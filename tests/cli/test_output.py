"""The one printer: how far a long work is."""

import sys
from contextlib import suppress
from io import StringIO

import pytest

from engine.cli.output import progress


class Terminal(StringIO):
    """Somebody who watches."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("watched, said", [(Terminal(), "\r1 of 20\r20 of 20\n"), (StringIO(), "")])
def test_progress_is_one_line_for_whoever_watches(
    watched: StringIO, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", watched)
    with progress(lambda done, total: f"{done} of {total}") as tell:
        tell(1, 20)
        tell(20, 20)
    assert watched.getvalue() == said


def test_an_error_begins_a_line_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with suppress(ValueError), progress(lambda *_: "half") as tell:
        tell(1, 2)
        raise ValueError
    assert terminal.getvalue() == "\rhalf\n"
