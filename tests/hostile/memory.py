"""How much memory a stretch of work takes at most, beyond what was held before it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

OF_THIS_PROCESS = Path("/proc/self")


def memory(name: str) -> float:
    """Returns MiB of this process: what it holds now (VmRSS), or held at most (VmHWM)."""
    lines = (OF_THIS_PROCESS / "status").read_text(encoding="ascii").splitlines()
    return next(int(one.split()[1]) for one in lines if one.startswith(f"{name}:")) / 1024


@contextmanager
def most_memory() -> Iterator[Callable[[], float]]:
    """Yields what returns the MiB that were taken at most since the beginning."""
    (OF_THIS_PROCESS / "clear_refs").write_text("5", encoding="ascii")  # the most begins anew
    before = memory("VmRSS")
    yield lambda: memory("VmHWM") - before
