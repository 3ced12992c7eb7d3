"""The list of an entity: what stands on it, what its address says, and how it is changed."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote, urlencode

import pytest

from tests.kit.applications import VET
from tests.kit.web import Browser, Site, open_site, words


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site(VET) as opened:
        opened.user("hana", "head", name="Hana Head")
        opened.user("rada", "reception", name="Rada Reception")
        opened.user("vera", "vet", name="Vera Vet")
        people = {
            name: opened.create("owner", name=name, city=city, groups=groups)
            for name, city, groups in (
                ("Anna Petrova", "Sofia", ["regular"]),
                ("Boris Iliev", "Varna", ["breeder", "shelter"]),
                ("Вяра Нейкова", "Sofia", []),
            )
        }
        for name, owner, species in (("Rex", "Anna Petrova", "dog"), ("Mia", "Boris Iliev", "cat")):
            opened.create("animal", name=name, owner=people[owner], species=species, weight="4.5")
        yield opened


@pytest.fixture
def hana(site: Site) -> Browser:
    return site.browser("hana")


def test_a_list_shows_its_records_with_the_columns_that_come_first(hana: Browser) -> None:
    page = hana.get("/owner")

    assert page.status_code == 200
    assert all(one in words(page) for one in ("Anna Petrova", "Varna", "3 in all", "Breeder"))
    assert "Long text" not in page.text


def test_columns_stand_as_the_address_says(hana: Browser) -> None:
    page = hana.get("/animal?columns=name,owner,owner.city,weight")

    assert [one in words(page) for one in ("Rex", "Anna Petrova", "Sofia", "4.5")] == [True] * 4
    assert "Species" not in _heads(page.text)


def test_an_order_is_a_link_that_turns_when_it_is_followed(hana: Browser) -> None:
    rising = hana.get("/owner?columns=name,city&sort=name").text
    falling = hana.get("/owner?columns=name,city&sort=-name").text

    assert 'aria-sort="ascending"' in rising
    assert "sort=-name" in rising
    assert 'aria-sort="descending"' in falling
    assert falling.index("Вяра") < falling.index("Boris") < falling.index("Anna")


def test_a_filter_stands_as_a_sentence_with_the_way_to_remove_it(hana: Browser) -> None:
    page = hana.get("/owner?city=Sofia&sort=name")

    assert "City is Sofia" in words(page)
    assert "Boris" not in words(page)
    assert 'href="/owner?sort=name"' in page.text


def test_a_filter_is_made_by_a_plain_form(hana: Browser) -> None:
    panel = hana.get("/owner?sort=name&_filter=city")
    made = hana.get("/owner?sort=name&_filter=city&_op=ne&_value=Sofia")

    assert all(one in words(panel) for one in ("is not", "contains", "is empty", "Cancel"))
    assert made.status_code == 302
    assert made.headers["Location"] == "/owner?sort=name&city.ne=Sofia"


@pytest.mark.parametrize(
    "query, meant",
    [
        ("_filter=city&_op=empty", "city=-"),
        ("_filter=city&_op=given", "city=*"),
        ("_filter=groups&_op=eq&_value=regular&_value=shelter", "groups=regular,shelter"),
        ("_filter=margin&_op=between&_value=1&_to=5", "margin.between=1..5"),
        ("_filter=city&_op=starts&_value=So&_was=city.ne&city.ne=Varna", "city.starts=So"),
        ("_filter=city&_op=starts&_value=So, Lo", "city.starts=So,+Lo"),
        ("_filter=city&_op=eq&_value=Sofia&_value=Varna", "city=Sofia,Varna"),
        ("_filter=created_at&_op=eq&_value=&_value=today&_to=", "created_at=today"),
        ("_columns=name&_columns=city", "columns=name,city"),
        ("q=&city=Sofia", "city=Sofia"),
        ("_filter=city&_op=eq&_value=", ""),
    ],
)
def test_controls_of_a_form_become_a_plain_address(hana: Browser, query: str, meant: str) -> None:
    assert hana.get(f"/owner?{query}").headers["Location"] == f"/owner?{meant}".rstrip("?")


@pytest.mark.parametrize("operator, said", [("eq", "is"), ("ne", "is not"), ("has", "contains")])
@pytest.mark.parametrize("typed", ["Sofia, Lozenets", "a,b", "back\\slash", "\\,", "\\-", ","])
def test_a_text_is_filtered_by_as_it_was_typed(
    hana: Browser, operator: str, said: str, typed: str
) -> None:
    made = hana.get(f"/owner?{urlencode({'_filter': 'city', '_op': operator, '_value': typed})}")
    address = made.headers["Location"]
    name, _, query = address.partition("?")[2].partition("=")
    chip = typed.replace("\\-", "-") if operator != "has" else typed
    assert f"City {said} {chip}" in words(hana.get(address))

    panel = hana.get(f"/owner?{name}={query}&_filter=city&_was={name}")
    assert f'name="_value" value="{typed}"' in panel.text
    again = urlencode({"_filter": "city", "_op": operator, "_was": name, "_value": typed})
    assert hana.get(f"/owner?{name}={query}&{again}").headers["Location"] == address


def test_a_text_with_a_comma_finds_its_record_alone() -> None:
    with open_site(VET) as site:
        site.user("hana", "head", name="Hana Head")
        for city in ("Sofia, Lozenets", "Lozenets"):
            site.create("owner", name=f"Owner in {city}", city=city)
        browser = site.browser("hana")
        made = browser.get("/owner?_filter=city&_op=eq&_value=Sofia, Lozenets")
        found = words(browser.get(made.headers["Location"]))

    assert "Owner in Sofia, Lozenets" in found
    assert "Owner in Lozenets" not in found


def test_several_texts_stay_several_in_the_panel(hana: Browser) -> None:
    panel = hana.get("/owner?city=Sofia,Varna\\,+Center&_filter=city&_was=city")

    for text in ("Sofia", "Varna, Center"):
        assert f'name="_value" value="{text}"' in panel.text


def test_a_number_may_be_typed_with_a_comma(hana: Browser) -> None:
    made = hana.get("/owner?_filter=margin&_op=eq&_value=12,5").headers["Location"]

    assert hana.get(made).status_code == 200
    assert unquote(made) == "/owner?margin=12\\,5"


def test_with_a_script_the_part_answers_and_the_address_line_follows(hana: Browser) -> None:
    part = hana.get("/owner?_filter=city&_op=eq&_value=Varna", htmx=True)

    assert part.status_code == 200
    assert "<html" not in part.text
    assert 'id="listing"' in part.text
    assert part.headers["HX-Push-Url"] == "/owner?city=Varna"


def test_the_part_is_the_same_as_that_of_the_page(hana: Browser) -> None:
    page, part = hana.get("/owner?city=Sofia"), hana.get("/owner?city=Sofia", htmx=True)

    listing = part.text[: part.text.index('<div class="show-as"')]
    assert listing.strip() in page.text


def test_words_search_in_the_list(hana: Browser) -> None:
    page = hana.get("/owner?q=вяра")

    assert "Вяра Нейкова" in words(page)
    assert "Anna" not in words(page)


def test_an_empty_list_says_what_belongs_here_and_the_first_step(hana: Browser) -> None:
    assert "No visits yet" in words(hana.get("/visit"))
    assert "Nothing matches" in words(hana.get("/owner?city=Nowhere"))
    assert 'href="/visit/new"' in hana.get("/visit").text


def test_pages_lead_on_and_back(hana: Browser) -> None:
    first = hana.get("/owner?size=2&sort=name")
    following = hana.get(_link(first.text, "next"))
    back = hana.get(_link(following.text, "prev"))

    assert "Anna" in words(first)
    assert "Вяра" in words(following)
    assert "Anna" not in words(following)
    assert "Anna" in words(back)
    assert "2 on this page" in words(first)
    assert words(hana.get("/owner?size=2&sort=name&_part=count")) == "of 3"


@pytest.mark.parametrize(
    "query, named",
    [
        ("salary=1", "salary"),
        ("city=a&city=b", "city"),
        ("sort=groups", "sort"),
        ("columns=nothing", "columns"),
        ("margin.has=1", "margin.has"),
        ("after=rubbish", "after"),
        ("_filter=nothing", "_filter"),
    ],
)
def test_a_bad_query_is_refused_by_the_name_of_its_parameter(
    hana: Browser, query: str, named: str
) -> None:
    page = hana.get(f"/owner?{query}")

    assert page.status_code == 400
    assert named in words(page)


def test_a_field_that_one_may_not_see_can_be_neither_filtered_nor_shown(site: Site) -> None:
    rada = site.browser("rada")

    assert rada.get("/owner?margin.gt=1").status_code == 400
    assert rada.get("/owner?columns=margin").status_code == 400
    assert "Margin" not in rada.get("/owner").text


def test_a_list_of_what_one_may_not_see_is_not_there(site: Site) -> None:
    assert site.browser("vera").get("/owner").status_code == 404
    assert site.browser("hana").get("/nothing").status_code == 404


def test_new_is_offered_to_those_who_may(site: Site) -> None:
    assert 'href="/owner/new"' in site.browser("rada").get("/owner").text
    assert 'href="/animal/new"' not in site.browser("vera").get("/animal").text


def test_a_view_has_its_own_address_and_tab(site: Site, hana: Browser) -> None:
    page = hana.get("/views/unpaid")

    assert page.status_code == 200
    assert "Unpaid" in words(page)
    assert site.browser("rada").get("/views/unpaid").status_code == 404


def test_a_filter_of_a_view_can_be_taken_away(hana: Browser) -> None:
    page = hana.get("/views/today")

    assert "Time" not in words(page) or "is today" in words(page)
    assert 'href="/views/today?at="' in page.text
    assert "is today" not in words(hana.get("/views/today?at="))


def test_archived_records_stand_apart(site: Site, hana: Browser) -> None:
    gone = site.create("owner", name="Gone Long Ago")
    site.services.records.archive(site.actor("hana"), "owner", gone)

    assert "Gone Long Ago" not in words(hana.get("/owner"))
    assert "Gone Long Ago" in words(hana.get("/owner?archived=only"))


def test_nothing_on_the_page_is_styled_or_scripted_in_place(hana: Browser) -> None:
    page = hana.get("/owner?_filter=city").text

    assert "style=" not in page
    assert "<style" not in page
    assert "onclick" not in page
    assert page.count("<script") == page.count('<script src="/static/')


def test_a_link_is_filtered_by_records_that_are_found_while_typing(site: Site) -> None:
    vera = site.browser("vera")
    found = vera.get("/search/filter/visit/animal?q=re", htmx=True)

    assert "Rex" in words(found)
    assert "data-no-create" in found.text
    assert vera.get("/search/filter/visit/number?q=re").status_code == 404
    assert vera.get("/search/filter/visit/paid?q=1").status_code == 400
    assert vera.get("/search/filter/owner/name?q=1").status_code == 404


def _heads(text: str) -> str:
    return text[text.index("<thead") : text.index("</thead")]


def _link(text: str, rel: str) -> str:
    start = text[: text.index(f'rel="{rel}"')].rindex('href="') + len('href="')
    return text[start : text.index('"', start)].replace("&amp;", "&")
