"""Prints the path of a Chromium for the browser tests, and fetches one where there is none.

Root installs Debian's package; anybody else gets it unpacked into the cache folder. What cannot be
had fails with a sentence: a browser test that is skipped proves nothing.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from fcntl import LOCK_EX, flock
from pathlib import Path

PACKAGES = ("chromium", "fonts-dejavu-core")
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "kartoteka" / "chromium"
START = """#!/bin/sh
root={root}
export LD_LIBRARY_PATH={libraries}
export XDG_DATA_HOME="$root/usr/share"
[ -d /etc/fonts ] || export FONTCONFIG_PATH="$root/etc/fonts"
exec "$root/usr/lib/chromium/chromium" "$@"
"""
SORRY = """\
The browser tests need Chromium, and it could not be installed here ({reason}).
Install the package `chromium` (as root: apt-get install {packages}),
or set KARTOTEKA_CHROMIUM to the program of a Chromium or Chrome that is there."""


def main() -> int:
    """Prints the path; 3 means that there is none."""
    try:
        print(find() or fetch())
    except (OSError, subprocess.CalledProcessError) as error:
        reason = "apt-get failed" if isinstance(error, subprocess.CalledProcessError) else error
        print(SORRY.format(reason=reason, packages=" ".join(PACKAGES)), file=sys.stderr)
        return 3
    return 0


def find() -> str | None:
    """Returns the Chromium that is there already."""
    given = os.environ.get("KARTOTEKA_CHROMIUM")
    if given:
        return given
    cached = CACHE / "chromium"
    return shutil.which("chromium") or (str(cached) if cached.is_file() else None)


def fetch() -> str:
    """Gets Chromium; of several processes that ask at once, one does the work."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as handle:
        flock(handle, LOCK_EX)
        found = find()
        if found:
            return found
        print("fetching Chromium for the browser tests", file=sys.stderr)
        if os.getuid() == 0:
            return install()
        return unpack()


def install() -> str:
    """Installs Debian's package."""
    apt("update")
    apt("install", "--yes", "--no-install-recommends", *PACKAGES)
    return shutil.which("chromium") or "/usr/bin/chromium"


def unpack() -> str:
    """Unpacks Debian's packages into the cache folder, without any right on the machine."""
    lists, packages, root = CACHE / "lists", CACHE / "packages", CACHE / "root"
    for folder in (lists / "partial", packages, root):
        folder.mkdir(parents=True, exist_ok=True)
    own_state = ("-o", f"Dir::State::Lists={lists}", "-o", f"Dir::Cache={CACHE / 'apt'}")
    apt(*own_state, "update")
    wanted = apt(*own_state, "install", "--simulate", "--no-install-recommends", *PACKAGES)
    apt(*own_state, "download", *re.findall(r"^Inst (\S+)", wanted, re.MULTILINE), cwd=packages)
    for package in packages.glob("*.deb"):
        run("dpkg-deb", "--extract", str(package), str(root))
    start = CACHE / "chromium"
    libraries = ":".join(str(folder) for folder in library_folders(root))
    start.write_text(START.format(root=root, libraries=libraries), encoding="utf-8")
    start.chmod(0o755)
    return str(start)


def library_folders(root: Path) -> Iterator[Path]:
    """Yields the unpacked folders that hold shared libraries."""
    for pattern in ("lib/*-linux-gnu*", "usr/lib/*-linux-gnu*", "usr/lib/*-linux-gnu*/*"):
        for folder in sorted(root.glob(pattern)):
            if folder.is_dir() and any(folder.glob("*.so*")):
                yield folder


def apt(*arguments: str, cwd: Path = CACHE) -> str:
    """Runs apt-get and returns what it says."""
    return run("apt-get", "-q", *arguments, cwd=cwd)


def run(*command: str, cwd: Path = CACHE) -> str:
    """Runs a command without questions."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    result = subprocess.run(
        command, cwd=cwd, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return result.stdout


if __name__ == "__main__":
    sys.exit(main())
