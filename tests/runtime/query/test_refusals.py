"""Addresses that do not fit: what they answer, and that a forbidden name tells nothing."""

from collections.abc import Iterator

import pytest

from engine.errors import BadQuery
from tests.runtime.query.clinic import Clinic, clinic


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    with clinic(f"sqlite:///{tmp_path_factory.mktemp('clinic') / 'kartoteka.db'}") as made:
        yield made


def refused(
    house: Clinic, *query: tuple[str, str], who: str = "head", entity: str = "visit"
) -> BadQuery:
    with pytest.raises(BadQuery) as caught:
        house.stock.reader.parse(getattr(house, who), entity, query)
    assert caught.value.status == 400
    return caught.value


@pytest.mark.parametrize(
    "name, text",
    [
        ("nothing", "1"),
        ("sort", "(select password from user)"),
        ("sort", "number;drop"),
        ("sort", "nothing"),
        ("sort", "-"),
        ("sort", "number,"),
        ("sort", "number,number"),
        ("sort", "number,-number"),
        ("sort", "id,number,stage,vet,at"),
        ("columns", "nothing"),
        ("columns", "number,,at"),
        ("columns", "animal.owner.password"),
        ("group_by", "stage"),
        ("group", ""),
        ("filter[x' or 1=1--]", "1"),
        ("view", "nothing"),
        ("view", "today' --"),
        ("archived", "true"),
        ("trashed", "yes"),
        ("size", "0"),
        ("size", "201"),
        ("size", "-1"),
        ("size", "1e3"),
        ("size", "²"),
        ("user", "admin"),
        ("as", "admin"),
        ("animal.", "1"),
        (".animal", "1"),
        ("animal..owner", "1"),
        ("animal.owner.animals", "1"),
        ("animal.owner.name.has.has", "x"),
        ("__class__", "x"),
        ("stage", "lots"),
        ("stage.gt", "new"),
        ("stage.has", "new"),
        ("debt", "lots"),
        ("debt", "1e3"),
        ("debt.gt", "1e400"),
        ("debt.gt", "NaN"),
        ("debt.gt", "Infinity"),
        ("debt.gt", "9" * 40),
        ("debt.gt", "99999999999999999"),
        ("debt.between", "1"),
        ("debt.between", "1.."),
        ("debt.between", "..1"),
        ("debt.has", "1"),
        ("at", "someday"),
        ("at", "2026-02-30"),
        ("at.lt", "0000-00-00"),
        ("at", "9999-12-31"),
        ("at", "in 99999 mo"),
        ("at.gt", "2026-03-02T10:00:00junk"),
        ("next_visit", "25:00"),
        ("vet", "ivan"),
        ("vet", "1' or '1'='1"),
        ("vet", "9" * 30),
        ("animal", "me"),
        ("animal", "my_team"),
        ("id", "x"),
        ("id", "9" * 25),
        ("created_at.has", "x"),
        ("number", "a\0b"),
        ("number", "\ud800"),
        ("number.has", "x" * 1001),
        ("number", ",".join(map(str, range(101)))),
        ("q", "a\0"),
    ],
)
def test_misfit_is_refused_by_its_name(house: Clinic, name: str, text: str) -> None:
    assert refused(house, (name, text)).parameter == name


def test_repeated_name_is_refused(house: Clinic) -> None:
    assert refused(house, ("vet", "1"), ("vet", "2")).parameter == "vet"
    assert refused(house, ("sort", "at"), ("sort", "id")).parameter == "sort"


def test_too_many_parameters_are_refused(house: Clinic) -> None:
    query = [(f"number.{name}", "x") for name in range(70)]
    assert "At most 60" in str(refused(house, *query).message)


def test_archive_and_trash_are_not_shown_together(house: Clinic) -> None:
    assert refused(house, ("archived", "only"), ("trashed", "only")).parameter == "trashed"


@pytest.mark.parametrize("who, name", [("reception", "margin"), ("vet", "animal.owner.city")])
@pytest.mark.parametrize("form", ["{}", "{}.gt", "{}.ne", "{}.has", "{}.starts", "{}.between"])
@pytest.mark.parametrize("text", ["12.5", "-1", "", "*", "x" * 50])
def test_forbidden_field_answers_as_one_that_is_not_there(
    house: Clinic, who: str, name: str, form: str, text: str
) -> None:
    entity = "owner" if name == "margin" else "visit"
    other = name.replace(name.rpartition(".")[2], "nosuch")
    said = [
        refused(house, (form.format(one), text), who=who, entity=entity) for one in (name, other)
    ]
    assert str(said[0].message).replace(name, other) == str(said[1].message)
    assert said[0].parameter == form.format(name)


@pytest.mark.parametrize("control", ["sort", "columns"])
def test_forbidden_field_is_no_column_and_no_order(house: Clinic, control: str) -> None:
    known = refused(house, (control, "margin"), who="reception", entity="owner")
    unknown = refused(house, (control, "nosuch"), who="reception", entity="owner")
    assert str(known.message).replace("margin", "nosuch") == str(unknown.message)


def test_trash_is_unknown_to_those_who_may_not_delete(house: Clinic) -> None:
    known = refused(house, ("trashed", "only"), who="reception")
    unknown = refused(house, ("nosuch", "only"), who="reception")
    assert str(known.message).replace("trashed", "nosuch") == str(unknown.message)


def test_view_of_another_role_is_unknown(house: Clinic) -> None:
    assert refused(house, ("view", "unpaid"), who="vet").parameter == "view"
    assert refused(house, ("view", "today"), who="head", entity="animal").parameter == "view"


def test_view_drops_columns_and_order_that_its_reader_may_not_know(house: Clinic) -> None:
    request = house.stock.reader.parse(house.booking, "visit", [("view", "today")])
    assert request.columns == ("at", "title", "stage")  # booking sees no animals


def test_refusal_does_not_repeat_a_long_name(house: Clinic) -> None:
    assert len(str(refused(house, ("x" * 500, "1")).message)) < 120


def test_no_text_of_an_address_reaches_the_sql(house: Clinic) -> None:
    evil = "x'); drop table e_visit; --"
    with house.stock.counting() as sent:
        house.stock.page(house.head, "visit", f"number={evil}&q={evil}&number.has={evil}")
    assert sent
    assert not any("drop table" in one for one in sent)
