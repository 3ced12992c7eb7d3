"""Killed at any place: a backup has no name, a restored place serves nothing, and both go again."""

import subprocess
from pathlib import Path

import pytest

from engine.clock import FrozenClock
from engine.crash_points import KILLED, VARIABLE
from engine.runtime.backup.create import back_up
from engine.runtime.database import Database
from engine.runtime.tables.layout import stored_layout
from tests.kit.backups import contents_of, restore_from
from tests.kit.examples import examples
from tests.kit.plans import NOW, living
from tests.kit.process import COMMAND, environment, kartoteka_here

pytestmark = pytest.mark.journey

CRM = "entities: {client: {fields: {name: text}}}\n"
NOTES = ("kt_meta", "kt_log")


def of_them(*places: str) -> tuple[str, ...]:
    """Returns the first of the places before a commit, and all of them in the night."""
    return places[: examples(1, nightly=len(places))]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a CRM, an attachment and a backup."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "files").mkdir()
    (folder / "files" / "one.txt").write_bytes(b"an attachment")
    with living(f"sqlite:///{folder / 'kartoteka.db'}", CRM) as now:
        now.fill("client", [{"name": f"client {one}"} for one in range(50)])
        back_up(now.database, folder / "crm.zip")
        (folder / "files" / "one.txt").rename(folder / "one.txt")
        back_up(now.database, folder / "plain.zip")
    return folder


def killed_at(place: str, *arguments: str | Path) -> None:
    """Runs a command that dies at a crash point."""
    ended = subprocess.run(
        [*COMMAND, *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
        env=environment({VARIABLE: place}),
    )
    assert ended.returncode == KILLED, ended.stdout + ended.stderr


@pytest.mark.parametrize(
    "place", of_them("backup.before_rename", "backup.middle:20", "backup.start")
)
def test_a_killed_backup_has_no_name_and_is_made_again(
    place: str, data: Path, tmp_path: Path
) -> None:
    path = tmp_path / "killed.zip"
    killed_at(place, "backup", path, "--data", data)
    assert not path.exists()
    again = kartoteka_here("backup", path, "--data", data)
    assert again.code == 0, again.said
    assert "Verified: restored into a scratch database" in again.out
    assert [one.name for one in tmp_path.iterdir()] == ["killed.zip"]


@pytest.mark.parametrize(
    "crash", of_them("restore.before_hold", "restore.before_rename", "restore.before_files")
)
def test_a_killed_restore_leaves_no_file_that_serves(
    crash: str, data: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "place"
    killed_at(crash, "restore", data / "crm.zip", "--data", folder)
    assert not (folder / "kartoteka.db").exists()
    it_is_made_again(data / "crm.zip", f"sqlite:///{folder / 'kartoteka.db'}", data)
    found = sorted(one.name for one in folder.rglob("*"))
    assert found == ["files", "kartoteka.db", "one.txt", "run.lock"]


@pytest.mark.postgres
@pytest.mark.parametrize("crash", of_them("restore.before_commit", "restore.before_hold"))
def test_a_killed_restore_leaves_no_table_in_a_server(
    crash: str, data: Path, postgres: str
) -> None:
    killed_at(crash, "restore", data / "plain.zip", "--database", postgres)
    database = Database(postgres)
    assert stored_layout(database) is None
    database.dispose()
    it_is_made_again(data / "plain.zip", postgres, data)


def it_is_made_again(archive: Path, url: str, data: Path) -> None:
    """Restores once more, and compares with what was backed up."""
    restore_from(archive, url, FrozenClock(NOW))
    restored, source = Database(url), Database(f"sqlite:///{data / 'kartoteka.db'}")
    with restored.read() as ours, source.read() as theirs:
        assert contents_of(ours, without=NOTES) == contents_of(theirs, without=NOTES)
    restored.dispose()
    source.dispose()
