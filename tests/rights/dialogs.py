"""Field cells of the dialogs of buttons: what a dialog asks of a person, and what it takes.

Who may press may answer, also what is only to be read elsewhere. What is hidden from a person is
not asked of them; an answer to it, or to anything that the dialog does not ask for, is refused with
all that was right beside it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from zlib import crc32

from tests.kit.web import Browser
from tests.rights.cells import SYSTEM, VALUES, Cell, FieldWriter
from tests.rights.marks import marks_in, marks_of_answer
from tests.rights.world import Kept, World
from tests.rights.writing import LOG, TOASTS, Disk, changed

LATE, WRONG, DONE = 409, 422, 303
ASKED = 8  # times as many cells are tried of what a dialog asks for


@dataclass(frozen=True, slots=True)
class Button:
    """A button on a record that a person may press it on."""

    entity: str
    id: str
    said: Mapping[str, Any]
    record: Kept

    @property
    def path(self) -> str:
        """The address of its dialog."""
        return f"/{self.entity}/{self.record['id']}/press/{self.id}"

    @property
    def asked(self) -> Mapping[str, Any]:
        """What it asks for, by name."""
        found: Mapping[str, Any] = self.said.get("ask") or {}
        return found


@dataclass
class Presser:
    """One person at all dialogs; one cell in so many is asked."""

    world: World
    login: str
    disk: Disk
    share: int = 1
    asked: int = 0
    refused: int = 0
    taken: int = 0

    @cached_property
    def browser(self) -> Browser:
        """The browser in which the person is signed in."""
        return self.world.browser(self.login)

    @cached_property
    def values(self) -> FieldWriter:
        """Who knows another value for each field."""
        return FieldWriter(self.world, self.login, self.disk)

    def check(self) -> None:
        """Opens every dialog, and sends every field to it."""
        assert self.browser.cookie("kartoteka")
        self.disk.keep()
        for button in self.buttons():
            if button.asked:
                self.check_dialog(button)
            for name in dict.fromkeys((*self.world.fields(button.entity), *SYSTEM, *button.asked)):
                digest = crc32(f"{self.login} {button.path} {name}".encode())
                share = max(1, self.share // ASKED) if name in button.asked else self.share
                if digest % share == 0:
                    self.check_answer(button, name)

    def buttons(self) -> Iterator[Button]:
        """Yields each button that is meant for the person, on a record where it stands."""
        for entity in self.world.entities:
            for name, said in self.world.buttons(entity).items():
                record = self.pressable(entity, said)
                is_theirs = self.world.has_button(self.login, entity, name)
                if record and is_theirs and not self.world.tells_stage(self.login, entity, name):
                    yield Button(entity, name, said, record)

    def pressable(self, entity: str, said: Mapping[str, Any]) -> Kept | None:
        """Returns a record on which the person may press, in a stage of the button's."""
        stage = next(iter(self.world.stages(entity)), "")
        for one in self.world.of(entity):
            there = one["values"].get(stage) in said.get("show_in", [one["values"].get(stage)])
            if there and not one["archived"] and self.world.may(self.login, "press", one):
                return one
        return None

    def check_dialog(self, button: Button) -> None:
        """The dialog asks for what is not hidden, and for nothing else."""
        answer = self.browser.get(button.path)
        if answer.status_code == LATE:
            return
        assert answer.status_code == 200, button.path
        names = set(re.findall(r'name="([a-z]\w*)"', answer.text))
        known = {*self.world.fields(button.entity), *button.asked}
        expected = {one for one in button.asked if self.answers(button, one)}
        assert names & known == expected, (self.login, button.path)
        self.asked += len(expected)

    def check_answer(self, button: Button, name: str) -> None:
        """Sends one answer beside all that are right."""
        said = f"{self.world.name}, {self.login}, {button.path}: {name}"
        form = {one: self.value(button, one) for one in button.asked if self.answers(button, one)}
        form[name] = self.value(button, name)
        before = self.disk.state()
        answer = self.browser.post(button.path, form)
        after = self.disk.state()
        self.disk.go_back()
        self.browser.client.delete_cookie(TOASTS)
        assert answer.status_code < 500, said
        known = self.world.known(self.login) | marks_in(str(form))
        strange = (marks_of_answer(answer) & self.world.every_mark()) - known
        assert not strange, (said, strange)
        rows = changed(before, after)
        if answer.status_code == LATE:
            assert not rows, (said, rows)
        elif not self.answers(button, name):
            self.refused += 1
            assert answer.status_code in (400, WRONG), (said, answer.status_code)
            assert set(rows) <= {LOG}, (said, rows)
            assert len(rows.get(LOG, ())) == (answer.status_code == WRONG), (said, rows)
        elif answer.status_code == WRONG:
            assert not rows, (said, rows)
        else:
            assert answer.status_code == DONE, (said, answer.status_code)
            self.taken += self.is_taken(button, name, said, (before, after))

    def is_taken(self, button: Button, name: str, said: str, states: tuple[Any, Any]) -> bool:
        """Looks for an answer to a field in the record; others are the matter of the steps."""
        tables = self.world.site.services.tables
        if name not in self.world.fields(button.entity):
            return False
        columns = {one.key for one in tables.columns(button.entity, name)}
        table, key = tables.table(button.entity).name, (button.record["id"],)
        assert columns & self.values.columns(*states, table, key), said
        return True

    def answers(self, button: Button, name: str) -> bool:
        """Says whether the dialog asks this of the person."""
        if name not in button.asked:
            return False
        is_field = name in self.world.fields(button.entity)
        return not (is_field and self.world.hides(self.login, button.entity, name, "see"))

    def value(self, button: Button, name: str) -> str:
        """Returns what the person would answer."""
        own = button.asked.get(name)
        if name in self.world.fields(button.entity) or own is None:
            return self.values.value(Cell(button.entity, name, "press", button.record))
        one = {"type": own} if isinstance(own, str) else own
        kind = one.get("type", "text")
        if kind in ("link", "user", "team", "any_link"):
            return self.values.target({**one, "type": kind}, None)
        if kind in ("choice", "choices"):
            return next(iter(one["options"]))
        return "true" if kind == "bool" else VALUES[kind]
