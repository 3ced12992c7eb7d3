"""Many people who do something at one moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from engine.errors import EngineError
from engine.runtime.records.changes import Saved

CROWD = 20
Results = list[Saved | EngineError]


def at_once(deed: Callable[[int], Saved]) -> Results:
    """Does a thing twenty times at once and returns what came of each."""
    barrier = Barrier(CROWD)

    def one(number: int) -> Saved | EngineError:
        barrier.wait()
        try:
            return deed(number)
        except EngineError as error:
            return error

    with ThreadPoolExecutor(CROWD) as pool:
        return list(pool.map(one, range(CROWD)))
