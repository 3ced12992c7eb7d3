"""Archives that were cut, changed, made elsewhere or made to do harm: a sentence, and no trace."""

import json
import random
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZipFile

import pytest

from engine.clock import FrozenClock
from engine.errors import Refused
from engine.runtime.backup.create import back_up
from engine.runtime.backup.portable import Digest
from tests.kit.backups import restore_from
from tests.kit.examples import examples
from tests.kit.plans import NOW, living

CRM = """
entities: {client: {fields: {name: text, note: text}}}
"""
CLOCK = FrozenClock(NOW)
Members = dict[str, bytes]
Change = Callable[[Members, dict[str, Any]], None]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    (folder / "files").mkdir()
    (folder / "files" / "one.txt").write_bytes(b"an attachment")
    with living(f"sqlite:///{folder / 'kartoteka.db'}", CRM) as now:
        now.fill("client", [{"name": f"client {one}", "note": "x" * one} for one in range(200)])
        back_up(now.database, folder / "crm.zip")
    return folder / "crm.zip"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """A place that is as empty after a refusal as it was before."""
    folder = tmp_path / "place"
    yield folder
    left = [one.name for one in folder.rglob("*")] if folder.exists() else []
    assert set(left) <= {"run.lock"}
    assert not (tmp_path / "outside").exists()


def restored_into(place: Path, path: Path) -> None:
    restore_from(path, f"sqlite:///{place / 'kartoteka.db'}", CLOCK)


