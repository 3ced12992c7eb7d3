"""The form of a record, as a plain browser meets it: made, refused, changed, in dispute, nested."""

from collections.abc import Iterator

import pytest

from tests.kit.applications import VET
from tests.kit.pages import form, submit
from tests.kit.web import Browser, Site, open_site, words


@pytest.fixture
def site() -> Iterator[Site]:
    with open_site(VET) as made:
        made.user("hana", "head")
        made.user("rada", "reception")
        made.user("vera", "vet")
        yield made


@pytest.fixture
def hana(site: Site) -> Browser:
    return site.browser("hana")


def values_of(site: Site, entity: str, record_id: int) -> dict[str, object]:
    """What is stored of a record."""
    return dict(site.services.reader.get(site.actor("hana"), entity, record_id).values)


def test_a_new_record_leads_to_its_page(site: Site, hana: Browser) -> None:
    page = hana.get("/owner/new")
    answer = submit(
        hana, page, "/owner/new", name="Anna", phone="088 811 2233", groups=["regular", "shelter"]
    )

    assert (answer.status_code, answer.location) == (303, "/owner/1")
    stored = values_of(site, "owner", 1)
    assert stored["phone"] == "+359888112233"
    assert stored["groups"] == ("regular", "shelter")
    assert "Saved: Anna" in words(hana.get("/owner/1"))


def test_a_refused_form_says_what_is_wrong_beside_the_field_and_keeps_what_was_typed(
    site: Site, hana: Browser
) -> None:
    before = site.digest()
    page = hana.get("/owner/new")
    answer = submit(hana, page, "/owner/new", name="", city="Sofia", phone="12")

    assert answer.status_code == 422
    assert "Not saved yet, 2 things need a change." in words(answer)
    assert 'href="#f-name"' in answer.text
    assert 'id="f-phone"' in answer.text
    assert answer.text.count('aria-invalid="true"') == 2
    assert dict(form(answer, "/owner/new").pairs)["city"] == "Sofia"
    assert site.digest() == before


def test_pressing_save_twice_makes_one_record(site: Site, hana: Browser) -> None:
    page = hana.get("/owner/new")
    first = submit(hana, page, "/owner/new", name="Anna")
    second = submit(hana, page, "/owner/new", name="Anna")

    assert first.location == second.location == "/owner/1"
    assert hana.get("/owner/2").status_code == 404


def test_the_same_form_with_other_values_is_no_repetition(hana: Browser) -> None:
    page = hana.get("/owner/new")
    submit(hana, page, "/owner/new", name="Anna")
    second = submit(hana, page, "/owner/new", name="Boris")

    assert second.status_code == 409
    assert "Boris" in second.text


def test_save_and_new_opens_the_next_form(hana: Browser) -> None:
    page = hana.get("/owner/new")
    answer = submit(hana, page, "/owner/new", name="Anna", _then="new")

    assert (answer.status_code, answer.location) == (303, "/owner/new")


def test_the_address_fills_in_what_may_be_written(site: Site, hana: Browser) -> None:
    owner = site.create("owner", name="Anna")
    page = hana.get(f"/animal/new?owner={owner}&species=cat")
    pairs = dict(form(page, "/animal/new").pairs)

    assert (pairs["owner"], pairs["species"]) == (str(owner), "cat")
    assert "Anna" in words(page)


@pytest.mark.parametrize("query", ["stage=done", "margin=1", "id=7", "nonsense=1", "total=5"])
def test_the_address_fills_in_nothing_else(site: Site, query: str) -> None:
    name = query.partition("=")[0]
    entity = "owner" if name == "margin" else "visit"
    answer = site.browser("rada").get(f"/{entity}/new?{query}")

    assert answer.status_code == 400
    assert name in words(answer)


