"""The statements that a program sends to its database: what takes time, without a clock."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event

BEGINNINGS = ("PRAGMA", "BEGIN")


@contextmanager
def statements(engine: Engine, *, without: tuple[str, ...] = ()) -> Iterator[list[str]]:
    """Collects the statements that are sent meanwhile, but for those that begin with some words."""
    sent: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        if not statement.startswith(without):
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
