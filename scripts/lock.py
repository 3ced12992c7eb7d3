"""Writes the three locks: what serves, what builds a checkout, what developers use besides.

A lock holds versions and hashes for all platforms and no address of any index.
"""

import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
DEVELOPERS = "requirements-dev.lock"
COMPILE = (
    "uv",
    "pip",
    "compile",
    "--quiet",
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-header",
    "--no-annotate",
)


def main() -> None:
    """Locks everything first, then the parts, which agree with the whole."""
    write(DEVELOPERS, "pyproject.toml", "--group=dev", *sys.argv[1:])
    write("requirements.lock", "pyproject.toml", f"--constraint={DEVELOPERS}")
    write("requirements-build.lock", "--group=build", f"--constraint={DEVELOPERS}")


def write(lock: str, *what: str) -> None:
    """Writes one lock; versions that it already names stay unless they must change."""
    program = Path(sys.executable).with_name(COMPILE[0])
    command = (str(program), *COMPILE[1:], *what, f"--output-file={lock}")
    subprocess.run(command, cwd=TOP, check=True)


if __name__ == "__main__":
    main()
