"""The kit's promise: tests meet the real services."""

from playwright.sync_api import Page
from sqlalchemy import create_engine, text

from tests.kit.browser import axe


def test_each_test_gets_an_empty_database(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE animal (name TEXT)"))
        connection.execute(text("INSERT INTO animal VALUES ('Пёс')"))
        assert connection.execute(text("SELECT name FROM animal")).scalar_one() == "Пёс"
    engine.dispose()


def test_postgres_folds_the_case_of_cyrillic(postgres: str) -> None:
    engine = create_engine(postgres)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT lower('ИВАН')")).scalar_one() == "иван"
    engine.dispose()


def test_a_page_is_opened_and_judged(page: Page) -> None:
    page.set_content("<html lang=en><title>Owners</title><main><h1>Owners</h1></main></html>")
    assert axe(page) == []
    page.set_content("<html lang=en><title>Owners</title><main><img src='data:,'></main></html>")
    assert any(line.startswith("image-alt") for line in axe(page))


def test_a_broken_script_is_a_problem(page: Page, problems: list[str]) -> None:
    page.set_content("<title>Owners</title><script>nobody.knows()</script>")
    assert problems == ["script: nobody is not defined"]
    problems.clear()
