"""Where a card may go: the menu of a card, what follows a drop, who may, and the plain pages."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from werkzeug.test import TestResponse

from tests.kit.deals import deal, open_deals
from tests.kit.pages import form, forms, submit
from tests.kit.web import Browser, Site, words

BOARD = "/views/board"
HERE = f"http://localhost{BOARD}"


@pytest.fixture
def site() -> Iterator[Site]:
    with open_deals() as opened:
        yield opened


@pytest.fixture
def hana(site: Site) -> Browser:
    return site.browser("hana")


def dropped(browser: Browser, number: int, stage: str) -> TestResponse:
    """Drops a card on a stage, as the script does."""
    return browser.get(f"/deal/{number}/drop?stage={stage}", htmx=True, HX_Current_URL=HERE)


def stage_of(site: Site, number: int) -> object:
    return site.services.reader.get(site.actor("hana"), "deal", number).values["stage"]


def refusal(answer: TestResponse) -> str:
    assert answer.status_code == 204
    return str(json.loads(answer.headers["HX-Trigger"])["drop-refused"]["said"])


def test_the_menu_offers_open_stages_and_the_buttons_of_the_record(
    site: Site, hana: Browser
) -> None:
    menu = hana.get(f"/deal/{deal(site)}/drop", htmx=True)
    stages = [value for one in forms(menu) for name, value in one.buttons if name == "stage"]

    assert "<html" not in menu.text
    assert stages == ["quote", "think"]
    assert all(one in words(menu) for one in ("Quote sent", "Lost", "Busy", "Hurry"))
    assert "Prepaid" not in words(menu)
    sam = site.browser("sam").get("/deal/1/drop", htmx=True)
    assert "Hurry" not in words(sam)


def test_a_plain_move_is_a_form_that_sends_itself(site: Site, hana: Browser) -> None:
    number = deal(site)
    answer = dropped(hana, number, "quote")

    assert answer.headers["HX-Retarget"] == "#at-once"
    assert "data-at-once" in answer.text
    assert stage_of(site, number) == "new"
    moved = hana.post(
        f"/deal/{number}/move",
        form(answer, f"/deal/{number}/move").pairs,
        htmx=True,
        HX_Current_URL=HERE,
    )
    assert moved.status_code == 204
    assert json.loads(moved.headers["HX-Trigger"]) == {
        "record-saved": {"id": number, "title": "Anna"}
    }
    assert stage_of(site, number) == "quote"
    card = hana.get(f"{BOARD}?_part=card&_record={number}&_column=new", htmx=True)
    assert "Anna moved to Quote in work" in words(card)
    undo = f"/deal/{number}/move?stage=new&amp;_field=stage"
    assert f'action="{undo}"' in card.text


def test_a_move_that_cant_be_taken_back_offers_no_undo(site: Site, hana: Browser) -> None:
    number = deal(site, "order", fitting="2026-03-12")
    hana.post(f"/deal/{number}/move", {"stage": "won"}, htmx=True, HX_Current_URL=HERE)
    card = hana.get(f"{BOARD}?_part=card&_record={number}", htmx=True)

    assert "Anna moved to Won" in words(card)
    assert "Undo" not in words(card)


def test_several_ways_are_offered(site: Site, hana: Browser) -> None:
    number = deal(site)
    answer = dropped(hana, number, "think")

    assert answer.headers["HX-Retarget"] == "#dialog"
    assert f'href="/deal/{number}/press/quote_sent"' in answer.text
    assert form(answer, f"/deal/{number}/move").buttons == [("stage", "think")]
    assert "Lost" not in words(answer)


def test_the_only_button_is_asked_or_pressed_at_once(site: Site) -> None:
    number = deal(site, "think", amount="5")
    sam = site.browser("sam")  # a plain move to the order is the head's
    asked, at_once = dropped(sam, number, "lost"), dropped(sam, number, "order")

    assert (asked.status_code, asked.location) == (303, f"/deal/{number}/press/lost")
    assert at_once.headers["HX-Retarget"] == "#at-once"
    press = f"/deal/{number}/press/prepaid"
    pressed = sam.post(press, form(at_once, press).pairs, htmx=True, HX_Current_URL=HERE)
    assert (pressed.status_code, stage_of(site, number)) == (204, "order")
    assert "record-saved" in pressed.headers["HX-Trigger"]


def test_a_ladder_leads_where_its_end_goes_once_its_tries_are_over(site: Site) -> None:
    number = deal(site)
    hana = site.browser("hana")
    before = dropped(hana, number, "lost")
    hana.post(f"/deal/{number}/press/busy", {"_stage": "new", "_try": "1"})
    after = dropped(hana, number, "lost")

    assert before.location == f"/deal/{number}/press/lost"
    assert after.headers["HX-Retarget"] == "#dialog"
    assert "Busy 1 of 1" in words(after)


def test_where_nothing_leads_the_reason_is_said(site: Site, hana: Browser) -> None:
    number = deal(site, "think")
    sam = site.browser("sam")

    assert refusal(dropped(hana, number, "won")) == (
        "Anna: No move leads here from the present stage"
    )
    assert refusal(dropped(sam, number, "order")) == (
        "Anna: Prepaid: Not possible as the record is now."
    )
    assert refusal(dropped(hana, number, "think")) == "Anna: It is in this stage already."
    site.services.records.archive(site.actor("hana"), "deal", number)
    assert refusal(dropped(hana, number, "quote")) == "Anna: The record is out of use"


def test_a_refused_move_asks_in_the_dialog(site: Site, hana: Browser) -> None:
    number = deal(site, "quote")
    answer = hana.post(f"/deal/{number}/move", {"stage": "order"}, htmx=True, HX_Current_URL=HERE)

    assert (answer.status_code, answer.headers["HX-Retarget"]) == (422, "#dialog")
    assert "fitting" in form(answer, f"/deal/{number}/move").controls


def test_who_may_only_look_is_offered_nothing(site: Site) -> None:
    number = deal(site)
    gala = site.browser("gala")
    before = site.digest()

    assert "Nothing can be done with it here now." in words(
        gala.get(f"/deal/{number}/drop", htmx=True)
    )
    assert refusal(dropped(gala, number, "quote")) == "Anna: You may not move this record"
    assert gala.post(f"/deal/{number}/move?stage=quote").status_code == 403
    assert site.browser("blair").get(f"/deal/{number}/drop").status_code == 400
    other = deal(site, seller=site.actor("hana").user_id)
    assert site.browser("sam").get(f"/deal/{other}/drop").status_code == 404
    assert site.browser("sam").post(f"/deal/{other}/move?stage=quote").status_code == 404
    assert before["e_deal"][1] == site.digest()["e_deal"][1][:-1]


@pytest.mark.parametrize(
    "query, named",
    [
        ("stage=nowhere", "stage"),
        ("_field=name", "_field"),
        ("colour=red", "colour"),
        ("stage=new&stage=won", "stage"),
    ],
)
def test_a_bad_address_is_refused_by_name(
    site: Site, hana: Browser, query: str, named: str
) -> None:
    answer = hana.get(f"/deal/{deal(site)}/drop?{query}")

    assert answer.status_code == 400
    assert named in words(answer)


def test_the_plain_page_moves_and_leads_back_to_the_board(site: Site, hana: Browser) -> None:
    number = deal(site)
    page = hana.get(f"/deal/{number}/drop?_next=/views/board%3Fq%3Danna")

    assert page.status_code == 200
    assert 'href="/views/board?q=anna"' in page.text
    moved = submit(hana, page, f"/deal/{number}/move", stage="quote")
    assert (moved.status_code, moved.location) == (303, "/views/board?q=anna")
    back = hana.get(moved.location)
    undo = next(one.action for one in forms(back) if "/move?" in one.action)
    undone = hana.post(undo)
    assert (undone.location, stage_of(site, number)) == ("/views/board?q=anna", "new")


def test_the_plain_page_of_a_stage_says_why_nothing_leads_there(site: Site, hana: Browser) -> None:
    page = hana.get(f"/deal/{deal(site)}/drop?stage=won")

    assert "No move leads here from the present stage" in words(page)
    assert not any("/move" in one.action for one in forms(page))


def test_nobody_is_led_out_of_the_house(site: Site, hana: Browser) -> None:
    page = hana.get(f"/deal/{deal(site)}/drop?_next=https://evil.example/")

    assert 'href="https://evil' not in page.text
    assert submit(hana, page, "/deal/1/move", stage="quote").location == "/"
