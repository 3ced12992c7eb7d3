"""The project's own files, for guards that read them."""

import subprocess
from functools import cache
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent


@cache
def tracked_files(*folders: str) -> tuple[Path, ...]:
    """Returns the files that belong to the project, those not yet committed among them."""
    result = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *folders],
        cwd=TOP,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    paths = (TOP / name for name in sorted(set(result.stdout.split("\0"))) if name)
    return tuple(path for path in paths if path.is_file())


def python_files(*folders: str) -> tuple[Path, ...]:
    """Returns the Python files among them."""
    return tuple(path for path in tracked_files(*folders) if path.suffix == ".py")


def place(path: Path, line: int) -> str:
    """Returns `file:line` as an editor understands it."""
    return f"{path.relative_to(TOP).as_posix()}:{line}"
