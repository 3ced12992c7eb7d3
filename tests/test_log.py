"""Log lines: one event a line, whatever its values hold."""

import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import IntegrityError

from engine.errors import Refused, say
from engine.log import action, logger, reason_of, start_logging


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, configured = root.handlers[:], root.level, structlog.get_config()
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**configured)


def written(form: str, level: str = "info") -> StringIO:
    stream = StringIO()
    start_logging(form, level, stream)
    return stream


def test_a_line_carries_the_key_of_its_action() -> None:
    stream = written("json")
    with action("abc123"):
        logger("web").info("answered", status=200, name="Иван")
    (line,) = stream.getvalue().splitlines()
    found = json.loads(line)
    assert "Иван" in line
    assert (found["event"], found["action"], found["status"]) == ("answered", "abc123", 200)


def test_a_value_can_t_begin_a_line_of_its_own() -> None:
    stream = written("text")
    logger("web").warning("refused", name="x\n2026-01-01 error event='forged'\r\nmore")
    lines = stream.getvalue().splitlines()
    assert len(lines) == 1
    assert "x\\n2026-01-01" in lines[0]


def test_a_traceback_stands_below_its_line() -> None:
    stream = written("text")
    try:
        int("first\nsecond")
    except ValueError:
        logger("web").exception("defect")
    first, *rest = stream.getvalue().splitlines()
    assert "error   defect" in first
    assert rest
    assert all(line.startswith("    | ") for line in rest)


def test_lines_of_libraries_come_in_the_same_form() -> None:
    stream = written("json")
    logging.getLogger("waitress").warning("Task queue depth is %d", 3)
    assert json.loads(stream.getvalue())["event"] == "Task queue depth is 3"


def test_what_weighs_less_is_left_out() -> None:
    stream = written("text", "warning")
    logger("web").info("answered")
    logging.getLogger("other").info("talk")
    assert stream.getvalue() == ""


def test_a_line_of_a_library_can_t_begin_another_one() -> None:
    stream = written("text")
    logging.getLogger("gunicorn.error").warning("Invalid request: %s", "GET /\n2026 error defect")
    assert len(stream.getvalue().splitlines()) == 1


def test_what_is_said_of_an_error_holds_no_value() -> None:
    refusal = Refused(say("There is no user '{login}'.", login="Иван, born 1970"))
    assert reason_of(refusal) == "There is no user '{login}'."
    assert reason_of(ValueError("Иван")) == "ValueError"


def test_a_trace_holds_no_row_that_a_database_quotes() -> None:
    stream = written("json")
    said = RuntimeError("duplicate key\nDETAIL:  Key (phone)=(+359888123456) already exists.")
    logger("web").error("defect", exc_info=said)
    found = json.loads(stream.getvalue())
    assert "duplicate key" in found["exception"]
    assert "+359888123456" not in stream.getvalue()


@pytest.mark.postgres
def test_a_quoted_row_of_several_lines_is_left_out_whole(postgres: str) -> None:
    """A text that somebody has typed has lines and empty lines of its own."""
    stream = written("text")
    note = "Born 1970.\n\nOwes\nmoney"
    engine = create_engine(postgres, poolclass=NullPool, hide_parameters=True)
    with engine.connect() as connection:
        connection.execute(text("CREATE TEMPORARY TABLE clients (note TEXT, phone TEXT NOT NULL)"))
        try:
            connection.execute(text("INSERT INTO clients VALUES (:note)"), {"note": note})
        except IntegrityError:
            logger("web").exception("defect")
    said = stream.getvalue()
    assert 'null value in column "phone"' in said
    assert "The above exception was the direct cause" in said
    assert "1970" not in said
    assert "money" not in said
