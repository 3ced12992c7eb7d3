"""`kartoteka run` as a program: what it prints, serves, keeps to itself and refuses."""

import re
import signal
import socket
import sqlite3
import stat
import time
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from textwrap import dedent
from urllib.parse import urlsplit

import pytest

from tests.kit.process import kartoteka, serving

pytestmark = pytest.mark.journey

CRM = """
    name: shop
    label: Corner shop
    entities:
      client:
        fields: {name: {type: text, required: true}, city: text, boss: {type: link, to: client}}
      order: {fields: {number: text, client: {type: link, to: client, required: true}, paid: bool}}
    teams: {sellers: {label: Sellers, parent: sales}, sales: {label: Sales}}
    roles:
      seller: {label: Seller, can: {client: {every: all}, order: {every: all}}}
"""
DATA = "key,name,city,boss\na,Anna,Sofia,b\nb,Boris,Varna,a\n"
DEMO = """
    rows:
      user:
        ivan: {name: Иван, roles: [seller], team: sellers}
        eva: {name: Eva, login: eva.m, roles: [seller, admin]}
      order: {o1: {number: 7, client: a}}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    write(folder, {"crm.yaml": CRM, "data/client.csv": DATA, "demo/people.yaml": DEMO})
    return folder


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")


def listing(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def ask(url: str, path: str) -> tuple[int, str]:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_a_folder_is_served_with_its_demo(shop: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    before = listing(shop)
    with serving(shop, "--demo", "--data", data) as run:
        assert f"Corner shop is served at {run.url}" in run.lines
        assert ask(run.url, "/healthz") == (200, "ok\n")
        assert ask(run.url, "/readyz") == (200, "ready\n")
        assert "Corner shop" in ask(run.url, "/sign-in")[1]
        people = re.findall(r"^(\S+)\s+(\w{4}-\w{4}-\w{4})\s+(.+)$", run.said, re.MULTILINE)
        assert [(login, " ".join(rest.split())) for login, _, rest in people] == [
            ("ivan", "Иван Seller"),
            ("eva.m", "Eva Administrator, Seller"),
        ]
        passwords = (data / "demo-users.txt").read_text(encoding="utf-8")
        assert passwords == "".join(f"{login} {secret}\n" for login, secret, _ in people)
        assert run.stop() == 0
        assert run.lines[-1] == "Stopped."
    assert listing(shop) == before
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (data, data / "demo-users.txt")]
    assert modes == [0o700, 0o600]
    assert stat.S_IMODE((data / "kartoteka.db").stat().st_mode) == 0o600


def test_a_second_run_finds_everything_as_it_was(shop: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    for _ in range(2):
        with serving(shop, "--demo", "--data", data) as run:
            said = [one for one in run.lines if "served at" not in one]
            assert run.stop(signal.SIGTERM) == 0
    with serving(shop, "--demo", "--data", data) as run:
        assert [one for one in run.lines if "served at" not in one] == said
    listed = kartoteka("user", "list", "--data", data)
    assert listed.code == 0
    assert "ivan   Иван  seller         Sellers  open   never" in listed.out


def test_the_story_of_a_demo_is_played_before_it_is_served(shop: Path, tmp_path: Path) -> None:
    told = "story: [{at: 3 d ago 10:00, as: ivan, create: {client c: {name: Clara}}}]\n"
    write(shop, {"demo/story.yaml": told})
    data = tmp_path / "data"
    with serving(shop, "--demo", "--data", data) as run:
        assert played(data) == [("Clara", "user")]
        assert "another one" not in run.said
    write(shop, {"demo/story.yaml": told.replace("Clara", "Claire")})
    with serving(shop, "--demo", "--data", data) as run:
        assert "The story of the demo is another one than was played on these data" in run.said
    assert played(data) == [("Clara", "user")]


def played(data: Path) -> list[tuple[str, str]]:
    """Returns what was made some days ago, and by what kind of actor."""
    with closing(sqlite3.connect(data / "kartoteka.db")) as connection:
        return connection.execute(
            "SELECT c.name, h.actor_kind FROM e_client c JOIN kt_history h "
            "ON h.entity = 'client' AND h.record_id = c.id AND h.version = 1 "
            "WHERE h.at < datetime('now', '-2 days')"
        ).fetchall()


def test_a_line_of_a_story_that_is_refused_ends_the_run(shop: Path, tmp_path: Path) -> None:
    told = "story: [{at: 3 d ago 10:00, as: ivan, create: {task t: {subject: Call, done: true}}},\n"
    told += "  {at: 2 d ago 10:00, done: a}]\n"
    write(shop, {"demo/story.yaml": told})
    ended = kartoteka("run", shop, "--demo", "--data", tmp_path / "data", "--port", "0")
    assert ended.code == 3
    assert "demo/story.yaml:2:3: this line of the story is refused: There is no" in ended.err


def test_two_runs_do_not_share_their_data(shop: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(shop, "--data", data) as run:
        second = kartoteka("run", shop, "--data", data, "--port", "0")
        assert second.code == 3
        assert f"is being served already, by process {run.process.pid}." in second.err
    with serving(shop, "--data", data) as run:
        assert ask(run.url, "/readyz")[0] == 200


def test_without_data_the_records_lie_in_the_folder_and_out_of_version_control(shop: Path) -> None:
    with serving(shop):
        assert (shop / ".kartoteka" / "kartoteka.db").is_file()
        assert (shop / ".kartoteka" / ".gitignore").read_text() == "*\n"
    assert kartoteka("check", shop).code == 0


def test_the_first_administrator_gets_a_link(shop: Path, tmp_path: Path) -> None:
    with serving(shop, "--data", tmp_path / "data") as run:
        link = run.lines[-2].strip()
        assert link.startswith(f"{run.url}/welcome/")
        status, page = ask(run.url, urlsplit(link).path)
        assert (status, "become the administrator" in page) == (200, True)
    password = "a long enough password\n"
    added = kartoteka(
        "user", "add", "boss", "--role", "admin", "--password-stdin", "--data", tmp_path / "data",
        stdin=password,
    )  # fmt: skip
    assert added.code == 0
    with serving(shop, "--data", tmp_path / "data") as run:
        assert "/welcome/" not in run.said
        assert "Who can sign in: kartoteka user list" in run.said


def test_a_port_in_use_is_a_sentence(shop: Path, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = kartoteka("run", shop, "--data", tmp_path / "data", "--port", port)
    assert ended.code == 3
    assert f"Nothing can be served at 127.0.0.1, port {port}" in ended.err
    assert "--port" in ended.err
    assert not (tmp_path / "data" / "kartoteka.db").exists()


def test_demo_stays_on_this_machine(shop: Path, tmp_path: Path) -> None:
    for host in ("0.0.0.0", "::", "192.0.2.1", "example.com"):  # noqa: S104 - refused
        ended = kartoteka("run", shop, "--demo", "--host", host, "--data", tmp_path / "data")
        assert ended.code == 3
        assert "for this machine alone" in ended.err
    assert not (tmp_path / "data").exists()


def test_problems_are_printed_and_nothing_is_served(shop: Path, tmp_path: Path) -> None:
    write(shop, {"more.yaml": "entities: {offer: {fields: {name: txt}}}\n"})
    ended = kartoteka("run", shop, "--data", tmp_path / "data", "--port", "0")
    assert ended.code == 1
    assert "more.yaml:1:" in ended.out
    assert not (tmp_path / "data").exists()


def test_what_only_adds_is_applied_at_once(shop: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(shop, "--data", data):
        pass
    write(shop, {"more.yaml": "entities: {offer: {fields: {name: text}}}\n"})
    with serving(shop, "--data", data) as run:
        assert "waits" not in run.said


def test_what_takes_something_away_waits_for_a_yes(shop: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(shop, "--data", data):
        pass
    without = {"crm.yaml": CRM.replace("city: text, ", "").replace("Corner", "Other")}
    write(shop, without | {"data/client.csv": "key,name\na,Anna\nb,Boris\n"})
    with serving(shop, "--data", data) as run:
        assert "entities.client.fields.city" in run.said
        assert f"This waits for a yes: kartoteka apply {shop} --data {data} --yes" in run.said
        assert "Corner shop is served at" in run.said
        assert "Corner shop" in ask(run.url, "/sign-in")[1]


def test_a_running_server_goes_over_to_what_is_applied(shop: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(shop, "--data", data) as run:
        write(shop, {"crm.yaml": CRM.replace("Corner", "Other").replace("city: text, ", "")})
        write(shop, {"data/client.csv": "key,name\na,Anna\nb,Boris\n"})
        assert "Corner shop" in ask(run.url, "/sign-in")[1]
        assert kartoteka("apply", shop, "--data", data, "--yes").code == 0
        time.sleep(1.1)
        assert "Other shop" in ask(run.url, "/sign-in")[1]


def test_a_row_that_can_t_be_loaded_is_named(shop: Path, tmp_path: Path) -> None:
    write(shop, {"data/order.csv": "key,number,client\no2,8,\n"})
    ended = kartoteka("run", shop, "--data", tmp_path / "data", "--port", "0")
    assert ended.code in {1, 3}
    assert "order.csv:2" in ended.said


def test_the_settings_come_from_the_environment(shop: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    public = "https://crm.example.com"
    with serving(shop, "--data", data, KARTOTEKA_PUBLIC_URL=public) as run:
        assert run.url == "https://crm.example.com"
        assert "https://crm.example.com/welcome/" in run.said


@pytest.mark.postgres
def test_a_folder_is_served_from_postgresql(shop: Path, postgres: str) -> None:
    with serving(shop, "--demo", "--database", postgres) as run:
        assert ask(run.url, "/readyz") == (200, "ready\n")
        assert run.stop() == 0
    listed = kartoteka("user", "list", "--json", "--database", postgres)
    assert '"login": "eva.m"' in listed.out
    assert not (shop / ".kartoteka" / "kartoteka.db").exists()


def test_a_folder_with_mistakes_serves_the_version_applied_before(
    shop: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    with serving(shop, "--data", data) as run:
        assert run.stop() == 0
    write(shop, {"crm.yaml": CRM.replace("city: text", "city: txet")})
    with serving(shop, "--data", data) as run:
        assert "crm.yaml:5:56: error E106: 'txet' is not a field type" in run.said
        assert "The version applied before is served meanwhile." in run.lines
        assert ask(run.url, "/readyz") == (200, "ready\n")
        write(shop, {"crm.yaml": CRM.replace("paid: bool", "settled: bool")})
        run.wait_for("paid vanished and settled is new")
        run.wait_for(f"Waits for an answer at {run.url}/admin/configuration")
        write(shop, {"crm.yaml": CRM})
        run.wait_for("The folder is what is served.")
        assert run.stop() == 0


def test_a_folder_with_mistakes_that_never_was_served_ends(shop: Path, tmp_path: Path) -> None:
    write(shop, {"crm.yaml": CRM.replace("city: text", "city: txet")})
    data = tmp_path / "data"
    ended = kartoteka("run", shop, "--data", data, "--port", "0")
    assert ended.code == 1
    assert "'txet' is not a field type" in ended.out
    assert not data.exists()
