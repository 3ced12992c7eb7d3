"""The wheel holds all that a CRM needs, and so does one built from the source distribution."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

from tests.kit.tree import TOP, tracked_files

FIND_RESOURCES = """
from engine.resources import resource_dir
print(*(resource_dir(name) for name in ("core", "examples", "ui_templates")), sep="\\n")
"""


def test_wheel_holds_code_templates_front_end_and_examples(tmp_path: Path) -> None:
    wheel = build("wheel", TOP, tmp_path)
    with ZipFile(wheel) as archive:
        members = set(archive.namelist())
        archive.extractall(tmp_path / "site")
    assert expected_members() - members == set()
    assert [name for name in members if ".kartoteka" in name or name.startswith("tests")] == []
    site = str(tmp_path / "site")
    found = subprocess.run(
        [sys.executable, "-c", FIND_RESOURCES],
        cwd=tmp_path,
        env={"PYTHONPATH": site, "PATH": os.defpath},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout.split()
    assert found == [f"{site}/engine/{name}" for name in ("core", "examples", "ui_templates")]


def test_source_distribution_builds_the_same_wheel_without_npm(tmp_path: Path) -> None:
    sdist = build("sdist", TOP, tmp_path)
    shutil.unpack_archive(sdist, tmp_path)
    source = tmp_path / sdist.name.removesuffix(".tar.gz")
    wheel = build("wheel", source, tmp_path)
    with ZipFile(wheel) as archive:
        assert expected_members() - set(archive.namelist()) == set()
    assert not (source / "frontend" / "node_modules").exists()


def expected_members() -> set[str]:
    """Returns the project's files as the wheel must name them, with the built script."""
    moved = {"ui_templates/": "engine/ui_templates/", "configs/examples/": "engine/examples/"}
    members = {f"engine/ui_templates/static/build/{name}.js" for name in ("app", "board")}
    for path in tracked_files("engine", *moved):
        name = path.relative_to(TOP).as_posix()
        for source, target in moved.items():
            if name.startswith(source):
                name = target + name.removeprefix(source)
        members.add(name)
    return members


def build(target: str, top: Path, folder: Path) -> Path:
    """Builds a distribution as an installer does, and returns its file."""
    output = folder / target / top.name
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(output)]
    subprocess.run(command, cwd=top, check=True, stdout=subprocess.DEVNULL)
    (built,) = output.iterdir()
    return built
