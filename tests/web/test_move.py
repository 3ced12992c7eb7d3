"""Moves between stages: what the path offers, what a stage asks for, and who may go where."""

from collections.abc import Iterator

import pytest

from tests.kit.applications import VET
from tests.kit.pages import form, submit
from tests.kit.web import Browser, Site, open_site, words


@pytest.fixture
def site() -> Iterator[Site]:
    with open_site(VET) as made:
        made.user("hana", "head")
        made.user("vera", "vet")
        owner = made.create("owner", name="Anna")
        made.create("animal", name="Rex", owner=owner)
        made.create("visit", animal=1, vet=made.actor("vera").user_id)
        yield made


@pytest.fixture
def hana(site: Site) -> Browser:
    return site.browser("hana")


def stage_of(site: Site, visit: int = 1) -> object:
    """The stage that is stored."""
    return site.services.reader.get(site.actor("hana"), "visit", visit).values["stage"]


def test_only_the_steps_that_lead_on_can_be_pressed(hana: Browser) -> None:
    page = hana.get("/visit/1")
    steps = [value for name, value in form(page, "/visit/1/move").buttons if name == "stage"]

    assert sorted(set(steps)) == ["missed", "treatment"]
    assert "No move leads here from the present stage" in words(page)
    assert "needs diagnosis" in words(page)
    assert "30.00 € is still to pay" in words(page).replace("\xa0", " ")


def test_a_press_moves_the_record(site: Site, hana: Browser) -> None:
    answer = submit(hana, hana.get("/visit/1"), "/visit/1/move", stage="treatment")

    assert (answer.status_code, answer.location) == (303, "/visit/1")
    assert stage_of(site) == "treatment"
    page = hana.get("/visit/1")
    assert 'aria-current="step"><b>In treatment</b>' in page.text
    assert "Booked to In treatment" in words(page)


def test_a_press_as_a_fragment_answers_with_the_card(site: Site, hana: Browser) -> None:
    answer = submit(hana, hana.get("/visit/1"), "/visit/1/move", htmx=True, stage="treatment")

    assert answer.status_code == 200
    assert answer.headers["HX-Retarget"] == "#record"
    assert "record-saved" in answer.headers["HX-Trigger"]
    assert stage_of(site) == "treatment"


def test_a_stage_asks_for_what_it_requires(site: Site, hana: Browser) -> None:
    submit(hana, hana.get("/visit/1"), "/visit/1/move", stage="treatment")
    before = site.digest()
    asked = submit(hana, hana.get("/visit/1"), "/visit/1/move", stage="to_pay")

    assert asked.status_code == 422
    assert site.digest() == before
    assert "diagnosis" in form(asked, "/visit/1/move").controls
    assert "fee" not in form(asked, "/visit/1/move").controls
    assert "Moves from In treatment to To pay" in words(asked)

    saved = submit(hana, asked, "/visit/1/move", diagnosis="Flu")
    assert saved.status_code == 303
    assert stage_of(site) == "to_pay"
    assert "Flu" in words(hana.get("/visit/1"))


def test_what_a_stage_asks_for_stands_in_the_dialog_of_the_page(hana: Browser) -> None:
    submit(hana, hana.get("/visit/1"), "/visit/1/move", stage="treatment")
    asked = submit(hana, hana.get("/visit/1"), "/visit/1/move", htmx=True, stage="to_pay")

    assert asked.status_code == 422
    assert asked.headers["HX-Retarget"] == "#dialog"
    assert "<html" not in asked.text


def test_a_stage_that_may_not_be_entered_says_its_sentence(site: Site, hana: Browser) -> None:
    submit(hana, hana.get("/visit/1"), "/visit/1/move", stage="treatment")
    asked = submit(hana, hana.get("/visit/1"), "/visit/1/move", stage="to_pay")
    submit(hana, asked, "/visit/1/move", diagnosis="Flu")
    refused = submit(hana, hana.get("/visit/1"), "/visit/1/move", stage="done")

    assert refused.status_code == 422
    assert "30.00 € is still to pay" in words(refused).replace("\xa0", " ")
    assert stage_of(site) == "to_pay"


def test_there_is_no_way_but_the_moves(site: Site, hana: Browser) -> None:
    before = site.digest()
    refused = hana.post("/visit/1/move", {"stage": "done"})

    assert refused.status_code == 422
    assert "There is no way from Booked to Done now." in words(refused)
    assert site.digest() == before


@pytest.mark.parametrize("stage", ["nonsense", "", "booked; drop"])
def test_a_stage_that_does_not_exist_is_refused_by_name(
    site: Site, hana: Browser, stage: str
) -> None:
    before = site.digest()
    answer = hana.post("/visit/1/move", {"stage": stage})

    assert answer.status_code == 400
    assert "stage" in words(answer)
    assert site.digest() == before


def test_the_same_press_twice_is_one_move(site: Site, hana: Browser) -> None:
    page = hana.get("/visit/1")
    first = submit(hana, page, "/visit/1/move", stage="treatment")
    second = submit(hana, page, "/visit/1/move", stage="treatment")

    assert first.location == second.location
    assert words(hana.get("/visit/1")).count("Booked to In treatment") == 1


def test_who_may_only_see_moves_nothing(site: Site) -> None:
    other = site.create("visit", animal=1, vet=site.actor("hana").user_id)
    vera = site.browser("vera")
    before = site.digest()
    page = vera.get(f"/visit/{other}")

    assert form(page, f"/visit/{other}/move").buttons == []
    assert "You may not move this record" in words(page)
    assert vera.post(f"/visit/{other}/move", {"stage": "treatment"}).status_code == 403
    assert vera.post("/visit/99/move", {"stage": "treatment"}).status_code == 404
    assert site.digest() == before


def test_other_fields_may_not_come_along_unseen(site: Site) -> None:
    vera = site.browser("vera")
    before = site.digest()
    answer = vera.post("/visit/1/move", {"stage": "treatment", "paid": "30"})

    assert answer.status_code == 422
    assert site.digest() == before


def test_an_archived_record_is_not_moved(site: Site, hana: Browser) -> None:
    hana.post("/visit/1/archive")
    page = hana.get("/visit/1")

    assert form(page, "/visit/1/move").buttons == []
    assert "The record is out of use" in words(page)
