"""Whatever lies in a folder is answered by a sentence at a place, soon and within bounds."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hostile.conftest import Judge

SECONDS = 2.0
MEBIBYTES = 256.0
MEBI = 2**20
CRM = "name: shop\nentities: {client: {fields: {name: text}}}\n"
FIELDS = "entities:\n  deal:\n    fields:\n      name: text\n"

# What stands in a second file -> the code and the line that the author is told.
TEXTS: dict[str, tuple[bytes, str, int]] = {
    "too large by a byte": (b"a: " + b"x" * (MEBI - 2), "E101", 1),
    "a list without end": (b"languages: [" + b"a," * 500_000, "E114", 1),
    "unknown keys without end": (b"".join(b"k%d: 1\n" % n for n in range(90_000)), "E114", 1001),
    "one key again and again": (b"label: x\n" * 90_000, "E114", 50_000),
    "fields without end": (
        FIELDS.encode() + b"".join(b"      k%d: {typ: text}\n" % n for n in range(20_000)),
        "E114",
        1004,
    ),
    "nine hundred wrong types": (
        FIELDS.encode() + b"".join(b"      k%d: {type: texx}\n" % n for n in range(900)),
        "E106",
        5,
    ),
    "nine hundred wrong formulas": (
        FIELDS.encode()
        + b"".join(
            b"      k%d: {type: number, formula: k%d + x}\n" % (n, n + 1) for n in range(900)
        ),
        "E303",
        5,
    ),
    "nothing but mistakes": (b"".join(b"k%d: @x\n" % n for n in range(50_000)), "E125", 1),
    "mistakes below mistakes": (
        b"entities:\n" + b"".join(b" k%d:\n  label: @x\n" % n for n in range(20_000)),
        "E125",
        3,
    ),
    "brackets, 20,000": (b"a: " + b"[" * 20_000, "E114", 1),
    "brackets, 100,000": (b"a: " + b"[" * 100_000, "E114", 1),
    "brackets, a million": (b"[" * 1_000_000, "E114", 1),
    "brackets on lines": (b"a: " + b"[\n" * 400_000, "E114", 33),
    "braces": (b"{" * 1_000_000, "E114", 1),
    "dashes": (b"- " * 500_000, "E114", 1),
    "question marks": (b"? " * 500_000, "E114", 1),
    "keys below keys": (b"\n".join(b" " * n + b"a:" for n in range(1400)), "E114", 33),
    "double braces": (b"a: " + b"{{ " * 300_000, "E114", 1),
    "quotes": (b"a: '" * 200_000, "E120", 1),
    "escapes": (b'a: "' + b"\\x" * 200_000, "E120", 1),
    "colons": (b"a: b: " * 150_000, "E121", 1),
    "colons alone": (b":" * 1_000_000, "E120", 1),
    "comments in braces": (b"a: {b #" * 140_000, "E134", 1),
    "blanks": (b"a:" + b" " * 1_000_000 + b"@", "E120", 1),
    "tabs": (b"\t" * 1_000_000, "E126", 1),
    "quotes and more": (b"a: " + b"'x' " * 250_000, "E123", 1),
    "brackets in braces": (b"{" + b"a: b(c[d, " * 90_000, "E122", 1),
    "carriage returns": (b"label: x\r" * 100_000, "W133", 1),
    "aliases": (
        b"a: &a [x]\n" + b"".join(b"k%d: [*a,*a,*a]\n" % n for n in range(50_000)),
        "E113",
        1,
    ),
    "a bomb of aliases": (
        b"a: &a [x,x]\n"
        + b"".join(b"k%d: &k%d [*k%d,*k%d]\n" % (n, n, n - 1, n - 1) for n in range(1, 60)),
        "E113",
        1,
    ),
    "merge keys": (b"teams:\n  a: {<<: {label: A}}\n", "E113", 2),
    "documents": (b"---\n" * 200_000, "E113", 2),
    "a tag of Python": (b"a: !!python/object/apply:os.system ['id']\n", "E113", 1),
    "UTF-16": ("label: x".encode("utf-16"), "E101", 1),
    "UTF-16 without a mark": ("label: x".encode("utf-16-le"), "E101", 1),
    "a lone surrogate": ("label: a\ud800b".encode("utf-8", "surrogatepass"), "E101", 1),
    "an escaped surrogate": (b'label: "a\\ud800b"', "E124", 1),
    "an escaped NUL": (b'label: "a\\0b"', "E101", 1),
    "an escaped NUL in a key": (b'teams: {"a\\0b": {}}', "E101", 1),
    "an escape of terminals": (b'label: "a\\e[31mb"', "E101", 1),
    "a NUL": (b"label: a\0b", "E101", 1),
    "a bell far below": (b"label: a\n" * 100_000 + b"a\x07b", "E101", 100_001),
    "a byte order mark": ("\ufefflabel: x".encode(), "W132", 1),
    "a mark inside": ("label: x\n\ufeffgg: y".encode(), "E119", 2),
    "a long key": (b"x" * 100_000 + b": 1", "E120", 1),
    "options without end": (
        FIELDS.encode()
        + b"      x: {type: choice, options: ["
        + b",".join(b"o%d" % n for n in range(10_000))
        + b"]}",
        "E114",
        5,
    ),
    "a number without end": (
        FIELDS.encode() + b"      x: {type: number, min: " + b"9" * 100_000 + b"}",
        "E228",
        5,
    ),
    "a pattern that goes back": (
        FIELDS.encode() + b"      x: {type: text, pattern: '(a{1,1000}){1,1000}'}",
        "E225",
        5,
    ),
    "a formula without end": (
        FIELDS.encode() + b"      x: {type: number, formula: '" + b"1+" * 400_000 + b"1'}",
        "E302",
        5,
    ),
    "a title without end": (
        b"entities: {deal: {title: '" + b"{{ name }}" * 90_000 + b"', fields: {name: text}}}",
        "E302",
        1,
    ),
    "a title that is never closed": (
        b"entities: {deal: {title: '" + b"{{ " * 300_000 + b"', fields: {name: text}}}",
        "E302",
        1,
    ),
}
ROWS = {
    "rows without end": (b"".join(b"k%d,b\n" % n for n in range(200_000)), "E114", 50_001),
    "one key for all": (b"k,b\n" * 49_000, "E706", 3),
    "a quote that is never closed": (b'"' + b"a\n" * 500_000, "E701", 2),
    "cells without end": (b"a," * 500_000, "E114", 2),
}


@pytest.mark.parametrize("text, code, line", TEXTS.values(), ids=TEXTS)
def test_a_text(judge: Judge, tmp_path: Path, text: bytes, code: str, line: int) -> None:
    (tmp_path / "more.yaml").write_bytes(text)
    is_answered(judge, tmp_path, code, "more.yaml", line)


@pytest.mark.parametrize("text, code, line", ROWS.values(), ids=ROWS)
def test_rows(judge: Judge, tmp_path: Path, text: bytes, code: str, line: int) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "client.csv").write_bytes(b"key,name\n" + text[: MEBI - 100])
    is_answered(judge, tmp_path, code, "data/client.csv", line)


def test_eight_mebibytes(judge: Judge, tmp_path: Path) -> None:
    for number in range(9):
        (tmp_path / f"m{number}.yaml").write_bytes(b"#" * (MEBI - 1))
    is_answered(judge, tmp_path, "E101", "m7.yaml", 1)


def test_many_tables(judge: Judge, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for number in range(7):
        text = b"key,name\n" + b"".join(b"k%d,b\n" % n for n in range(45_000))
        (tmp_path / "data" / f"client{number}.csv").write_bytes(text)
    is_answered(judge, tmp_path, "E114", "data/client6.csv", 1)


@pytest.mark.parametrize("ending, code", [("yaml", "E101"), ("yml", "W136")])
def test_ten_thousand_files(judge: Judge, tmp_path: Path, ending: str, code: str) -> None:
    for number in range(10_000):
        (tmp_path / f"f{number:05}.{ending}").write_bytes(b"teams: {t%d: {}}\n" % number)
    name = "f00999.yaml" if ending == "yaml" else "f00000.yml"
    is_answered(judge, tmp_path, code, name, 1)


def linked(target: str) -> Callable[[Path], None]:
    """Makes a link to a place."""
    return lambda path: path.symlink_to(target)


def as_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(os.path.relpath(path))


ODD: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "a link out": (linked("/etc/passwd"), "x.yaml", "E101"),
    "a link to zeros": (linked("/dev/zero"), "x.yaml", "E101"),
    "a link to itself": (linked("x.yaml"), "x.yaml", "E101"),
    "a link to nothing": (linked("nothing.yaml"), "x.yaml", "E101"),
    "a folder elsewhere": (linked("/etc"), "sub", "W136"),
    "a folder of rows elsewhere": (linked("/etc"), "data", "W136"),
    "a pipe": (os.mkfifo, "x.yaml", "E101"),
    "a folder": (Path.mkdir, "x.yaml", "W136"),
    "a socket": (as_socket, "x.yaml", "E101"),
}


@pytest.mark.parametrize("make, name, code", ODD.values(), ids=ODD)
def test_what_is_no_file(
    judge: Judge,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make: Callable[[Path], None],
    name: str,
    code: str,
) -> None:
    monkeypatch.chdir(tmp_path)  # the name of a socket is short
    make(tmp_path / name)
    is_answered(judge, tmp_path, code, name, 1)


@pytest.mark.parametrize(
    "name", [b"\xff\xfe.yaml", b"a\nb.yaml", b"a\x1b[31m.yaml", b"a\xe2\x80\xaeb.yaml"]
)
def test_a_name_that_can_not_be_shown(judge: Judge, tmp_path: Path, name: bytes) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_text("a: b", encoding="utf-8")
    shown = "".join(one if one.isprintable() else "\ufffd" for one in os.fsdecode(name))
    is_answered(judge, tmp_path, "E101", shown, 1)


def is_answered(judge: Judge, folder: Path, code: str, file: str, line: int) -> None:
    """Checks that the author is told a problem, and that it cost little."""
    (folder / "crm.yaml").write_text(CRM, encoding="utf-8")
    verdict = judge("load", str(folder))
    assert verdict.error == ""
    found = [tuple(one[:3]) for one in verdict.found]
    assert (code, file, line) in found, found[:5]
    assert len(found) <= 1_000
    assert all(one.replace("\n", "").isprintable() for *_, one in verdict.found)
    assert verdict.seconds <= SECONDS
    assert verdict.mebibytes <= MEBIBYTES
