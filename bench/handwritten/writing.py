"""Deals made, changed and pressed on: one transaction each, with history and outbox."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Any

import phonenumbers
from flask import abort
from sqlalchemy import Connection, Table, bindparam, insert, select, update

from bench.handwritten import words
from bench.handwritten.door import Me
from bench.handwritten.facts import BUTTONS_OF, PRIORITIES, SOURCES
from bench.handwritten.reading import seen
from bench.handwritten.tables import CLIENT, DEAL, HISTORY, NOTE, OUTBOX, STAYS, TASK

Form = Mapping[str, str]
Values = dict[str, Any]
HIGHEST_DISCOUNT = 200
TEXTS = {"name": 120, "email": 250, "city": 80, "address": 200, "wishes": 10_000}
NUMBERS = {"length_m": 2, "price": 2, "extras": 2, "discount": 1, "prepaid": 2}
MOVING = update(DEAL).where(DEAL.c.id == bindparam("number"), DEAL.c.version == bindparam("was"))


class Wrong(Exception):
    """What is wrong with a form, by field."""

    def __init__(self, messages: dict[str, str]) -> None:
        super().__init__(messages)
        self.messages = messages


def create(connection: Connection, me: Me, form: Form) -> int:
    """Make a deal, and the task that the first quote is."""
    values = read_deal(connection, form)
    now = words.now()
    stamps = {"created_at": now, "created_by": me.id, "last_activity_at": now}
    row = {**values, **names(values), **stamps, "updated_at": now, "updated_by": me.id}
    row |= {"owner": me.id, "stage": "new"}
    number = _insert(connection, DEAL, row)
    _record(connection, me, ("deal", number, 1, "create"), None, row)
    connection.execute(
        insert(STAYS).values(
            entity="deal", record_id=number, field="stage", stage="new", entered_at=now
        )
    )
    task = f"Make a quote for {values['name']}"
    _add_task(connection, me, number, (task, now + timedelta(days=1), "other", me.id))
    return number


def change(connection: Connection, me: Me, number: int, form: Form) -> None:
    """Change a deal, if it is still the version that the form was made from."""
    before = _locked(connection, me, number)
    values = read_deal(connection, form)
    changed = {one: value for one, value in values.items() if getattr(before, one) != value}
    if before.version != int(form["_version"]):
        raise Wrong({"": "Somebody else changed this deal meanwhile."})
    if changed:
        _write(connection, me, before, {**changed, **names(values)}, "edit")


def press_talked(connection: Connection, me: Me, number: int, form: Form) -> None:
    """Do what follows when somebody has talked with the client."""
    before = _locked(connection, me, number)
    if "talked" not in {one.id for one in BUTTONS_OF[before.stage]}:
        raise Wrong({"": "This can't be pressed now."})
    said, due = form.get("said", "").strip(), read_moment(form.get("next_contact", ""))
    if not said or due is None:
        raise Wrong({"said": "Fill in What was said.", "next_contact": "Say when."})
    _finish_calls(connection, me, number)
    now = words.now()
    base = {"created_at": now, "created_by": me.id, "updated_at": now, "updated_by": me.id}
    note = {**base, "type": "note", "text": said, "by": me.id, "at": now}
    note |= {"title": said[:250], "title_key": said.casefold()[:200]}
    note |= {"search_text": said.casefold(), "about_entity": "deal", "about_id": number}
    made = _insert(connection, NOTE, note)
    _record(connection, me, ("activity", made, 1, "create"), None, note)
    _write(connection, me, before, {"next_contact": due}, "press")
    task = (f"Call about {before.name}", due, "call", before.owner)
    _add_task(connection, me, number, task)


def read_deal(connection: Connection, form: Form) -> Values:
    """Read and check a form; say everything that is wrong with it at once."""
    wrong: dict[str, str] = {}
    values: Values = {one: form.get(one, "").strip() or None for one in TEXTS}
    wrong |= {n: "Too long." for n, most in TEXTS.items() if len(values[n] or "") > most}
    for name, decimals in NUMBERS.items():
        try:
            values[name] = read_number(form.get(name, ""), decimals)
        except (InvalidOperation, ValueError):
            wrong[name] = "Write a number."
    for name, options in (("source", SOURCES), ("priority", PRIORITIES)):
        values[name] = form.get(name) or None
        if values[name] is not None and values[name] not in options:
            wrong[name] = "Choose one of the list."
    values["phone"] = read_phone(form.get("phone", ""), wrong)
    values["next_contact"] = read_moment(form.get("next_contact", ""))
    values["promised_for"] = read_day(form.get("promised_for", ""))
    values["urgent"] = form.get("urgent") == "true"
    values["client"] = read_client(connection, form.get("client", ""), wrong)
    if not values["name"]:
        wrong["name"] = "Fill in Name."
    if not wrong:
        values["amount"] = amount_of(values)
        if (values["discount"] or 0) > HIGHEST_DISCOUNT:
            wrong["discount"] = "At most 20."
        if (values["prepaid"] or 0) > (values["amount"] or 0):
            wrong["prepaid"] = "More than the deal."
    if wrong:
        raise Wrong(wrong)
    return values


def read_number(text: str, decimals: int) -> int | None:
    """Read a number as whole units."""
    if not text.strip():
        return None
    units = Decimal(text.replace(",", ".").replace(" ", "")).scaleb(decimals)
    if units != units.to_integral_value() or units < 0:
        raise ValueError(text)
    return int(units)


def read_phone(text: str, wrong: dict[str, str]) -> str | None:
    """Read a phone number as it is stored."""
    if not text.strip():
        return None
    try:
        number = phonenumbers.parse(text, "BG")
    except phonenumbers.NumberParseException:
        wrong["phone"] = "This is no phone number."
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def read_moment(text: str) -> datetime | None:
    """Read a moment as the form shows it."""
    return datetime.fromisoformat(text).replace(tzinfo=words.ZONE) if text.strip() else None


def read_day(text: str) -> date | None:
    """Read a day as the form shows it."""
    return date.fromisoformat(text) if text.strip() else None


def read_client(connection: Connection, text: str, wrong: dict[str, str]) -> int | None:
    """Read which client is meant, if there is one."""
    query = select(CLIENT.c.id).where(
        CLIENT.c.id == (int(text) if text.isdecimal() else 0), CLIENT.c.trashed_at.is_(None)
    )
    found = connection.scalar(query)
    if found is None:
        wrong["client"] = "Fill in Client."
    return found


def amount_of(values: Values) -> int | None:
    """Compute what the client pays in all."""
    length, price, extras = (values[one] for one in ("length_m", "price", "extras"))
    if None in (length, price, extras):
        return None
    whole = Decimal(length) * price / 100 + extras
    return int((whole * (1000 - (values["discount"] or 0)) / 1000).quantize(Decimal(1)))


def names(values: Values) -> Values:
    """Return the texts by which a deal is sorted and found."""
    found_by = [values["name"], values["phone"], values["address"]]
    if values["phone"]:
        found_by.insert(2, words.phone(values["phone"]).replace(" ", ""))
    text = " ".join(one for one in found_by if one)
    title = values["name"]
    return {"title": title, "title_key": title.casefold()[:200], "search_text": text.casefold()}


def _locked(connection: Connection, me: Me, number: int) -> Any:
    found = connection.execute(
        select(DEAL).where(DEAL.c.id == number, seen(me)).with_for_update()
    ).one_or_none()
    return abort(404) if found is None else found


def _write(connection: Connection, me: Me, before: Any, values: Values, action: str) -> None:
    now, version = words.now(), before.version + 1
    cells = {**values, "version": version, "updated_at": now, "updated_by": me.id}
    cells["last_activity_at"] = now
    done = connection.execute(MOVING.values(cells), {"number": before.id, "was": before.version})
    if done.rowcount != 1:
        raise Wrong({"": "Somebody else changed this deal meanwhile."})
    old = dict(before._mapping)  # noqa: SLF001 - the documented way to the cells
    fields = sorted(values)
    _record(connection, me, ("deal", before.id, version, action), old, {**old, **cells}, fields)


def _finish_calls(connection: Connection, me: Me, number: int) -> None:
    open_ones = select(TASK).where(
        *(TASK.c.about_entity == "deal", TASK.c.about_id == number),
        *(TASK.c.done.is_(False), TASK.c.type == "call", TASK.c.trashed_at.is_(None)),
    )
    for one in connection.execute(open_ones.with_for_update()).all():
        cells = {"done": True, "version": one.version + 1, "updated_at": words.now()}
        connection.execute(update(TASK).where(TASK.c.id == one.id).values(cells))
        old = dict(one._mapping)  # noqa: SLF001 - as above
        what = ("task", one.id, one.version + 1, "finish")
        _record(connection, me, what, old, {**old, **cells}, ["done"])


def _add_task(
    connection: Connection, me: Me, deal: int, task: tuple[str, datetime, str, int]
) -> None:
    subject, due, kind, to = task
    now = words.now()
    row = {"title": subject, "title_key": subject.casefold(), "search_text": subject.casefold()}
    row |= {"subject": subject, "type": kind, "about_entity": "deal"}
    stamps = {"created_at": now, "created_by": me.id, "updated_at": now, "updated_by": me.id}
    whole = {**row, **stamps, "due": due, "to": to, "about_id": deal, "last_activity_at": now}
    number = _insert(connection, TASK, whole)
    _record(connection, me, ("task", number, 1, "create"), None, whole)


def _insert(connection: Connection, table: Table, row: Values) -> int:
    (number,) = connection.execute(insert(table).values(row)).inserted_primary_key or (0,)
    return int(number)


def _record(
    connection: Connection,
    me: Me,
    what: tuple[str, int, int, str],
    before: Values | None,
    after: Values,
    fields: list[str] | None = None,
) -> None:
    """Write the history of a change, and the row that tells others of it."""
    entity, number, version, action = what
    now = words.now()
    history = {
        "entity": entity,
        "record_id": number,
        "version": version,
        "action": action,
        "actor_kind": "user",
        "user_id": me.id,
        "actor_name": me.name,
        "at": now,
        "before": None if before is None else _image(before),
        "after": _image(after),
        "fields": fields or sorted(after),
    }
    key = _insert(connection, HISTORY, history)
    told = {"history_id": key, "entity": entity, "record_id": number}
    told |= {"key": sha256(f"{key}::0".encode()).hexdigest(), "available_at": now}
    connection.execute(insert(OUTBOX).values({**told, "created_at": now}))


def _image(values: Values) -> Values:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
        if value is not None
    }
