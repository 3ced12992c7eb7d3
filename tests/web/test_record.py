"""The card of a record: facts, person, tasks, related records, the story, and whose eyes see it."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from engine.runtime.actor import ENGINE
from tests.kit.applications import VET
from tests.kit.pages import counting, form, forms, submit
from tests.kit.web import Browser, Site, open_site, words


@dataclass(frozen=True)
class Practice:
    """The sample with one owner, one animal and one visit in it."""

    site: Site
    owner: int
    animal: int
    visit: int

    def browser(self, login: str) -> Browser:
        return self.site.browser(login)


@pytest.fixture
def practice() -> Iterator[Practice]:
    with open_site(VET) as site:
        site.user("hana", "head", name="Hana Head")
        site.user("rada", "reception", name="Rada Reception")
        site.user("vera", "vet", name="Vera Vet")
        owner = site.create(
            "owner",
            name="Anna Petrova",
            phone="+447700900123",
            email="anna@example.com",
            city="London",
            timezone="Europe/London",
            margin="12.5",
            note="Only in the summer\nand by phone",
        )
        animal = site.create(
            "animal", name="Rex", owner=owner, species="dog", aggressive=True, caution="Bites"
        )
        visit = site.create(
            "visit", animal=animal, at="2026-03-03 10:00", vet=site.actor("vera").user_id, paid="5"
        )
        yield Practice(site, owner, animal, visit)


def test_a_card_shows_the_facts_as_people_read_them(practice: Practice) -> None:
    page = practice.browser("hana").get(f"/visit/{practice.visit}")

    assert page.status_code == 200
    said = words(page)
    for text in ("V-2026-0001 Rex", "Vera Vet", "Tomorrow 10:00", "30.00 €", "Rex of Anna Petrova"):
        assert text in said
    assert f'href="/animal/{practice.animal}"' in page.text


def test_an_empty_fact_offers_to_be_filled_in(practice: Practice) -> None:
    page = practice.browser("hana").get(f"/animal/{practice.animal}")

    assert "Add weight" in words(page)
    assert f"/animal/{practice.animal}/edit?field=weight" in page.text


def test_help_units_and_warnings_stand_beside_what_they_are_about(practice: Practice) -> None:
    hana = practice.browser("hana")
    submit(
        hana,
        hana.get(f"/animal/{practice.animal}/edit"),
        f"/animal/{practice.animal}/edit",
        weight="34.5",
    )
    animal = hana.get(f"/animal/{practice.animal}")

    assert "34.5 kg" in words(animal).replace("\xa0", " ")
    assert '<span class="tag" data-color="orange">Aggressive</span>' in animal.text
    assert "First and last name" in words(hana.get(f"/owner/{practice.owner}"))


def test_a_fact_hidden_by_its_condition_is_not_on_the_page(practice: Practice) -> None:
    calm = practice.site.create("animal", name="Mia", owner=practice.owner)
    for login in ("hana", "rada", "vera"):
        browser = practice.browser(login)
        assert "fact-caution" in browser.get(f"/animal/{practice.animal}").text
        assert "fact-caution" not in browser.get(f"/animal/{calm}").text


def test_a_locked_fact_says_why(practice: Practice) -> None:
    site, hana = practice.site, practice.browser("hana")
    site.services.records.update(
        ENGINE, "visit", practice.visit, {"paid": "30", "diagnosis": "Flu"}, None
    )
    for stage in ("treatment", "to_pay", "done"):
        site.services.records.move(ENGINE, "visit", practice.visit, stage)
    page = hana.get(f"/visit/{practice.visit}")

    assert "This field is closed now." in words(page)
    assert "field=diagnosis" not in page.text


def test_one_can_call_the_person_behind_a_record(practice: Practice) -> None:
    for address in (
        f"/owner/{practice.owner}",
        f"/animal/{practice.animal}",
        f"/visit/{practice.visit}",
    ):
        page = practice.browser("hana").get(address)
        assert 'href="tel:+447700900123"' in page.text
        assert 'href="mailto:anna@example.com"' in page.text
        assert 'data-clock="Europe/London"' in page.text
        assert "in London, 2 h behind you" in words(page)


def test_related_records_are_counted_and_a_new_one_is_linked(practice: Practice) -> None:
    for number in range(6):
        practice.site.create("animal", name=f"Puppy {number}", owner=practice.owner)
    page = practice.browser("hana").get(f"/owner/{practice.owner}")

    assert page.text.count('href="/animal/') >= 5
    assert "Animals 7" in words(page)
    assert "All 7" in words(page)
    assert f'href="/animal/new?owner={practice.owner}"' in page.text


def test_an_archived_record_says_so_and_can_be_restored(practice: Practice) -> None:
    hana, address = practice.browser("hana"), f"/owner/{practice.owner}"
    practice.site.services.records.archive(ENGINE, "owner", practice.owner)
    page = hana.get(address)

    assert "Archived." in words(page)
    assert submit(hana, page, f"{address}/restore").location == address
    assert "Archived." not in words(hana.get(address))


def test_a_deleted_record_is_there_for_those_who_may_bring_it_back(practice: Practice) -> None:
    address = f"/owner/{practice.owner}"
    practice.site.services.records.delete(ENGINE, "owner", practice.owner)

    assert practice.browser("rada").get(address).status_code == 404
    page = practice.browser("hana").get(address)
    assert "Deleted." in words(page)
    assert f"{address}/edit" not in page.text


def test_the_story_tells_changes_with_both_values(practice: Practice) -> None:
    hana, address = practice.browser("hana"), f"/owner/{practice.owner}"
    submit(hana, hana.get(f"{address}/edit"), f"{address}/edit", city="Varna", margin="20")
    said = words(hana.get(address)).replace("\xa0", " ")

    assert "Hana Head changed" in said
    assert "City: London → to Varna" in said
    assert "Margin: 12.5% → to 20%" in said


def test_a_note_stands_in_the_story(practice: Practice) -> None:
    hana, address = practice.browser("hana"), f"/owner/{practice.owner}"
    answer = submit(hana, hana.get(address), f"{address}/notes", text="Wants a call\nin April")

    assert answer.status_code == 303
    page = hana.get(address)
    assert "Hana Head wrote" in words(page)
    assert "Wants a call\nin April" in page.text


def test_a_note_as_a_fragment_answers_with_the_card(practice: Practice) -> None:
    hana, address = practice.browser("hana"), f"/owner/{practice.owner}"
    answer = submit(hana, hana.get(address), f"{address}/notes", htmx=True, text="Wants oak")

    assert answer.status_code == 200
    assert answer.headers["HX-Retarget"] == "#record"
    assert "Wants oak" in words(answer)


def test_an_empty_note_is_refused_with_what_was_typed(practice: Practice) -> None:
    hana, address = practice.browser("hana"), f"/owner/{practice.owner}"
    before = practice.site.digest()
    answer = submit(hana, hana.get(address), f"{address}/notes", text=" ", _step="")

    assert answer.status_code == 422
    assert "Write something first." in words(answer)
    assert practice.site.digest() == before


def test_a_note_brings_the_next_step(practice: Practice) -> None:
    hana, address = practice.browser("hana"), f"/owner/{practice.owner}"
    submit(
        hana, hana.get(address), f"{address}/notes",
        text="Asked for prices", _step="Send the prices", _step_due="tomorrow 10:00",
    )  # fmt: skip
    said = words(hana.get(address))

    assert "10:00 Tomorrow Send the prices" in said
    assert "Asked for prices" in said


def test_a_next_step_that_is_not_understood_leaves_everything_undone(practice: Practice) -> None:
    hana, address = practice.browser("hana"), f"/owner/{practice.owner}"
    page = hana.get(address)
    before = practice.site.digest()
    answer = submit(
        hana, page, f"{address}/notes", text="Asked", _step="Call", _step_due="some day"
    )

    assert answer.status_code == 422
    assert all(one in answer.text for one in ("Asked", 'value="Call"', 'value="some day"'))
    assert practice.site.digest() == before


def test_the_story_is_filtered_and_goes_on(practice: Practice) -> None:
    hana, address = practice.browser("hana"), f"/owner/{practice.owner}"
    for number in range(25):
        practice.site.services.records.note(
            practice.site.actor("hana"), "owner", practice.owner, f"Note number {number}."
        )
    first = hana.get(address)
    assert "Note number 24." in words(first)
    assert "Note number 3." not in words(first)

    older = first.text.split('class="story-older"')[1].split('href="')[1].split('"')[0]
    second = hana.get(older.replace("&amp;", "&"))
    assert "Note number 3." in words(second)
    assert "Note number 24." not in words(second)

    changes = words(hana.get(f"{address}?show=changes"))
    assert "Note number" not in changes
    assert "made this record" in changes


@pytest.mark.parametrize("query", ["show=all", "before=x", "nonsense=1", "show=talks&show=talks"])
def test_a_query_that_means_nothing_is_refused_by_name(practice: Practice, query: str) -> None:
    answer = practice.browser("hana").get(f"/owner/{practice.owner}?{query}")

    assert answer.status_code == 400
    assert query.partition("=")[0] in words(answer)


def test_what_one_may_not_see_is_nowhere_on_the_page(practice: Practice) -> None:
    site = practice.site
    hana, rada = practice.browser("hana"), practice.browser("rada")
    address = f"/owner/{practice.owner}"
    submit(hana, hana.get(f"{address}/edit"), f"{address}/edit", margin="77.7", city="Varna")

    for path in (address, f"{address}?show=changes", f"{address}/edit"):
        page = rada.get(path)
        assert page.status_code == 200
        assert "77.7" not in page.text
        assert "argin" not in page.text
    assert "77.7" in hana.get(address).text

    vera = practice.browser("vera")
    visit = vera.get(f"/visit/{practice.visit}").text
    assert "fact-paid" not in visit
    assert "fact-fee" in visit
    animal = vera.get(f"/animal/{practice.animal}")
    assert "+447700900123" not in animal.text
    assert f'href="/owner/{practice.owner}"' not in animal.text
    assert vera.get(address).status_code == 404
    assert site.services.reader.get(site.actor("vera"), "visit", practice.visit).links["vet"]


def test_a_record_that_is_peeked_at_shows_its_title_stage_and_owner_alone(
    practice: Practice,
) -> None:
    site = practice.site
    hana = site.actor("hana")
    other = site.create("visit", animal=practice.animal, vet=hana.user_id, diagnosis="Secret")
    site.services.records.note(hana, "visit", other, "A secret note")
    page = practice.browser("vera").get(f"/visit/{other}")

    assert page.status_code == 200
    said = words(page)
    assert "Booked" in said
    assert "Hana Head" in said
    assert "You may know of this record, but not look into it." in said
    assert "ecret" not in said
    assert "30.00" not in said
    assert [one.action for one in forms(page) if "/visit/" in one.action] == [
        f"/visit/{other}/move"
    ]
    assert form(page, f"/visit/{other}/move").buttons == []


def test_what_one_may_not_do_is_not_offered(practice: Practice) -> None:
    page = practice.browser("rada").get(f"/owner/{practice.owner}")

    assert f"/owner/{practice.owner}/edit" in page.text
    assert f"/owner/{practice.owner}/delete" not in page.text


def test_the_page_and_its_part_are_the_same(practice: Practice) -> None:
    hana, address = practice.browser("hana"), f"/owner/{practice.owner}"
    whole, part = hana.get(address), hana.get(address, htmx=True)

    assert "<html" in whole.text
    assert part.text.lstrip().startswith('<article id="record"')
    assert "HX-Request" in whole.headers["Vary"]


@pytest.mark.parametrize("login", ["hana", "vera"])
def test_a_card_costs_the_same_queries_however_much_is_on_it(
    practice: Practice, login: str
) -> None:
    site = practice.site
    browser = practice.browser(login)
    addresses = [f"/animal/{practice.animal}", f"/visit/{practice.visit}"]
    if login == "hana":
        addresses.append(f"/owner/{practice.owner}")

    def cost() -> list[int]:
        found = []
        for address in addresses:
            with counting(site) as sent:
                assert browser.get(address).status_code == 200
            found.append(len(sent))
        return found

    def fill(count: int) -> None:
        hana = site.actor("hana")
        for number in range(count):
            site.create("animal", name=f"Puppy {number} {count}", owner=practice.owner)
            site.create("visit", animal=practice.animal, vet=site.actor("vera").user_id)
            for entity, record in (
                ("owner", practice.owner), ("animal", practice.animal), ("visit", practice.visit),
            ):  # fmt: skip
                site.services.records.note(hana, entity, record, f"Note {number}")
                task = {"subject": f"Task {number}", "about": f"{entity}/{record}", "due": "in 1 d"}
                site.services.records.create(hana, "task", task)

    fill(1)
    one = cost()
    fill(19)
    assert cost() == one
    assert max(one) <= 20


def test_the_pages_of_a_record_work_on_both_databases(database_url: str) -> None:
    with open_site(VET, url=database_url) as site:
        site.user("hana", "head", name="Hana Head")
        hana = site.browser("hana")
        submit(hana, hana.get("/owner/new"), "/owner/new", name="Anna", phone="0888 112 233")
        submit(hana, hana.get("/animal/new?owner=1"), "/animal/new", name="Rex", weight="4,5")
        submit(hana, hana.get("/visit/new?animal=1"), "/visit/new", at="tomorrow 10:00", fee="40")
        submit(hana, hana.get("/visit/1"), "/visit/1/move", stage="treatment")
        submit(
            hana,
            hana.get("/visit/1"),
            "/visit/1/notes",
            text="Calm",
            _step="Call",
            _step_due="in 1 h",
        )
        submit(hana, hana.get("/task/1/done"), "/task/1/done", result="Reached her")
        picked = hana.get("/search/pick/visit/animal?q=re%00x")
        said = words(hana.get("/visit/1")).replace("\xa0", " ")

        assert picked.status_code == 200
        for text in ("V-2026-0001 Rex", "40.00 €", "Tomorrow 10:00", "Calm", "Reached her"):
            assert text in said
        assert "Booked to In treatment" in said
        assert submit(hana, hana.get("/visit/1"), "/visit/1/archive").status_code == 303
        assert "Archived." in words(hana.get("/visit/1"))
