"""The write oracle: a refused write leaves one line in the log and nothing else.

Everything that the database holds is compared, row by row, before and after; an allowed write may
change the record that it is about, and what the configuration says that follows.
"""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from zlib import crc32

from tests.kit.web import Browser
from tests.rights.asking import Ask, asks, nowhere
from tests.rights.marks import marks_in, marks_of_answer
from tests.rights.reading import GONE, REFUSED, plain, tells_nothing
from tests.rights.sampling import Sample
from tests.rights.world import World

Form = Mapping[str, str]
Rows = dict[tuple[Any, ...], tuple[Any, ...]]
State = dict[str, Rows]
LOG = "kt_log"
SKIPPED = frozenset({"kt_sessions", "kt_attempts", "sqlite_sequence", "sqlite_stat1"})


class Disk:
    """The file behind a site: what stands in it, and a copy to go back to."""

    def __init__(self, world: World) -> None:
        path = world.site.services.database.url.database
        assert path, "the write oracle works on a file"
        self._file = sqlite3.connect(path)
        self._copy = sqlite3.connect(":memory:")
        self._keys = {name: self._key(name) for name in self._tables()}
        self.keep()

    def keep(self) -> None:
        """Keeps the state to go back to."""
        self._file.backup(self._copy)

    def go_back(self) -> None:
        """Brings back the state that was kept."""
        self._copy.backup(self._file)

    def state(self) -> State:
        """Returns every row of every table, by its key."""
        return {name: self._rows(name, keys) for name, keys in self._keys.items()}

    def close(self) -> None:
        """Closes the file."""
        self._file.close()
        self._copy.close()

    def columns(self, table: str) -> list[str]:
        """Returns the columns of a table."""
        return [one[1] for one in self._file.execute(f'PRAGMA table_info("{table}")')]

    def _tables(self) -> list[str]:
        found = self._file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return [name for (name,) in found if name not in SKIPPED]

    def _key(self, table: str) -> list[int]:
        info = self._file.execute(f'PRAGMA table_info("{table}")').fetchall()
        return [one[0] for one in info if one[5]] or [one[0] for one in info]

    def _rows(self, table: str, keys: list[int]) -> Rows:
        rows = self._file.execute(f'SELECT * FROM "{table}"')
        return {tuple(row[one] for one in keys): row for row in rows}


def changed(before: State, after: State) -> dict[str, set[tuple[Any, ...]]]:
    """Returns the keys of the rows that are new, gone or other, by table."""
    found = {}
    for name, rows in after.items():
        if rows != before[name]:
            keys = rows.keys() | before[name].keys()
            found[name] = {one for one in keys if rows.get(one) != before[name].get(one)}
    return found


def columns_of(before: State, after: State, table: str, key: tuple[Any, ...]) -> set[int]:
    """Returns the places of the columns in which a row differs."""
    old, new = before[table].get(key, ()), after[table].get(key, ())
    return {at for at, (one, two) in enumerate(zip(old, new, strict=False)) if one != two}


@dataclass
class Writer:
    """One person at all doors that change something."""

    world: World
    login: str
    sample: Sample
    disk: Disk
    refused: int = 0
    done: int = 0
    missing: dict[tuple[str, str, bool], str] = field(default_factory=dict)

    @cached_property
    def browser(self) -> Browser:
        """The browser in which the person is signed in."""
        return self.world.browser(self.login)

    def begin(self) -> None:
        """Signs in, which is no part of what is compared."""
        assert self.browser.cookie("kartoteka")
        self.disk.keep()

    def check(self) -> None:
        """Sends a form to every door."""
        for ask in asks(self.world, self.login, "POST"):
            if ask.door.how in FORMS:
                for htmx in self.sample.ways(self.world, self.login, ask):
                    self.check_one(ask, htmx=htmx)

    def check_one(self, ask: Ask, *, htmx: bool) -> None:
        """Sends one form, and compares what came of it with the model."""
        form = FORMS[ask.door.how](self.world, ask)
        said = f"{self.world.name}, {self.login}, {'htmx ' if htmx else ''}{ask.key}: {ask.path}"
        expected = refusal(self.world, self.login, ask)
        before = self.disk.state()
        answer = self.browser.post(ask.path, form, htmx=htmx)
        assert answer.status_code < 500, said
        known = self.world.known(self.login) | marks_in(str(form)) | marks_in(ask.path)
        shown = marks_of_answer(answer)
        if expected is None:
            self.done += 1
            assert answer.status_code in ALLOWED, (said, answer.status_code)
            if ask.door.how != "notice" and ask.door.needs != "admin":
                self.judge_change(ask, said, before)
            self.go_back()
            return
        assert answer.status_code == expected, (said, answer.status_code, expected)
        assert shown <= known, (said, shown - known)
        self.refused += 1
        after = self.disk.state()
        is_kept = (
            not changed(before, after) if expected == UNKNOWN else only_a_denial(before, after)
        )
        assert is_kept, (said, changed(before, after))
        if expected == GONE and tells_nothing(self.world, self.login, ask):
            nothing = self.nothing(ask, form, htmx=htmx)
            assert plain(answer, ask) == nothing, f"{said} tells that there is something"
        self.go_back()

    def go_back(self) -> None:
        """Brings back what was before, and forgets what the browser was told meanwhile."""
        self.disk.go_back()
        self.browser.client.delete_cookie(TOASTS)

    def judge_change(self, ask: Ask, said: str, before: State) -> None:
        """Of records, an allowed write may change the one that it is about, and what follows."""
        rows = changed(before, self.disk.state())
        tables = self.world.site.services.tables.tables
        for entity, table in tables.items():
            for key in rows.get(table.name, ()):
                own = ask.record is not None and (entity, key) == (
                    entity_of(ask),
                    (ask.record["id"],),
                )
                follows = entity in ("task", "activity", "notification") or ask.door.how == "press"
                is_new = key not in before[table.name]
                assert own or follows or is_new or self.renamed(before, table.name, key), (
                    said,
                    entity,
                    key,
                )

    def renamed(self, before: State, table: str, key: tuple[Any, ...]) -> bool:
        """Says whether just the title of a record has changed, or what is computed from others."""
        columns = self.disk.columns(table)
        places = columns_of(before, self.disk.state(), table, key)
        return {columns[one] for one in places} <= {"title", "title_key", "search_text"}

    def nothing(self, ask: Ask, form: Form, *, htmx: bool) -> str:
        """Returns what the same form brings at the address of a record that there is not."""
        path = nowhere(ask)
        key = (ask.key, path, htmx)
        if key not in self.missing:
            answer = self.browser.post(path, form, htmx=htmx)
            assert answer.status_code == GONE, path
            self.missing[key] = plain(answer, Ask(ask.key, ask.door, path))
        return self.missing[key]


