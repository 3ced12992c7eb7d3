"""What a run says while it works; the engine's own log is kept to what goes wrong."""

from __future__ import annotations

import logging
import sys
from time import perf_counter

import structlog

BEGAN = perf_counter()


def tell(line: str) -> None:
    """Say how far the run is."""
    sys.stderr.write(f"[{perf_counter() - BEGAN:6.1f} s] {line}\n")
    sys.stderr.flush()


def quiet() -> None:
    """Let the engine log errors alone in this process."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
