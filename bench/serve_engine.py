"""The engine's web part alone, as `kartoteka run` serves it: `python -m bench.serve_engine URL`.

The worker is left out, so that what this process uses is what its requests cost.
"""

from __future__ import annotations

import sys

from engine.app import applied_application
from engine.cli.run import settings_for
from engine.log import start_logging
from engine.runtime.database import Database
from engine.serving import Current, listen, serve, stop_on_signal
from engine.settings import Settings

HOST = "127.0.0.1"


def main(url: str) -> None:
    """Serve the version that is applied to a database; says the port when it listens."""
    stop_on_signal()
    database = Database(url)
    with listen(HOST, 0) as listener:
        settings = settings_for(Settings(), HOST, listener)
        start_logging(settings.log, settings.log_level)
        current = Current(applied_application(database), database, settings)
        sys.stdout.write(f"{listener.getsockname()[1]}\n")
        sys.stdout.flush()
        serve(current, listener)


if __name__ == "__main__":
    main(sys.argv[1])
