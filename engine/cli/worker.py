"""`kartoteka worker`: timers and the outbox of a database, in a process of their own."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from threading import Event

import click

from engine.app import applied_application
from engine.automation.nightly import backing_up
from engine.automation.worker import Worker, working
from engine.cli import output
from engine.cli.place import place_of, place_options
from engine.log import start_logging
from engine.serving import Current, stop_on_signal
from engine.settings import read_settings

BEAT = 1.0  # seconds


@click.command("worker", epilog="Example: kartoteka worker --database postgresql://crm@db/crm")
@click.option("--once", is_flag=True, help="Do what is due now, then end.")
@place_options
def command(once: bool, data: Path | None, database: str | None) -> int:
    """Wake timers and work through the outbox until Ctrl-C.

    `kartoteka run` does this by itself. Workers beside it, in any number, share the work: each
    timer is fired once. They follow what is applied.
    """
    stop_on_signal()
    settings = read_settings(os.environ)
    start_logging(settings.log, settings.log_level)
    opened = place_of(None, data, database).open_existing()
    try:
        current = Current(applied_application(opened), opened, settings)
        if once:
            output.show(f"Done: {Worker(current).run_due()}.")
        else:
            work(current)
    finally:
        opened.dispose()
    return output.Exit.FINE


def work(current: Current) -> None:
    """Work until somebody stops the process; what is begun is brought to its end."""
    with working(current), backing_up(current), suppress(KeyboardInterrupt):
        output.show("Working. Ctrl-C stops it.")
        sys.stdout.flush()  # a service manager reads this through a pipe
        while True:  # a signal that another thread has caught is heard at the next beat
            Event().wait(BEAT)
    output.show("Stopped.")
