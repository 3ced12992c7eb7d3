"""How many examples a property is tried with: a few before a commit, many in `make nightly`."""

import os

PROFILE = os.environ.get("KARTOTEKA_EXAMPLES", "commit")


def examples(commit: int, *, nightly: int) -> int:
    """Returns the number that holds for this run."""
    return {"commit": commit, "nightly": nightly}[PROFILE]
