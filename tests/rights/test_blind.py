"""What nobody may learn by asking: forbidden fields, others' ids, others' names."""

from collections.abc import Iterator
from typing import Any
from zlib import crc32

import pytest

from tests.kit.examples import examples
from tests.rights.blind import ask, forbidden, questions, unknown
from tests.rights.marks import marks_of_answer
from tests.rights.reading import Reader
from tests.rights.sampling import Sample
from tests.rights.world import MISSING, World
from tests.rights.worlds import KITCHEN_PEOPLE, SHARP_PEOPLE, WORLDS

ASKED = [("kitchen", one) for one in KITCHEN_PEOPLE] + [("sharp", one) for one in SHARP_PEOPLE]
SHARE = examples(120, nightly=1)
NO_SUCH = "Choose one of the records that you can see."
DISGUISES = (
    "?user=admin&as=dan&role=chief&_user=4&actor=4",
    "?user_id=4&login=dan&roles=admin&team=1&sudo=1",
)
HEADERS: dict[str, Any] = {
    "X_User_Id": "4",
    "X_Forwarded_User": "dan",
    "Remote_User": "dan",
    "X_Remote_User": "dan",
    "X_HTTP_Method_Override": "POST",
    "X_Original_URL": "/client",
    "X_Forwarded_For": "127.0.0.1",
    "X_Forwarded_Host": "127.0.0.1",
    "Authorization": "Basic ZGFuOmRhbg==",
}


@pytest.fixture(scope="module")
def worlds() -> Iterator[dict[str, World]]:
    with WORLDS["kitchen"]() as kitchen, WORLDS["sharp"]() as sharp:
        yield {"kitchen": kitchen, "sharp": sharp}


@pytest.mark.parametrize("name, login", ASKED)
def test_a_forbidden_field_is_answered_as_one_that_is_not_there(
    worlds: dict[str, World], name: str, login: str
) -> None:
    world = worlds[name]
    browser, known = world.browser(login), dict[str, str]()
    for hidden in forbidden(world, login):
        for path, field in questions(world, hidden):
            if crc32(f"{login} {path}".encode()) % SHARE:
                continue
            other, its_name = unknown(path, field)
            if other not in known:
                known[other] = ask(browser, other)
            found = ask(browser, path)
            assert found[0] == "4", path
            assert found == known[other].replace(its_name, field), path


@pytest.mark.parametrize("login", ["ann", "eva", "fay", "nil"])
def test_nobody_becomes_another_by_a_parameter_or_a_header(
    worlds: dict[str, World], login: str
) -> None:
    world = worlds["sharp"]
    reader = Reader(world, login, Sample())
    for place in ("/deal", "/client/1", "/my-day", "/deal.csv", "/admin/users"):
        plain = reader.browser.get(place)
        dressed = reader.browser.get(place, **HEADERS)
        assert (plain.status_code, len(plain.data)) == (dressed.status_code, len(dressed.data))
        assert not reader.foreign(marks_of_answer(dressed)), place
        for query in DISGUISES:
            answer = reader.browser.get(place + query)
            assert answer.status_code in (400, 403, 404), place + query
            assert not reader.foreign(marks_of_answer(answer)), place


@pytest.mark.parametrize("login", ["ann", "cat", "eva", "fay"])
def test_counts_and_sums_go_over_what_is_seen(worlds: dict[str, World], login: str) -> None:
    world = worlds["sharp"]
    browser, actor = world.browser(login), world.site.actor(login)
    for entity in ("client", "deal", "item"):
        if world.sees_any(login, entity):
            seen = (one for one in world.of(entity) if world.may(login, "see", one))
            listed = [one for one in seen if not one["archived"]]
            reader = world.site.services.reader
            assert reader.count(actor, reader.parse(actor, entity, []))[0] == len(listed)
            assert browser.get(f"/{entity}?_part=count&size=1").text.count(str(len(listed)))


@pytest.mark.parametrize("login", ["ann", "eva"])
def test_a_link_leads_only_to_what_is_known(worlds: dict[str, World], login: str) -> None:
    """The form, the change in place and the picker refuse a hidden record as a missing one."""
    world = worlds["sharp"]
    browser, user = world.browser(login), world.people[login]
    item = next(one for one in world.of("item") if world.may(login, "edit", one))
    hidden = [one for one in world.of("deal") if not world.model.may(user, "peek", one)]
    hidden = [one for one in hidden if one["id"] != item["values"]["deal"]]
    assert hidden
    for one in hidden:
        told = []
        for number in (one["id"], MISSING):
            form = {"deal": str(number), "_version": str(item["version"])}
            answers = [
                browser.post(f"/item/{item['id']}/edit", form),
                browser.post(f"/item/{item['id']}/edit", {**form, "_field": "deal"}, htmx=True),
                browser.post(f"/item/preview?record={item['id']}", form, htmx=True),
                browser.post("/deal/1/press/refer", {"whom": str(number)}),
            ]
            told.append([(one.status_code, NO_SUCH in one.text) for one in answers])
        assert told[0] == told[1]
        assert told[0][:3] == [(422, True), (422, True), (200, True)]
        marks = marks_of_answer(browser.get(f"/search/pick/item/deal?q={one['values']['code']}"))
        assert not marks & one["marks"]["code"] - world.known(login)