def test_a_box_that_is_not_ticked_counts(site: Site, hana: Browser) -> None:
    owner = site.create("owner", name="Anna", groups=["regular"])
    animal = site.create("animal", name="Rex", owner=owner, aggressive=True, caution="Bites")
    page = hana.get(f"/animal/{animal}/edit")
    submit(hana, page, f"/animal/{animal}/edit", aggressive=None)
    page = hana.get(f"/owner/{owner}/edit")
    submit(hana, page, f"/owner/{owner}/edit", groups=None)

    assert values_of(site, "animal", animal)["aggressive"] is False
    assert values_of(site, "animal", animal)["caution"] == "Bites"
    assert values_of(site, "owner", owner)["groups"] in ((), None)


def test_a_field_that_becomes_visible_is_shown_when_the_form_comes_back(
    site: Site, hana: Browser
) -> None:
    owner = site.create("owner", name="Anna")
    page = hana.get(f"/animal/new?owner={owner}")
    assert "caution" not in form(page, "/animal/new").controls

    answer = submit(hana, page, "/animal/new", name="Rex", aggressive="true")
    assert answer.status_code == 422
    assert "caution" in form(answer, "/animal/new").controls

    saved = submit(hana, answer, "/animal/new", caution="Bites")
    assert saved.status_code == 303


def test_a_pressed_day_and_hour_are_a_moment(site: Site, hana: Browser) -> None:
    owner = site.create("owner", name="Anna")
    animal = site.create("animal", name="Rex", owner=owner)
    page = hana.get(f"/visit/new?animal={animal}")
    submit(hana, page, "/visit/new", {"_day.at": "2026-03-05", "_time.at": "14:00"})

    assert "Thu 5 March, 14:00" in words(hana.get("/visit/1"))


def test_an_edited_record_keeps_what_the_form_did_not_change(site: Site, hana: Browser) -> None:
    owner = site.create("owner", name="Anna", city="Sofia", note="First line\nsecond")
    page = hana.get(f"/owner/{owner}/edit")
    answer = submit(hana, page, f"/owner/{owner}/edit", city="Varna")

    assert (answer.status_code, answer.location) == (303, f"/owner/{owner}")
    stored = values_of(site, "owner", owner)
    assert (stored["city"], stored["note"]) == ("Varna", "First line\nsecond")


def test_two_people_change_different_fields_and_both_stand(site: Site, hana: Browser) -> None:
    owner = site.create("owner", name="Anna", city="Sofia")
    rada = site.browser("rada")
    mine, theirs = hana.get(f"/owner/{owner}/edit"), rada.get(f"/owner/{owner}/edit")
    submit(rada, theirs, f"/owner/{owner}/edit", city="Varna")
    answer = submit(hana, mine, f"/owner/{owner}/edit", name="Anna Petrova")

    assert answer.status_code == 303
    stored = values_of(site, "owner", owner)
    assert (stored["name"], stored["city"]) == ("Anna Petrova", "Varna")


def test_a_dispute_shows_both_values_and_keeps_the_rest(site: Site, hana: Browser) -> None:
    owner = site.create("owner", name="Anna", city="Sofia")
    rada, address = site.browser("rada"), f"/owner/{owner}/edit"
    mine, theirs = hana.get(address), rada.get(address)
    submit(rada, theirs, address, city="Varna")
    answer = submit(hana, mine, address, city="Burgas", name="Anna Petrova")

    assert answer.status_code == 409
    assert "Theirs Varna Mine Burgas" in words(answer)

    again = submit(hana, answer, address, {"_take.city": "mine"})
    assert again.status_code == 303
    stored = values_of(site, "owner", owner)
    assert (stored["name"], stored["city"]) == ("Anna Petrova", "Burgas")


def test_in_a_dispute_theirs_may_stand(site: Site, hana: Browser) -> None:
    owner = site.create("owner", name="Anna", city="Sofia")
    rada, address = site.browser("rada"), f"/owner/{owner}/edit"
    mine, theirs = hana.get(address), rada.get(address)
    submit(rada, theirs, address, city="Varna")
    answer = submit(hana, mine, address, city="Burgas", name="Anna Petrova")
    submit(hana, answer, address)

    stored = values_of(site, "owner", owner)
    assert (stored["name"], stored["city"]) == ("Anna Petrova", "Varna")


