"""What is asked at each door: the addresses of a route, filled in from a world for one person."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any

from engine.runtime.plan.versions import applied_version
from tests.rights.doors import DOORS, Door
from tests.rights.world import MISSING, Kept, World

LINKS = frozenset({"link", "user", "team", "any_link"})
MOMENTS = frozenset({"date", "datetime"})
OPERATORS = r"\.(?:ne|gt|ge|lt|le|has|starts)$"


@dataclass(frozen=True, slots=True)
class Ask:
    """One address of a door; `record` is what it is about, `missing` where there is none."""

    key: str
    door: Door
    path: str
    entity: str = ""
    record: Kept | None = None
    name: str = ""  # of the button, the view, the field
    missing: bool = False


def asks(world: World, login: str, method: str) -> Iterator[Ask]:
    """Yields everything that is asked of one person, door by door."""
    for key, door in DOORS.items():
        if key.startswith(f"{method} "):
            for ask in FILLS[door.fill](world, key, door):
                queries = QUERIES.get(door.how) if method == "GET" else None
                for query in queries(world, login, ask) if queries else ("",):
                    yield with_query(ask, query)


def with_query(ask: Ask, query: str) -> Ask:
    """Returns the same with a query."""
    path = f"{ask.path}?{query}" if query else ask.path
    return Ask(ask.key, ask.door, path, ask.entity, ask.record, ask.name, ask.missing)


def address(key: str, **values: object) -> str:
    """Returns the address of a rule with its parameters."""
    path = key.partition(" ")[2]
    for name, value in values.items():
        path = re.sub(rf"<(?:\w+:)?{name}>", str(value), path)
    return path


def nowhere(ask: Ask) -> str:
    """Returns an address like this one where there is nothing."""
    path, _, query = ask.path.partition("?")
    if ask.record is None:
        path = path.replace(f"/{ask.entity}", "/nosuchentity") if ask.entity else f"{path}nosuch"
    else:
        path = re.sub(rf"(?<=/){ask.record['id']}(?=/|$)", str(MISSING), path, count=1)
    return f"{path}?{query}" if query else path


# How the parameters of a rule are filled


def _once(_: World, key: str, door: Door) -> Iterator[Ask]:
    yield Ask(key, door, address(key))


def _entities(world: World, key: str, door: Door) -> Iterator[Ask]:
    for entity in world.entities:
        yield Ask(key, door, address(key, entity_id=entity), entity)


def _records(world: World, key: str, door: Door) -> Iterator[Ask]:
    for entity in world.entities:
        path = address(key, entity_id=entity, record_id=MISSING)
        yield Ask(key, door, path, entity, missing=True)
        for one in world.of(entity):
            path = address(key, entity_id=entity, record_id=one["id"])
            yield Ask(key, door, path, entity, one)


def _buttons(world: World, key: str, door: Door) -> Iterator[Ask]:
    for entity in world.entities:
        for button in world.buttons(entity):
            path = partial(address, key, entity_id=entity, button_id=button)
            yield Ask(key, door, path(record_id=MISSING), entity, name=button, missing=True)
            for one in world.of(entity):
                yield Ask(key, door, path(record_id=one["id"]), entity, one, button)


def _runs(world: World, key: str, door: Door) -> Iterator[Ask]:
    for (entity, record_id), runs in world.runs.items():
        record = world.by_ref[entity, record_id]
        path = partial(address, key, entity_id=entity)
        yield Ask(key, door, path(record_id=MISSING, run_id=runs[0]), entity, missing=True)
        yield Ask(key, door, path(record_id=record_id, run_id=MISSING), entity, missing=True)
        for run in runs:
            yield Ask(key, door, path(record_id=record_id, run_id=run), entity, record)


def _of(entity: str, parameter: str, world: World, key: str, door: Door) -> Iterator[Ask]:
    yield Ask(key, door, address(key, **{parameter: MISSING}), entity, missing=True)
    for one in world.of(entity):
        yield Ask(key, door, address(key, **{parameter: one["id"]}), entity, one)


def _views(world: World, key: str, door: Door) -> Iterator[Ask]:
    for view, said in world.views.items():
        yield Ask(key, door, address(key, view_id=view), said["entity"], name=view)
    yield Ask(key, door, address(key, view_id="nosuchview"), missing=True)


def _links(parameter: str, world: World, key: str, door: Door) -> Iterator[Ask]:
    for entity in world.entities:
        for name, one in world.fields(entity).items():
            if one["type"] in LINKS:
                path = address(key, entity_id=entity, **{parameter: name})
                yield Ask(key, door, path, entity, name=name)
        for button, said in world.buttons(entity).items():
            for name, one in (said.get("ask") or {}).items():
                kind = one if isinstance(one, str) else (one or {}).get("type")
                if parameter == "field_id" and kind in LINKS:
                    path = address(key, entity_id=entity, field_id=f"{button}.{name}")
                    yield Ask(key, door, path, entity, name=f"{button}.{name}")


def _versions(world: World, key: str, door: Door) -> Iterator[Ask]:
    version = applied_version(world.site.services.database)
    assert version is not None
    yield Ask(key, door, address(key, version_id=version.id))
    yield Ask(key, door, address(key, version_id=MISSING), missing=True)


def _nothing(_: World, __: str, ___: Door) -> Iterator[Ask]:
    yield from ()


FILLS: Mapping[str, Callable[[World, str, Door], Iterator[Ask]]] = MappingProxyType(
    {
        "once": _once,
        "entities": _entities,
        "records": _records,
        "buttons": _buttons,
        "runs": _runs,
        "tasks": partial(_of, "task", "task_id"),
        "notices": partial(_of, "notification", "notice_id"),
        "users": partial(_of, "user", "user_id"),
        "versions": _versions,
        "views": _views,
        "links": partial(_links, "field_id"),
        "paths": partial(_links, "path"),
        "files": _nothing,
    }
)


# What a page is asked in its query


def _list(world: World, login: str, ask: Ask) -> Iterator[str]:
    columns = ",".join(_columns(world, login, ask.entity))
    yield ""
    yield f"columns={columns}&size=200"
    yield "q=cnry"
    yield "archived=only"
    yield f"trashed=only&columns={columns}"
    if not ask.path.endswith(".csv"):
        yield "_part=count&size=1"
        yield from (f"_filter={one}" for one in _columns(world, login, ask.entity)[1:])


def _columns(world: World, login: str, entity: str) -> list[str]:
    """Returns the columns that a person may name, those behind links too."""
    found = ["title"]
    for name, one in world.fields(entity).items():
        if not world.hides(login, entity, name):
            found.append(name)
            target = one.get("to")
            if target and world.sees_any(login, target):
                beyond = (n for n in world.fields(target) if not world.hides(login, target, n))
                found += [f"{name}.{one}" for one in beyond][:3]
    return found[:20]


def _view(world: World, login: str, ask: Ask) -> Iterator[str]:
    view = world.views.get(ask.name, {})
    yield ""
    columns = (
        [one for one in _columns(world, login, view["entity"]) if "." not in one] if view else []
    )
    yield f"columns={','.join(columns)}"
    if view.get("type") == "board":
        yield "_part=heads"
        stages = next(iter(world.stages(view["entity"]).values()))
        yield from (f"_column={one}&columns={','.join(columns)}" for one in stages)
        yield from (f"_part=card&_record={one['id']}" for one in world.of(view["entity"]))
        yield f"_part=card&_record={MISSING}"
    if view.get("type") == "calendar":
        yield from ("show=week", "show=month&on=2026-03-10", "on=2026-04-01")


def _words(world: World, login: str, ask: Ask) -> Iterator[str]:
    del login
    yield from ("", "q=cnry")
    if ask.path == "/search":
        yield "q=cnry&_in=palette"
        for one in world.records[::3]:
            for name in list(one["marks"])[:3]:
                yield from (f"q={mark}" for mark in one["marks"][name] if mark.startswith("cnry"))


def _parts(world: World, login: str, ask: Ask) -> Iterator[str]:
    del login
    yield ""
    names = list(world.fields(ask.entity))
    number = ask.record["id"] if ask.record else 0
    yield from (f"field={one}" for at, one in enumerate(names) if (at + number) % 4 == 0)


def _stage(world: World, login: str, ask: Ask) -> Iterator[str]:
    del login
    stages = world.stages(ask.entity)
    yield from (f"stage={one}&_field={name}" for name in stages for one in stages[name])
    if not stages:
        yield "stage=new"


def _stages(world: World, login: str, ask: Ask) -> Iterator[str]:
    yield ""
    yield from _stage(world, login, ask)


def _day(world: World, login: str, ask: Ask) -> Iterator[str]:
    del login
    fields = world.fields(ask.entity)
    yield from (f"_field={name}" for name, one in fields.items() if one["type"] in MOMENTS)


def _moment(_: World, __: str, ___: Ask) -> Iterator[str]:
    yield "text=tomorrow&kind=date"


QUERIES: Mapping[str, Callable[[World, str, Ask], Iterator[str]]] = MappingProxyType(
    {
        "list": _list,
        "view": _view,
        "words": _words,
        "parts": _parts,
        "stage": _stage,
        "stages": _stages,
        "day": _day,
        "moment": _moment,
    }
)


def opens(world: World, login: str, view: Mapping[str, Any]) -> bool:
    """Says whether a view is there for a person: for its roles, and nothing in it is hidden."""
    entity, roles = view["entity"], view.get("roles")
    if not world.sees_any(login, entity):
        return False
    if roles and not set(roles) & set(world.people[login].roles):
        return False
    names = [re.sub(OPERATORS, "", one) for one in view.get("filters", {})]
    names += [one for one in (view.get("group_by"), view.get("date")) if one]
    if view.get("type") == "board" and "group_by" not in view:
        names += list(world.stages(entity))[:1]
    return not any(world.hides(login, entity, one) for one in names)
