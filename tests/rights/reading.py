"""The read oracle: what each person gets at each door carries nothing beyond the model.

Every byte that leaves is searched for marks. Who may not know of a record gets, to the byte, what
stands at the address of a record that there is not.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from urllib.parse import quote

from werkzeug.test import TestResponse

from tests.kit.sent import statements
from tests.kit.web import Browser
from tests.rights.asking import Ask, asks, nowhere, opens
from tests.rights.marks import Marks, amount_of, marks_in, marks_of_answer, sums_of
from tests.rights.sampling import Sample
from tests.rights.world import World

FOUND = frozenset({200})
REFUSED, GONE = 403, 404
_REFERENCE = re.compile(r"\b[0-9a-f]{8}\b|[\w-]{32,}")


@dataclass
class Reader:
    """One person at all doors that only show."""

    world: World
    login: str
    sample: Sample
    met: set[str] = field(default_factory=set)
    count: int = 0
    missing: dict[tuple[str, str, bool], tuple[str, list[str]]] = field(default_factory=dict)

    @cached_property
    def browser(self) -> Browser:
        """The browser in which the person is signed in."""
        return self.world.browser(self.login)

    def check(self) -> None:
        """Asks at every door; to sign in is no part of an answer."""
        assert self.browser.cookie("kartoteka")
        for ask in asks(self.world, self.login, "GET"):
            for htmx in self.sample.ways(self.world, self.login, ask):
                self.check_one(ask, htmx=htmx)

    def check_one(self, ask: Ask, *, htmx: bool) -> None:
        """Asks once, and compares the answer with the model."""
        with statements(self.world.site.services.database.engine) as asked:
            answer = self.browser.get(ask.path, htmx=htmx)
        self.count += 1
        said = f"{self.world.name}, {self.login}, {'htmx ' if htmx else ''}{ask.key}: {ask.path}"
        assert answer.status_code < 500, said
        expected = statuses(self.world, self.login, ask)
        assert answer.status_code in expected, (said, answer.status_code, expected)
        shown = marks_of_answer(answer) - marks_in(ask.path)
        assert not self.foreign(shown), (said, self.foreign(shown))
        self.met |= shown
        if expected == {GONE} and tells_nothing(self.world, self.login, ask):
            nothing, asked_for_nothing = self.nothing(ask, htmx=htmx)
            assert plain(answer, ask) == nothing, f"{said} tells that there is something"
            if ask.record is not None:
                assert asked == asked_for_nothing, f"{said} takes another time than nothing"

    def foreign(self, shown: Marks) -> set[str]:
        """Returns the marks that the person has no right to: values, and sums of values."""
        strange = shown - self.world.known(self.login)
        return {one for one in strange if amount_of(one) not in self.sums} if strange else set()

    @cached_property
    def sums(self) -> frozenset[Decimal]:
        """Every sum that a board may show: of one field, over records of a stage that are seen."""
        found: set[Decimal] = set()
        for view in self.world.views.values():
            for name in _list(view.get("sum")):
                if not self.world.hides(self.login, view["entity"], name):
                    for values in self._lanes(view["entity"], name):
                        found |= sums_of(values)
        return frozenset(one.quantize(Decimal("0.01")) for one in found)

    def _lanes(self, entity: str, name: str) -> Iterator[list[Decimal]]:
        (field_id, stages), *_ = self.world.stages(entity).items()
        seen = [one for one in self.world.of(entity) if self.world.sees(self.login, one)]
        for stage in stages:
            here = (one["values"] for one in seen if one["values"][field_id] == stage)
            yield [Decimal(one[name]) for one in here if one[name] is not None]

    def nothing(self, ask: Ask, *, htmx: bool) -> tuple[str, list[str]]:
        """Returns what a record that there is not is answered with, and what is asked for it."""
        path = nowhere(ask)
        key = (ask.key, path, htmx)
        if key not in self.missing:
            with statements(self.world.site.services.database.engine) as asked:
                answer = self.browser.get(path, htmx=htmx)
            assert answer.status_code == GONE, path
            self.missing[key] = plain(answer, Ask(ask.key, ask.door, path)), asked
        return self.missing[key]


def tells_nothing(world: World, login: str, ask: Ask) -> bool:
    """Says whether an answer must be that of an address where there is nothing."""
    if ask.missing:
        return False
    return ask.record is None or not world.finds(login, ask.record)


def plain(answer: TestResponse, ask: Ask) -> str:
    """Returns an answer without what differs from request to request: its key, its address."""
    path = ask.path.partition("?")[0]
    here = rf"(?<!\w)(?:{re.escape(path)}|{re.escape(quote(path, safe=''))})(?![\w-])"
    text = re.sub(here, "HERE", answer.text)
    return f"{answer.status_code} {_REFERENCE.sub('KEY', text)}"


def statuses(world: World, login: str, ask: Ask) -> set[int]:
    """Returns the statuses that a page may answer with."""
    match ask.door.needs:
        case "nobody" | "person":
            return {200, 302, 303}
        case "admin":
            return _of_admin(world, login, ask)
    if ask.missing or not world.sees_any(login, ask.entity):
        return {GONE}
    if ask.record is not None:
        return _of_record(world, login, ask)
    return _of_many(world, login, ask)


def _of_admin(world: World, login: str, ask: Ask) -> set[int]:
    is_admin = "admin" in world.people[login].roles
    return {200} if is_admin and not ask.missing else {GONE}


def _of_record(world: World, login: str, ask: Ask) -> set[int]:
    record, needs = ask.record, ask.door.needs
    assert record is not None
    if not world.finds(login, record):
        return {GONE}
    if not _has_way(world, login, ask):
        return {400}
    if needs == "peek":
        return {200, 204, 303}  # a drop is answered by its only way
    if needs == "see":
        return {200} if world.sees(login, record) else {GONE}
    if needs == "press" and not world.has_button(login, ask.entity, ask.name):
        return {GONE}
    if record["trashed"]:  # whoever may bring it back sees it; the writer refuses the rest
        return {200, 303, 400, REFUSED, GONE, 409}
    if not world.may(login, needs, record):
        return {REFUSED}
    # A field that is hidden is not known; a button may have had its day.
    return {200, 400} if needs == "edit" else {200, 303, 409}


def _has_way(world: World, login: str, ask: Ask) -> bool:
    if ask.door.how not in ("stage", "stages"):
        return True
    stages = world.stages(ask.entity)
    return any(not world.hides(login, ask.entity, one) for one in stages)


def _of_many(world: World, login: str, ask: Ask) -> set[int]:
    user, needs = world.people[login], ask.door.needs
    if ask.door.fill == "views":
        if not opens(world, login, world.views[ask.name]):
            return {GONE}
        return {200, 302, 400} if "_column=" in ask.path else {200, 302}
    if ask.door.fill in ("links", "paths"):
        return {200, 400, GONE}
    if "trashed=only" in ask.path and not world.model.reaches(user, ask.entity, "delete"):
        return {400, REFUSED}
    if needs == "create" and (ask.entity == "user" or not world.creates(login, ask.entity)):
        return {REFUSED}
    if needs == "export" and not world.model.reaches(user, ask.entity, needs):
        return {REFUSED}
    return {200, 302}


def _list(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return list(value) if isinstance(value, list) else []
