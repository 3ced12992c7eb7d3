"""Archive, delete and restore, with the way back in the corner of the page."""

from collections.abc import Iterator

import pytest

from tests.kit.applications import VET
from tests.kit.pages import submit
from tests.kit.web import Browser, Site, open_site, words


@pytest.fixture
def site() -> Iterator[Site]:
    with open_site(VET) as made:
        made.user("hana", "head")
        made.user("rada", "reception")
        made.user("vera", "vet")
        made.create("owner", name="Anna")
        yield made


@pytest.fixture
def hana(site: Site) -> Browser:
    return site.browser("hana")


def test_archiving_takes_a_record_out_of_the_list_and_undo_brings_it_back(hana: Browser) -> None:
    answer = submit(hana, hana.get("/owner/1"), "/owner/1/archive")
    assert (answer.status_code, answer.location) == (303, "/owner/1")
    assert "Anna" not in words(hana.get("/owner")).replace("Archived: Anna", "")

    back = submit(hana, hana.get("/owner/1"), "/owner/1/restore")
    assert back.status_code == 303
    assert "Restored: Anna" in words(hana.get("/owner/1"))


def test_what_was_done_stands_on_the_next_page_with_its_undo(hana: Browser) -> None:
    submit(hana, hana.get("/owner/1"), "/owner/1/archive")
    page = hana.get("/owner/1")

    assert "Archived: Anna" in words(page)
    assert 'action="/owner/1/restore"' in page.text.split('id="toasts"')[1]
    assert "Archived: Anna" not in words(hana.get("/owner/1"))


def test_deleting_leads_to_the_list(hana: Browser) -> None:
    answer = submit(hana, hana.get("/owner/1"), "/owner/1/delete")

    assert (answer.status_code, answer.location) == (303, "/owner")
    assert "Deleted: Anna" in words(hana.get("/owner"))
    assert hana.post("/owner/1/restore").status_code == 303
    assert "Deleted." not in words(hana.get("/owner/1"))


def test_a_change_of_state_leads_to_where_it_was_asked_from(hana: Browser) -> None:
    answer = hana.post("/owner/1/archive", {"_next": "/owner?q=anna"})
    assert answer.location == "/owner?q=anna"

    answer = hana.post("/owner/1/restore", {"_next": "//elsewhere.example"})
    assert answer.location == "/"


@pytest.mark.parametrize("deed", ["archive", "restore", "delete"])
def test_what_one_may_not_do_changes_nothing(site: Site, deed: str) -> None:
    rada, vera = site.browser("rada"), site.browser("vera")
    before = site.digest()

    assert vera.post(f"/owner/1/{deed}").status_code == 404
    assert vera.post(f"/owner/99/{deed}").status_code == 404
    assert vera.get(f"/owner/1/{deed}").status_code == 405
    if deed == "delete":
        assert rada.post(f"/owner/1/{deed}").status_code == 403
    assert site.digest() == before


def test_an_archived_record_offers_no_second_archiving(hana: Browser) -> None:
    hana.post("/owner/1/archive")
    page = hana.get("/owner/1")

    assert 'action="/owner/1/archive"' not in page.text
    assert 'action="/owner/1/restore"' in page.text