def remade(archive: Path, path: Path, change: Change) -> Path:
    """Writes an archive again, after a change of its members or of its manifest."""
    with ZipFile(archive) as file:
        members = {one: file.read(one) for one in file.namelist() if one != "manifest.json"}
        manifest = json.loads(file.read("manifest.json"))
    change(members, manifest)
    with ZipFile(path, "w", ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
        file.writestr("manifest.json", json.dumps(manifest))
    return path


def test_nothing_is_changed_by_being_written_again(archive: Path, tmp_path: Path) -> None:
    """The negative control of the changes below."""
    restored_into(tmp_path / "new", remade(archive, tmp_path / "a.zip", lambda *_: None))
    assert (tmp_path / "new" / "kartoteka.db").is_file()


def table_of(manifest: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = (one for one in manifest["tables"] if one["name"] == name)
    return found  # type: ignore[no-any-return] # it is JSON


def a_value_is_another(members: Members, manifest: dict[str, Any]) -> None:
    name = table_of(manifest, "e_client")["member"]
    members[name] = members[name].replace(b"client 7", b"client 8", 1)


def a_row_is_gone(members: Members, manifest: dict[str, Any]) -> None:
    entry = table_of(manifest, "e_client")
    kept = members[entry["member"]].splitlines(keepends=True)[:-1]
    members[entry["member"]] = b"".join(kept)
    entry["size"] = len(b"".join(kept))


def a_file_leads_out(members: Members, manifest: dict[str, Any]) -> None:
    members["files/../../outside"] = members.pop("files/one.txt")
    manifest["files"][0]["path"] = "../../outside"


def a_file_is_absolute(members: Members, manifest: dict[str, Any]) -> None:
    members["files//outside"] = members.pop("files/one.txt")
    manifest["files"][0]["path"] = "/outside"


def a_file_leads_out_of_windows(members: Members, manifest: dict[str, Any]) -> None:
    members["files/..\\outside"] = members.pop("files/one.txt")
    manifest["files"][0]["path"] = "..\\outside"


def a_member_is_not_named(members: Members, manifest: dict[str, Any]) -> None:
    members["files/more.txt"] = b"more"


def a_member_is_missing(members: Members, manifest: dict[str, Any]) -> None:
    members.pop(table_of(manifest, "kt_history")["member"])


def a_table_is_named_twice(members: Members, manifest: dict[str, Any]) -> None:
    manifest["tables"].append(manifest["tables"][0])


def a_table_is_of_the_system(members: Members, manifest: dict[str, Any]) -> None:
    table_of(manifest, "e_client")["name"] = "sqlite_master"


def a_table_is_not_noted(members: Members, manifest: dict[str, Any]) -> None:
    table_of(manifest, "e_client")["name"] = "e_other"


def a_column_is_unknown(members: Members, manifest: dict[str, Any]) -> None:
    columns = table_of(manifest, "e_client")["columns"]
    columns[0] = 'id") VALUES (1); DROP TABLE e_client; --'


def it_swells(members: Members, manifest: dict[str, Any]) -> None:
    size = 100 * 1024 * 1024
    members["files/one.txt"] = bytes(size)
    manifest["files"][0] |= {"size": size, "digest": sha256(bytes(size)).hexdigest()}


def the_manifest_lies_about_sizes(members: Members, manifest: dict[str, Any]) -> None:
    manifest["files"][0]["size"] = 3


def the_manifest_has_another_form(members: Members, manifest: dict[str, Any]) -> None:
    manifest["tables"] = "all"


def it_is_of_a_newer_engine(members: Members, manifest: dict[str, Any]) -> None:
    manifest["layout"] = 99


def its_form_is_newer(members: Members, manifest: dict[str, Any]) -> None:
    manifest["format_version"] = 2


def it_is_of_another_program(members: Members, manifest: dict[str, Any]) -> None:
    manifest["format"] = "other-backup"


CHANGES: list[tuple[Change, str]] = [
    (a_value_is_another, "damaged: tables/"),
    (a_row_is_gone, "damaged: tables/"),
    (a_file_leads_out, "damaged"),
    (a_file_is_absolute, "damaged"),
    (a_file_leads_out_of_windows, "damaged"),
    (a_member_is_not_named, "damaged"),
    (a_member_is_missing, "damaged"),
    (a_table_is_named_twice, "damaged"),
    (a_table_is_of_the_system, "damaged"),
    (a_table_is_not_noted, "damaged"),
    (a_column_is_unknown, "can't be stored"),
    (it_swells, "damaged: files/one.txt"),
    (the_manifest_lies_about_sizes, "damaged"),
    (the_manifest_has_another_form, "damaged: manifest.json"),
    (it_is_of_a_newer_engine, "newer Kartoteka"),
    (its_form_is_newer, "newer Kartoteka"),
    (it_is_of_another_program, "no backup of Kartoteka"),
]


@pytest.mark.parametrize("change, words", CHANGES, ids=lambda one: getattr(one, "__name__", ""))
def test_it_is_refused_where(
    change: Change, words: str, archive: Path, place: Path, tmp_path: Path
) -> None:
    path = remade(archive, tmp_path / "changed.zip", change)
    with pytest.raises(Refused, match=words):
        restored_into(place, path)


def test_bytes_that_are_others_are_seen_or_do_not_matter(archive: Path, tmp_path: Path) -> None:
    """A random byte, a cut, bytes too many: refused in words, or everything is there."""
    whole = archive.read_bytes()
    chance = random.Random(4)  # noqa: S311 - it shakes a file
    refused = 0
    for number in range(examples(36, nightly=2_000)):
        content = bytearray(whole)
        match number % 3:
            case 0:
                content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
            case 1:
                del content[chance.randrange(len(content)) :]
            case _:
                start = chance.randrange(len(content))
                content[start : start + 20] = chance.randbytes(20)
        path = tmp_path / "changed.zip"
        path.write_bytes(content)
        place = tmp_path / f"place-{number}"
        try:
            restored_into(place, path)
        except Refused:
            refused += 1
            assert not (place / "kartoteka.db").exists()
        else:
            back_up_again(place, tmp_path / f"again-{number}.zip", archive)
    assert refused >= examples(28, nightly=1_600)


def back_up_again(place: Path, path: Path, archive: Path) -> None:
    """What was restored holds the same clients."""
    with living(f"sqlite:///{place / 'kartoteka.db'}", CRM) as now:
        made = back_up(now.database, path, verify=False)
    with ZipFile(archive) as file:
        entry = table_of(json.loads(file.read("manifest.json")), "e_client")
    (found,) = (one for one in made.manifest.tables if one.name == "e_client")
    assert (found.rows, found.digest) == (entry["rows"], entry["digest"])


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"SQLite format 3\x00" * 9, b"%PDF-1.7"])
def test_other_files_are_no_backups(content: bytes, place: Path, tmp_path: Path) -> None:
    path = tmp_path / "other.bin"
    path.write_bytes(content)
    with pytest.raises(Refused, match=r"no backup of Kartoteka|damaged"):
        restored_into(place, path)