AROUND = ("task", "activity", "notification")
TOASTS = "kartoteka_said"
UNKNOWN = 400
ALLOWED = frozenset({200, 204, 302, 303, 400, 409, 422})


def entity_of(ask: Ask) -> str:
    """Returns the entity of the record that a write is about."""
    return str(ask.record["entity"]) if ask.record else ask.entity


def only_a_denial(before: State, after: State) -> bool:
    """Says whether exactly one line was written into the log, of something denied."""
    rows = changed(before, after)
    new = [after[LOG][one] for one in rows.get(LOG, ())]
    return set(rows) == {LOG} and len(new) == 1 and "denied" in new[0]


def refusal(world: World, login: str, ask: Ask) -> int | None:
    """Returns the status with which the model refuses a write, None where it allows it."""
    if ask.door.needs == "admin":
        return None if "admin" in world.people[login].roles and not ask.missing else GONE
    if ask.missing or (ask.entity and not world.sees_any(login, ask.entity)):
        return GONE
    if ask.record is None:
        # A user is made elsewhere, and a note is always about something.
        elsewhere = ask.door.how == "new" and ask.entity in ("user", "activity")
        return None if world.creates(login, ask.entity) and not elsewhere else REFUSED
    return _of_record(world, login, ask)


def _of_record(world: World, login: str, ask: Ask) -> int | None:
    record, needs, how = ask.record, ask.door.needs, ask.door.how
    assert record is not None
    if not world.finds(login, record):
        return GONE
    if needs == "press" and not world.has_button(login, ask.entity, ask.name):
        return GONE
    if needs == "press" and world.tells_stage(login, ask.entity, ask.name):
        return REFUSED
    if _is_unknown(world, login, ask):
        return UNKNOWN
    if ask.entity == "user" and how in ("archive", "delete"):
        return REFUSED
    if needs == "restore" and not record["trashed"]:
        needs = "edit"
    if how == "note" and ask.entity in ("activity", "notification"):
        return REFUSED  # nothing is said about what is said
    if world.may(login, needs, record) and (needs == "restore" or not record["trashed"]):
        return None
    return GONE if record["trashed"] else REFUSED


def _is_unknown(world: World, login: str, ask: Ask) -> bool:
    """Says whether a form names a field that there is not for this person."""
    assert ask.record is not None
    if ask.door.how == "move":
        stages = world.stages(ask.entity)
        return all(world.hides(login, ask.entity, one) for one in stages)
    if ask.door.how != "day" or not (world.may(login, "edit", ask.record) or ask.record["trashed"]):
        return False
    name = _day(world, ask)["_field"]
    return name == "nothing" or world.hides(login, ask.entity, name)


# What is sent


def _edit(world: World, ask: Ask) -> Form:
    """A new text in the first text field that people write."""
    fields = world.fields(ask.entity).items()
    name = next((n for n, one in fields if one["type"] in ("text", "long_text")), "nothing")
    version = ask.record["version"] if ask.record else 1
    return {name: "another text", "_version": str(version)}


def _move(world: World, ask: Ask) -> Form:
    for name, stages in world.stages(ask.entity).items():
        place = crc32(ask.path.encode()) % len(stages)
        return {"stage": stages[place], "_field": name}
    return {"stage": "new"}


def _day(world: World, ask: Ask) -> Form:
    fields = world.fields(ask.entity).items()
    name = next((n for n, one in fields if one["type"] in ("date", "datetime")), "nothing")
    version = ask.record["version"] if ask.record else 1
    return {"_field": name, "_day": "2026-03-20", "_version": str(version)}


def _new(world: World, ask: Ask) -> Form:
    texts = (n for n, one in world.fields(ask.entity).items() if one["type"] == "text")
    return dict.fromkeys(list(texts)[:1], "some text")


def _empty(_: World, __: Ask) -> Form:
    return {}


FORMS: Mapping[str, Callable[[World, Ask], Form]] = {
    "new": _new,
    "edit": _edit,
    "move": _move,
    "day": _day,
    "press": _empty,
    "note": lambda _, __: {"text": "a note"},
    "archive": _empty,
    "delete": _empty,
    "restore": _empty,
    "done": _empty,
    "postpone": lambda _, __: {"due": "tomorrow 10:00"},
    "notice": _empty,
    "admin": lambda _, __: {"name": "Another", "login": "another", "roles": "admin"},
    "preview": _new,
}
