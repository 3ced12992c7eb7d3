"""The link picker: the records that a link may point at, as far as this person may know of them."""

from collections.abc import Iterator

import pytest

from tests.kit.applications import VET
from tests.kit.web import Site, open_site, words

CRM = """
    entities:
      client: {fields: {name: text, active: bool}}
      deal:
        fields:
          client: {type: link, to: client, where: active}
          name: {type: text, required: true}
    roles:
      seller: {can: {client: {every: all}, deal: {every: all}}}
"""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site(VET) as made:
        made.user("hana", "head", name="Hana Head")
        made.user("vera", "vet", name="Vera Vet")
        for number in range(12):
            made.create("owner", name=f"Somebody {number}")
        made.create("owner", name="Anna <b>Petrova</b>", phone="+359888112233")
        yield made


def test_the_picker_finds_by_name_and_by_digits(site: Site) -> None:
    hana = site.browser("hana")
    by_name = hana.get("/search/pick/animal/owner?q=petrova", htmx=True)
    by_digits = hana.get("/search/pick/animal/owner?q=112233", htmx=True)

    for answer in (by_name, by_digits):
        assert answer.status_code == 200
        assert 'data-value="13"' in answer.text
        assert 'data-label="Anna &lt;b&gt;Petrova&lt;/b&gt;"' in answer.text
        assert answer.text.count('role="option"') == 1


def test_the_picker_shows_a_few_where_nothing_is_typed(site: Site) -> None:
    answer = site.browser("hana").get("/search/pick/animal/owner")

    assert answer.text.count('role="option"') == 8
    assert "data-no-create" not in answer.text


def test_the_picker_finds_people(site: Site) -> None:
    answer = site.browser("vera").get("/search/pick/visit/vet?q=hana")

    assert answer.status_code == 404  # without `assign` the owner is nobody's to choose
    assert "Hana Head" in words(site.browser("hana").get("/search/pick/visit/vet?q=hana"))


def test_the_picker_gives_nothing_that_one_may_not_know_of(site: Site) -> None:
    vera = site.browser("vera")
    answer = vera.get("/search/pick/animal/owner?q=petrova")

    assert answer.status_code == 200
    assert "Petrova" not in answer.text
    assert "data-no-create" in answer.text


@pytest.mark.parametrize(
    "address", ["owner/name", "animal/nonsense", "nonsense/owner", "owner/phone", "visit/total"]
)
def test_only_a_link_that_one_may_write_has_a_picker(site: Site, address: str) -> None:
    assert site.browser("hana").get(f"/search/pick/{address}").status_code == 404


def test_an_unknown_parameter_is_refused(site: Site) -> None:
    assert site.browser("hana").get("/search/pick/animal/owner?nonsense=1").status_code == 400


def test_the_picker_keeps_to_the_condition_of_its_field() -> None:
    with open_site(CRM) as site:
        site.user("ivan", "seller")
        site.create("client", name="Sleeping", active=False)
        site.create("client", name="Awake", active=True)
        ivan = site.browser("ivan")

        assert words(ivan.get("/search/pick/deal/client")) == "Awake"
        form = ivan.get("/deal/new")
        assert "Awake" in words(form)
        assert "Sleeping" not in words(form)