def test_one_field_is_changed_alone(site: Site, hana: Browser) -> None:
    owner = site.create("owner", name="Anna", city="Sofia")
    page = hana.get(f"/owner/{owner}/edit?field=city")
    found = form(page, f"/owner/{owner}/edit")

    assert "city" in found.controls
    assert "name" not in found.controls
    assert submit(hana, page, f"/owner/{owner}/edit", city="Varna").status_code == 303
    assert values_of(site, "owner", owner)["city"] == "Varna"


def test_one_field_in_its_place_answers_with_the_whole_card(site: Site, hana: Browser) -> None:
    owner = site.create("owner", name="Anna", city="Sofia")
    part = hana.get(f"/owner/{owner}/edit?field=city", htmx=True)
    assert part.text.lstrip().startswith('<div id="fact-city"')

    refused = submit(hana, part, f"/owner/{owner}/edit", htmx=True, city="x" * 20_000)
    assert refused.status_code == 422
    assert refused.text.lstrip().startswith('<div id="fact-city"')

    saved = submit(hana, part, f"/owner/{owner}/edit", htmx=True, city="Varna")
    assert saved.status_code == 200
    assert saved.headers["HX-Retarget"] == "#record"
    assert "Varna" in words(saved)
    assert "<html" not in saved.text


def test_a_dispute_about_one_field_stands_in_its_place(site: Site, hana: Browser) -> None:
    owner = site.create("owner", name="Anna", city="Sofia")
    address = f"/owner/{owner}/edit"
    part = hana.get(f"{address}?field=city", htmx=True)
    rada = site.browser("rada")
    submit(rada, rada.get(address), address, city="Varna")
    answer = submit(hana, part, address, htmx=True, city="Burgas")

    assert answer.status_code == 409
    assert 'id="fact-city"' in answer.text
    assert submit(hana, answer, address, {"_take.city": "mine"}, htmx=True).status_code == 200
    assert values_of(site, "owner", owner)["city"] == "Burgas"


def test_a_form_without_its_version_changes_nothing(site: Site, hana: Browser) -> None:
    owner = site.create("owner", name="Anna", city="Sofia")
    answer = hana.post(f"/owner/{owner}/edit", {"city": "Varna"})

    assert answer.status_code == 422
    assert values_of(site, "owner", owner)["city"] == "Sofia"


def test_who_may_only_see_gets_403_and_who_may_not_see_404(site: Site) -> None:
    owner = site.create("owner", name="Anna")
    animal = site.create("animal", name="Rex", owner=owner)
    visit = site.create("visit", animal=animal)
    vera = site.browser("vera")
    before = site.digest()

    assert vera.get(f"/owner/{owner}/edit").status_code == 404
    assert vera.post(f"/owner/{owner}/edit", {"name": "x", "_version": 1}).status_code == 404
    assert vera.get("/owner/new").status_code == 404
    assert vera.get("/animal/new").status_code == 403
    assert vera.post("/animal/new", {"name": "x"}).status_code == 403
    assert vera.get(f"/visit/{visit}/edit").status_code == 403
    assert vera.post(f"/visit/{visit}/edit", {"fee": "1", "_version": 1}).status_code == 403
    assert vera.get("/visit/999999999999999999999/edit").status_code == 404
    assert vera.get("/nonsense/new").status_code == 404
    assert site.digest() == before


def test_a_field_that_one_may_not_see_is_not_in_the_form_and_not_taken(site: Site) -> None:
    owner = site.create("owner", name="Anna", margin="12.5")
    rada = site.browser("rada")
    page = rada.get(f"/owner/{owner}/edit")
    answer = submit(rada, page, f"/owner/{owner}/edit", margin="99", city="Varna")

    assert "argin" not in page.text
    assert answer.status_code == 422
    stored = values_of(site, "owner", owner)
    assert (str(stored["margin"]), stored["city"]) == ("12.5", None)
    assert rada.get(f"/owner/{owner}/edit?field=margin").status_code == 400


