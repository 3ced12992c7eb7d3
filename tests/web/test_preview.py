"""The live conditions of a form: the verdict of saving it, and nothing beyond rights."""

from collections.abc import Iterator

import pytest

from tests.kit.applications import VET
from tests.kit.web import Browser, Site, open_site, words


@pytest.fixture
def site() -> Iterator[Site]:
    with open_site(VET) as made:
        made.user("hana", "head")
        made.user("rada", "reception")
        made.user("vera", "vet")
        owner = made.create("owner", name="Anna", margin="12.5")
        made.create("animal", name="Rex", owner=owner)
        made.create("visit", animal=1)
        yield made


@pytest.fixture
def hana(site: Site) -> Browser:
    return site.browser("hana")


def box(text: str, field: str) -> str:
    """The drawn field."""
    return text.partition(f'data-field="{field}"')[2].partition('data-field="')[0]


def test_a_condition_shows_a_field_and_requires_it(hana: Browser) -> None:
    calm = hana.post("/animal/preview", {"name": "Rex"}, htmx=True)
    wild = hana.post("/animal/preview", {"name": "Rex", "aggressive": "true"}, htmx=True)

    assert "hidden" in box(calm.text, "caution").split(">")[0]
    assert "hidden" not in box(wild.text, "caution").split(">")[0]
    assert "required" in box(wild.text, "caution")


def test_formulas_are_computed_while_one_types(hana: Browser) -> None:
    answer = hana.post("/visit/preview", {"fee": "100", "medicines": "12,50"}, htmx=True)

    assert "112.50" in box(answer.text, "total")


def test_a_message_about_what_was_typed_stands_at_once_one_about_what_is_missing_does_not(
    hana: Browser,
) -> None:
    answer = hana.post("/visit/preview", {"fee": "10", "paid": "50"}, htmx=True)

    assert "More than the visit costs" in box(answer.text, "paid")
    assert "Fill in" not in words(answer)


def test_a_form_that_was_refused_keeps_saying_what_is_missing(hana: Browser) -> None:
    answer = hana.post("/animal/preview", {"name": "", "owner": "1", "_refused": "1"}, htmx=True)

    assert "Fill in Name." in words(answer)


def test_a_preview_writes_nothing(site: Site, hana: Browser) -> None:
    before = site.digest()
    hana.post("/animal/preview?record=1", {"name": "Other", "_version": "1"}, htmx=True)

    assert site.digest() == before


def test_a_preview_of_a_record_stands_on_what_is_stored(site: Site, hana: Browser) -> None:
    site.services.records.update(site.actor("hana"), "visit", 1, {"fee": "70"}, 1)
    answer = hana.post("/visit/preview?record=1", {"medicines": "5"}, htmx=True)

    assert "75.00" in box(answer.text, "total")


def test_a_preview_tells_nothing_that_one_may_not_read(site: Site) -> None:
    answer = site.browser("rada").post("/owner/preview?record=1", {"name": "Anna"}, htmx=True)

    assert answer.status_code == 200
    assert "12.5" not in answer.text
    assert "argin" not in answer.text


def test_a_preview_needs_the_right_to_write(site: Site) -> None:
    vera = site.browser("vera")

    assert vera.post("/animal/preview", {"name": "x"}).status_code == 403
    assert vera.post("/owner/preview", {"name": "x"}).status_code == 404
    assert vera.post("/visit/preview?record=1", {"fee": "1"}).status_code == 403
    assert vera.post("/visit/preview?record=99", {"fee": "1"}).status_code == 404
    assert vera.post("/visit/preview?record=x", {"fee": "1"}).status_code == 400
    assert vera.post("/visit/preview?nonsense=1", {"fee": "1"}).status_code == 400
