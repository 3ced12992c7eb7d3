"""A stocked clinic on both databases, made once per module: its tests only read."""

from collections.abc import Iterator

import pytest

from tests.kit.postgres import fresh_database


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def module_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The URL of an empty database for the tests of a module, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('database') / 'kartoteka.db'}"
        return
    with fresh_database(request.getfixturevalue("postgres_server")) as url:
        yield url
