"""Whatever a form holds: saved as it was written, or refused at that field with nothing changed."""

import time
import uuid
from collections.abc import Iterator
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import URL
from werkzeug.test import TestResponse

from engine.metadata.fieldtypes.registry import FIELD_TYPES
from tests.hostile.evil import TEXTS
from tests.hostile.world import World, is_sound, open_world, send, version_in
from tests.kit.examples import PROFILE, examples
from tests.kit.postgres import execute

SECONDS = 2.0
FIELDS = {
    **{one: one for one in FIELD_TYPES if one not in ("user", "team", "sequence", "file", "lines")},
    "user": "colleague",
    "team": "team",
    "sequence": "sequence",
    "hidden": "margin",
    "formula": "twice",
    "unknown": "__class__",
    "of the engine": "created_at",
}
ANSWERS = ("said", "more", "amount", "when", "day", "how", "where", "who", "cost", "sure")
CONTROLS = (
    *("_version", "_token", "_in", "_next", "_has", "_field", "_search", "_create", "_then"),
    *("_title", "_outer_at", "_outer_for", "_outer", "_stage", "_try", "_theirs", "_find.link"),
    *("_day.date", "_day.datetime", "_time.datetime", "_pick.datetime", "_quick.money"),
    *("_was.datetime", "_was.number", "_day.nothing", "_quick.__class__"),
)
WRITTEN = st.one_of(
    st.sampled_from(TEXTS),
    st.text(max_size=30),
    st.text("0123456789.,- +eE:TZ/@%\0\n<>\"'{}", max_size=20),
    st.integers().map(str),
    st.floats().map(str),
    st.datetimes().map(str),
)
few = settings(
    max_examples=examples(5, nightly=2_000),
    deadline=None,
    derandomize=PROFILE == "commit",
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def scope(fixture_name: str, config: pytest.Config) -> Literal["module", "function"]:
    """Returns how long a world lasts: what is made stays in it, and all of it is compared."""
    return "module" if PROFILE == "commit" else "function"


@pytest.fixture(scope=scope)
def world() -> Iterator[World]:
    with open_world() as made:
        yield made


@pytest.fixture(scope=scope)
def on_postgres(postgres_server: URL) -> Iterator[World]:
    name = f"kartoteka_{uuid.uuid4().hex}"
    execute(postgres_server, f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
    url = postgres_server.set(database=name)
    with open_world(url.render_as_string(hide_password=False)) as made:
        yield made
    execute(postgres_server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.mark.parametrize("name", FIELDS.values(), ids=FIELDS)
@few
@given(text=WRITTEN, twice=st.integers(0, 9))
def test_a_field(world: World, name: str, text: str, twice: int) -> None:
    pairs = [(name, text)] * (2 if twice == 0 else 1)
    is_kept_or_refused(world, name, text, pairs)
    is_drawn(world, pairs)


@pytest.mark.postgres
@pytest.mark.parametrize("name", ["text", "long_text", "integer", "number", "datetime", "link"])
@settings(parent=few, max_examples=examples(8, nightly=2_000))
@given(text=WRITTEN)
def test_a_field_on_postgresql(on_postgres: World, name: str, text: str) -> None:
    is_kept_or_refused(on_postgres, name, text, [(name, text)])


@pytest.mark.parametrize("name", ANSWERS)
@few
@given(text=WRITTEN)
def test_an_answer_to_a_button(world: World, name: str, text: str) -> None:
    before = world.site.digest()
    answer = timed(world, f"/thing/{world.thing}/press/answer", [(name, text)])
    assert answer.status_code in (200, 303, 400, 422)
    if answer.status_code in (400, 422):
        assert world.site.digest() == before
        assert answer.status_code == 400 or "is-error" in answer.text


@pytest.mark.parametrize("name", CONTROLS)
@few
@given(text=WRITTEN)
def test_a_control(world: World, name: str, text: str) -> None:
    for path in ("/thing/new", f"/thing/{world.thing}/edit", "/thing/preview"):
        assert timed(world, path, [("number", "1.5"), (name, text)]).status_code < 500
    assert timed(world, f"/thing/{world.thing}/press/answer", [(name, text)]).status_code < 500


def is_kept_or_refused(world: World, name: str, text: str, pairs: list[tuple[str, str]]) -> None:
    """Sends one field of the record, as a change in its place does."""
    address = f"/thing/{world.thing}/edit"
    before = world.site.digest()
    version = version_in(world.clerk.get(address).text)
    answer = timed(world, address, [("_version", version), *pairs])
    if answer.status_code == 303:
        kept = world.values().get(name)
        if name in ("text", "long_text"):
            wanted = text.replace("\r\n", "\n").replace("\r", "\n").strip()
            assert kept == (wanted or None)
        shown = world.clerk.get(f"/thing/{world.thing}")
        assert shown.status_code == 200
        drawn = world.clerk.get(address).text
        assert kept is None or f'name="{name}"' in drawn or name in ("stage", "sequence", "twice")
        return
    assert answer.status_code in (400, 403, 422), answer.status_code
    assert world.site.digest() == before
    if answer.status_code == 422:
        is_drawn = f'id="f-{name}-below"' in world.clerk.get(address).text
        assert (f'is-error" id="f-{name}-below"' if is_drawn else "notice") in answer.text


def is_drawn(world: World, pairs: list[tuple[str, str]]) -> None:
    """Sends the same to a new record and to the preview."""
    before = world.site.digest()
    assert timed(world, "/thing/preview", pairs).status_code < 500
    assert world.site.digest() == before
    answer = timed(world, "/thing/new", pairs)
    assert answer.status_code in (303, 400, 422)
    assert answer.status_code == 303 or world.site.digest() == before


def timed(world: World, path: str, pairs: list[tuple[str, str]]) -> TestResponse:
    """Posts, and checks what holds for every answer."""
    began = time.process_time()
    answer = send(world.clerk, path, pairs)
    assert time.process_time() - began < SECONDS
    assert is_sound(answer), (path, pairs)
    return answer


@pytest.mark.parametrize("name", ["text", "long_text", "number", "choices", "any_link", "email"])
@pytest.mark.parametrize("text", ["x" * 1_048_576, "a" * 999_999, "9" * 1_048_576])
def test_a_mebibyte(world: World, name: str, text: str) -> None:
    is_kept_or_refused(world, name, text, [(name, text)])


BODIES: dict[str, tuple[bytes, str, int]] = {
    "percent signs": (b"text=%&number=%31%", "application/x-www-form-urlencoded", 422),
    "half letters": (b"text=%ff%fe", "application/x-www-form-urlencoded", 400),
    "surrogates": (b"text=%ed%a0%80", "application/x-www-form-urlencoded", 400),
    "raw bytes": (b"text=\xff\x00", "application/x-www-form-urlencoded", 400),
    "json": (b'{"text": "x"}', "application/json", 400),
    "xml": (b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", "text/xml", 400),
    "no type": (b"text=x", "", 400),
    "files": (
        b'--b\r\nContent-Disposition: form-data; name="a"; filename="../x"\r\n\r\nx\r\n--b--',
        "multipart/form-data; boundary=b",
        400,
    ),
    "a broken multipart": (b"--b\r\n", "multipart/form-data; boundary=", 400),
    "5,000 fields": (
        b"&".join(b"f%d=x" % n for n in range(5_002)),
        "application/x-www-form-urlencoded",
        400,
    ),
    "a million fields": (b"a&" * 1_000_000, "application/x-www-form-urlencoded", 400),
    "4,000 unknown fields": (
        b"&".join(b"f%d=x" % n for n in range(4_000)),
        "application/x-www-form-urlencoded",
        422,
    ),
    "an empty body": (b"", "", 303),
    "a million ampersands": (b"&" * 1_000_000, "application/x-www-form-urlencoded", 400),
}


@pytest.mark.parametrize("body, content_type, status", BODIES.values(), ids=BODIES)
def test_a_body(world: World, body: bytes, content_type: str, status: int) -> None:
    before = world.site.digest()
    began = time.process_time()
    answer = world.clerk.client.post(
        "/thing/new",
        data=body,
        content_type=content_type,
        headers={"X-CSRF-Token": world.clerk.csrf},
    )
    assert time.process_time() - began < SECONDS
    assert is_sound(answer)
    assert answer.status_code == status
    assert (world.site.digest() == before) == (status != 303)
