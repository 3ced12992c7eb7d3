"""What an entity needs of the database: columns, and the indexes that lists and links ask for."""

import pytest
from sqlalchemy import MetaData

from engine.metadata.fieldtypes.base import Storage
from engine.runtime.tables.entity import build_tables
from engine.runtime.tables.shape import ColumnShape, Method, table_shape
from tests.kit.applications import VET, application

CRM = application("""
currency: JPY
entities:
  client:
    order: [-born, name]
    unique: [[name, born]]
    fields:
      name: text
      born: date
      sum: money
      code: {type: text, unique: true, max_length: 20}
      story: {type: long_text, unique: true}
      note: {type: text, index: true}
      owner: user
      boss: {type: link, to: client}
      stage: {type: stage}
      size_now: {type: number, decimals: 1, formula: age(born) * 1.0}
      version: text
  visit:
    fields: {name: text, about: any_link}
pipelines: {way: {stages: {new: {label: New}}}}
views:
  rich: {entity: client, label: Rich, sort: [-sum]}
""")


def test_columns_follow_the_types() -> None:
    fields = table_shape(CRM.entity("client"), CRM).fields
    assert fields["sum"] == (ColumnShape("sum", Storage.SCALED, scale=0),)  # yen have no cents
    assert fields["boss"] == (ColumnShape("boss", Storage.LINK, target="client"),)
    assert fields["version"] == (ColumnShape("_version", Storage.TEXT),)
    assert [one.name for one in table_shape(CRM.entity("visit"), CRM).fields["about"]] == [
        "_about_entity",
        "_about_id",
    ]


def test_a_formula_that_uses_the_clock_has_no_column() -> None:
    assert "size_now" not in table_shape(CRM.entity("client"), CRM).fields
    assert not build_tables(CRM).is_stored("client", "size_now")


@pytest.mark.parametrize(
    "entity,expected",
    [
        (
            "client",
            {
                "ix$client$title_key$id",
                "ix$client$created_at$id",
                "uq$client$code",
                "uq$client$story",
                "ix$client$story",
                "ix$client$note",
                "ix$client$owner$updated_at",
                "ix$client$boss",
                "ix$client$stage",
                "uq$client$name$born",
                "ix$client$born$id",
                "ix$client$sum$id",
            },
        ),
        (
            "visit",
            {
                "ix$visit$title_key$id",
                "ix$visit$created_at$id",
                "ix$visit$created_by$updated_at",
                "ix$visit$_about_entity$_about_id",
            },
        ),
    ],
)
def test_indexes_serve_links_lists_and_rights(entity: str, expected: set[str]) -> None:
    assert set(table_shape(CRM.entity(entity), CRM).indexes) == expected


def test_an_index_serves_the_days_of_a_calendar() -> None:
    view = "views:\n  due: {entity: visit, type: calendar, date: next_visit}\n"
    plain, dated = application(VET), application(VET.replace("views:\n", view))
    index = "ix$visit$next_visit"

    assert index not in table_shape(plain.entity("visit"), plain).indexes
    assert index in table_shape(dated.entity("visit"), dated).indexes


def test_a_text_of_any_length_is_unique_by_its_digest() -> None:
    indexes = table_shape(CRM.entity("client"), CRM).indexes
    methods = {
        name: one.method for name, one in indexes.items() if one.method is not Method.ORDERED
    }
    assert methods == {
        "uq$client$story": Method.DIGEST,
        "ix$client$story": Method.HASH,
        "ix$client$note": Method.HASH,
        "uq$client$name$born": Method.DIGEST,
    }


def test_a_table_is_found_by_entity_and_field() -> None:
    vet = application(VET)
    tables = build_tables(vet)
    for entity in vet.entities.values():
        table = tables.table(entity.id)
        for field in entity.fields:
            assert all(one.table is table for one in tables.columns(entity.id, field))
        assert tables.column(entity.id, "title") is table.c.title


def test_each_configuration_has_tables_of_its_own() -> None:
    vet, metadata = application(VET), MetaData()
    assert build_tables(vet, metadata).metadata is metadata
    assert build_tables(vet).table("user") is not build_tables(vet).table("user")