def test_a_member_that_unpacks_to_more_than_it_says_is_stopped(
    archive: Path, place: Path, tmp_path: Path
) -> None:
    """The directory of the archive and its manifest agree, and both lie."""
    path = remade(archive, tmp_path / "bomb.zip", lambda *_: None)
    with ZipFile(path) as file:
        honest = json.loads(file.read("manifest.json"))
    name = table_of(honest, "e_client")["member"]
    size = table_of(honest, "e_client")["size"]

    def shrink(_members: Members, manifest: dict[str, Any]) -> None:
        table_of(manifest, "e_client")["size"] = size - 1

    path = remade(archive, tmp_path / "bomb.zip", shrink)
    write_into_directory(path, name, 24, (size - 1).to_bytes(4, "little"))
    with pytest.raises(Refused, match="damaged"):
        restored_into(place, path)


def write_into_directory(path: Path, name: str, where: int, value: bytes) -> None:
    """Changes what the directory of an archive says of a member."""
    content = bytearray(path.read_bytes())
    directory = content.index(b"PK\x01\x02")
    header = content.index(name.encode(), directory) - 46
    content[header + where : header + where + len(value)] = value
    path.write_bytes(content)


MADE_UP = (
    ("e_client", "version", str(2**70)),
    ("e_client", "version", "[" * 100_000),
    ("e_client", "version", "{}"),
    ("kt_columns", "storage", '"other"'),
    ("kt_columns", "name", '"id"'),
    ("kt_tables", "name", '"e_\\u0000"'),
    ("kt_tables", "retired_at", '"never"'),
    ("kt_versions", "applied_at", '"never"'),
    ("kt_versions", "sources", "7"),
    ("kt_meta", "value", '"{"'),
)


@pytest.mark.parametrize("table, column, value", MADE_UP, ids=lambda one: one[:12])
def test_rows_that_somebody_has_made_up_are_refused(
    table: str, column: str, value: str, archive: Path, place: Path, tmp_path: Path
) -> None:
    """Sizes and digests are right: whoever changed the row knows how an archive is made."""

    def make_up(members: Members, manifest: dict[str, Any]) -> None:
        entry = table_of(manifest, table)
        first, *others = members[entry["member"]].splitlines()
        row = [json.dumps(cell) for cell in json.loads(first)]
        row[entry["columns"].index(column)] = value
        lines, digest = [f"[{','.join(row)}]".encode(), *others], Digest()
        for line in lines:
            digest.add(line)
        members[entry["member"]] = b"".join(line + b"\n" for line in lines)
        entry |= {"size": len(members[entry["member"]]), "digest": str(digest)}

    path = remade(archive, tmp_path / "made-up.zip", make_up)
    with pytest.raises(Refused, match=r"can't be stored|came out with other rows"):
        restored_into(place, path)


FLAGS, METHOD, NO_METHOD = 8, 10, 97
ENCRYPTED, PATCHED, STRONGLY_ENCRYPTED = 0x01, 0x20, 0x40


@pytest.mark.parametrize(
    "where, value",
    [
        (FLAGS, ENCRYPTED),
        (FLAGS, PATCHED),
        (FLAGS, STRONGLY_ENCRYPTED),
        (METHOD, NO_METHOD),
        (METHOD, ZIP_BZIP2),
        (METHOD, ZIP_LZMA),
    ],
)
@pytest.mark.parametrize("name", ["manifest.json", "tables/0001.jsonl", "files/one.txt"])
def test_members_that_no_backup_would_write_are_refused(
    where: int, value: int, name: str, archive: Path, place: Path, tmp_path: Path
) -> None:
    """Encrypted, or of a method that is unknown, or known and not ours."""
    path = remade(archive, tmp_path / "packed.zip", lambda *_: None)
    write_into_directory(path, name, where, value.to_bytes(2, "little"))
    with pytest.raises(Refused, match=f"damaged: {name}"):
        restored_into(place, path)


def test_an_archive_of_a_later_form_of_zip_is_refused(
    archive: Path, place: Path, tmp_path: Path
) -> None:
    path = remade(archive, tmp_path / "later.zip", lambda *_: None)
    write_into_directory(path, "files/one.txt", 6, (99).to_bytes(2, "little"))
    with pytest.raises(Refused, match="damaged"):
        restored_into(place, path)