def test_a_field_that_a_role_may_only_read_is_shown_fixed(site: Site) -> None:
    clinic = site.services.accounts.people.teams()[0].id
    site.user("tina", "reception", team=clinic)
    owner = site.create("owner", name="Anna")
    animal = site.create("animal", name="Rex", owner=owner)
    visit = site.create("visit", animal=animal, vet=site.actor("tina").user_id, diagnosis="Flu")
    page = site.browser("tina").get(f"/visit/{visit}/edit")

    assert "Flu" in words(page)
    assert "diagnosis" not in form(page, f"/visit/{visit}/edit").controls


def test_looking_for_a_record_to_link_saves_nothing(site: Site, hana: Browser) -> None:
    for name in ("Anna", "Boris", *(f"Somebody {one}" for one in range(12))):
        site.create("owner", name=name)
    page = hana.get("/animal/new")
    answer = submit(
        hana, page, "/animal/new", {"_find.owner": "Boris"}, name="Rex", _search="owner"
    )

    assert answer.status_code == 200
    assert "Boris" in words(answer)
    assert dict(form(answer, "/animal/new").pairs)["name"] == "Rex"
    assert hana.get("/animal/1").status_code == 404


def test_a_new_owner_in_the_middle_of_a_new_animal_loses_nothing(site: Site, hana: Browser) -> None:
    page = hana.get("/animal/new")
    assert ("_create", "owner") in form(page, "/animal/new").buttons

    inner = submit(hana, page, "/animal/new", name="Rex", species="dog", _create="owner")
    assert inner.status_code == 200
    refused = submit(hana, inner, "/owner/new", name="")
    assert refused.status_code == 422
    back = submit(hana, refused, "/owner/new", name="Anna")
    pairs = dict(form(back, "/animal/new").pairs)

    assert back.status_code == 200
    assert (pairs["name"], pairs["species"], pairs["owner"]) == ("Rex", "dog", "1")
    assert "Anna" in words(back)
    assert submit(hana, back, "/animal/new").location == "/animal/1"


def test_a_record_made_in_a_dialog_is_told_to_the_page_that_waits(hana: Browser) -> None:
    part = hana.get("/owner/new?_in=dialog&_title=Anna", htmx=True)
    assert dict(form(part, "/owner/new").pairs)["name"] == "Anna"

    saved = submit(hana, part, "/owner/new", htmx=True)
    assert saved.status_code == 204
    assert '"record-saved": {"id": 1, "title": "Anna"}' in saved.headers["HX-Trigger"]


def test_saving_leads_back_to_a_page_of_ours_only(hana: Browser) -> None:
    page = hana.get("/owner/new?_next=/my-day")
    assert submit(hana, page, "/owner/new", name="Anna").location == "/my-day"

    page = hana.get("/owner/new?_next=//elsewhere.example")
    assert submit(hana, page, "/owner/new", name="Boris").location == "/"


@pytest.mark.parametrize("evil", ["<script>alert(1)</script>", "{{7*7}}", "\"'><img src=x>"])
def test_what_was_typed_comes_back_as_text(hana: Browser, evil: str) -> None:
    page = hana.get("/owner/new")
    answer = submit(hana, page, "/owner/new", name="", city=evil)

    assert answer.status_code == 422
    assert dict(form(answer, "/owner/new").pairs)["city"] == evil
    assert "<script>alert" not in answer.text
    assert "<img src=x" not in answer.text


def test_the_rights_of_a_user_are_changed_in_the_administration_alone(site: Site) -> None:
    admin = site.user("adam", "admin")
    adam = site.browser("adam")
    address = f"/user/{admin}"
    page = adam.get(f"{address}/edit")
    before = site.digest()

    assert "roles" not in form(page, f"{address}/edit").controls
    assert submit(adam, page, f"{address}/edit", roles=["head"]).status_code == 422
    assert adam.post("/user/new", {"login": "x", "name": "X"}).status_code == 403
    assert adam.post(f"{address}/archive").status_code == 403
    assert adam.post(f"{address}/delete").status_code == 403
    assert site.digest() == before
    assert submit(adam, page, f"{address}/edit", phone="0888 112 233").status_code == 303
