"""Addresses of pages: made here, so that no other module puts one together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote, quote_plus, unquote, urlsplit

START = "/"
SIGN_IN = "/sign-in"
LONGEST = 2000
# Going back to one of these after signing in would lead nowhere.
NO_RETURN = (SIGN_IN, "/sign-out", "/welcome")
CONTROL = re.compile(r"[\x00-\x20\x7f\\]")


def list_url(entity_id: str, query: Iterable[tuple[str, str]] = ()) -> str:
    """Return the address of an entity's list."""
    return with_query(f"/{entity_id}", query)


def record_url(entity_id: str, record_id: int) -> str:
    """Return the address of a record's page."""
    return f"/{entity_id}/{record_id}"


def edit_url(entity_id: str, record_id: int) -> str:
    """Return the address of a record's form."""
    return f"/{entity_id}/{record_id}/edit"


def part_url(entity_id: str, record_id: int, field_id: str) -> str:
    """Return the address where one field of a record is changed."""
    return f"/{entity_id}/{record_id}/edit?field={field_id}"


def press_url(entity_id: str, record_id: int, button_id: str) -> str:
    """Return the address of a button on a record."""
    return f"/{entity_id}/{record_id}/press/{button_id}"


def runs_url(entity_id: str, record_id: int) -> str:
    """Return the address that tells what rules did to a record."""
    return f"/{entity_id}/{record_id}/runs"


def run_url(entity_id: str, record_id: int, run_id: int) -> str:
    """Return the address that tells why a rule did what it did."""
    return f"/{entity_id}/{record_id}/runs/{run_id}"


def drop_url(entity_id: str, record_id: int) -> str:
    """Return the address of the ways that a record may be moved on."""
    return f"/{entity_id}/{record_id}/drop"


def new_url(entity_id: str, query: Iterable[tuple[str, str]] = ()) -> str:
    """Return the address of the form for a new record."""
    return with_query(f"/{entity_id}/new", query)


def view_url(view_id: str) -> str:
    """Return the address of a saved view."""
    return f"/views/{view_id}"


def welcome_url(token: str) -> str:
    """Return the address where a one-time link ends."""
    return f"/welcome/{token}"


def users_url() -> str:
    """Return the address of user administration."""
    return "/admin/users"


def user_url(user_id: int) -> str:
    """Return the address of a user in user administration."""
    return f"/admin/users/{user_id}"


def configuration_url() -> str:
    """Return the address of the configuration: its folder and its versions."""
    return "/admin/configuration"


def version_url(version_id: int) -> str:
    """Return the address of a version of the configuration."""
    return f"/admin/configuration/{version_id}"


def sign_in_url(back_to: str = START) -> str:
    """Return the sign-in page's address, which leads back to a page of ours."""
    back = local_path(back_to)
    return SIGN_IN if back == START else with_query(SIGN_IN, [("_next", back)])


def with_query(path: str, query: Iterable[tuple[str, str]]) -> str:
    """Return the path with a query, readable where it may be."""
    text = "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in query)
    return f"{path}?{text}" if text else path


@lru_cache(1024)
def _quoted(text: str) -> str:
    return quote_plus(str(text), safe=",:*")


def local_path(text: str | None) -> str:
    """Return `text` if it is a path within this site, else the start page.

    Judged as written and once more unquoted: browsers drop tabs and read a backslash as a slash.
    """
    if not text or len(text) > LONGEST:
        return START
    if not (_stays_here(text) and _stays_here(unquote(text.partition("?")[0]))):
        return START
    path = urlsplit(text).path
    if any(path == one or path.startswith(one + "/") for one in NO_RETURN):
        return START
    return quote(text, safe="/?&=%:,*;@!$'()+~-._#")


def _stays_here(text: str) -> bool:
    if not text.startswith("/") or text.startswith("//") or CONTROL.search(text):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return not parts.scheme and not parts.netloc
