"""The blind oracle: of a forbidden field nothing is told, by no parameter of no page.

Every way to ask about it, with a value that is there and with one that is not, is answered byte for
byte as the same question about a field that does not exist.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from tests.kit.web import Browser
from tests.rights.world import World

UNKNOWN = "nosuchfield"
OPERATORS = ("", ".ne", ".gt", ".lt", ".has", ".starts")
_REFERENCE = re.compile(r"\b[0-9a-f]{8}\b|[\w-]{32,}")


@dataclass(frozen=True, slots=True)
class Forbidden:
    """A field that a person may not read, as a path of a list, and a value that stands there."""

    entity: str
    path: str
    value: str


def forbidden(world: World, login: str) -> Iterator[Forbidden]:
    """Yields every field that is hidden from a person, own ones and those behind links."""
    for entity in world.entities:
        if not world.sees_any(login, entity):
            continue
        for name, one in world.fields(entity).items():
            target = one.get("to")
            if world.hides(login, entity, name):
                yield Forbidden(entity, name, value_of(world, entity, name))
            elif target is not None:
                for far in world.fields(target):
                    if is_hidden(world, login, target, far):
                        yield Forbidden(entity, f"{name}.{far}", value_of(world, target, far))


def is_hidden(world: World, login: str, entity: str, name: str) -> bool:
    """Says whether a field of a linked record is unknown to a person, however they know of it."""
    hidden = world.hides(login, entity, name) or not world.sees_any(login, entity)
    return hidden and not peeks(world, login, entity, name)


def peeks(world: World, login: str, entity: str, name: str) -> bool:
    """Says whether a field is known of records that are peeked at: their owner, their stage."""
    stages = world.stages(entity)
    is_shown = name in stages or name == world.owner_field(entity)
    return is_shown and not world.hides(login, entity, name, "see", "peek")


def value_of(world: World, entity: str, name: str) -> str:
    """Returns a value that stands in a field."""
    found = (one["values"].get(name) for one in world.of(entity))
    return next((str(one) for one in found if one not in (None, "", ())), "1")


def questions(world: World, hidden: Forbidden) -> Iterator[tuple[str, str]]:
    """Yields every address that asks about a field, and the part of it that names the field."""
    path, base = hidden.path, f"/{hidden.entity}"
    for place in (base, f"{base}.csv", *views_of(world, hidden.entity)):
        for operator in OPERATORS:
            for value in (hidden.value, "zz-not-there", ""):
                yield f"{place}?{path}{operator}={quote(value)}", path
        yield from ((f"{place}?{one}={path}", path) for one in ("sort", "columns", "_filter"))
        yield f"{place}?sort=-{path}", path
    if "." not in path:
        record = world.of(hidden.entity)[0]["id"] if world.of(hidden.entity) else 1
        yield f"{base}/{record}/edit?field={path}", path
        yield f"{base}/{record}/day?_field={path}", path
        yield f"{base}/new?{path}={quote(hidden.value)}", path
        yield f"/search/pick/{hidden.entity}/{path}?q=", path
    yield f"/search/filter/{hidden.entity}/{path}?q=", path


def views_of(world: World, entity: str) -> Iterator[str]:
    """Yields the views of an entity: lists, boards, calendars."""
    for view, said in world.views.items():
        if said["entity"] == entity:
            yield f"/views/{view}"


def ask(browser: Browser, path: str) -> str:
    """Returns an answer without its request's key and without the question itself."""
    answer = browser.get(path)
    assert answer.status_code < 500, path
    text = answer.text.replace(quote(path.partition("?")[2]), "QUERY")
    return f"{answer.status_code} {_REFERENCE.sub('KEY', text)}"


def unknown(path: str, name: str) -> tuple[str, str]:
    """Returns the same question about a field that there is not."""
    other = f"{name.rpartition('.')[0]}.{UNKNOWN}".lstrip(".")
    return re.sub(rf"(?<=[/?=&-]){re.escape(name)}(?=[.=?&]|$)", other, path), other
