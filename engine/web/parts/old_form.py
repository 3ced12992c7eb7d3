"""A form that was drawn by a version before: what it still says, and what has no place any more.

A field that has another name now gets what was typed. What has no field any more is not lost
silently: the form comes back and says what stood there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.errors import Message, say
from engine.metadata.model.entity import Entity
from engine.runtime.plan.versions import applied_version
from engine.web.formdata import FormData
from engine.web.parts.folder_note import served_stamp
from engine.web.request import SERVED, services


@dataclass(frozen=True, slots=True)
class Taken:
    """What a form says to the version that is served, and what of it has no place."""

    data: FormData
    lost: tuple[Message, ...] = ()


def taken_over(entity: Entity, data: FormData) -> Taken:
    """Return what a form says in the names of today; one of today is left as it is."""
    drawn_by = data.control(SERVED)
    unknown = [one for one in data.payload if one not in entity.fields]
    if not unknown or drawn_by in ("", served_stamp(services().application)):
        return Taken(data)
    names = names_of_today(entity)
    lost = tuple(
        say(
            "There is no field “{name}” any more. You had written there: {text}",
            name=name,
            text=", ".join(data.typed[name]),
        )
        for name in unknown
        if names.get(name, name) not in entity.fields and any(data.typed[name])
    )
    return Taken(renamed(data, entity, names), lost)


def names_of_today(entity: Entity) -> Mapping[str, str]:
    """Return old name -> name of today of the fields that were renamed last."""
    said = {one.was: one.id for one in entity.fields.values() if one.was}
    version = applied_version(services().database)
    renames = version.plan.get("renames") if version else None
    if not isinstance(renames, Mapping):
        return said
    start = f"entities.{entity.id}.fields."
    answered = {
        str(old): address.removeprefix(start)
        for address, old in renames.items()
        if address.startswith(start)
    }
    return {**said, **answered}


def renamed(data: FormData, entity: Entity, names: Mapping[str, str]) -> FormData:
    """Return what a form says, without the fields that are gone."""
    known = {name: names.get(name, name) for name in data.payload if name not in entity.fields}
    known = {old: new for old, new in known.items() if new in entity.fields}
    kept = [*(one for one in data.payload if one in entity.fields), *known]
    return replace(
        data,
        payload={known.get(one, one): data.payload[one] for one in kept},
        typed={known.get(one, one): data.typed[one] for one in kept},
    )
