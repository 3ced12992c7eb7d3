"""The hand-written CRM as a program: `python -m bench.handwritten.app URL` says its port."""

from __future__ import annotations

import secrets
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

import waitress
from flask import Flask, Response, abort, g, redirect, render_template, request
from sqlalchemy import Connection, Engine, create_engine, event

from bench.handwritten import facts, reading, words, writing
from bench.handwritten.door import add_headers, check_form, form_token, me_of, touch

THREADS = 8
PRAGMAS = ("busy_timeout=5000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")
FILTERED = ("stage", "city")


def open_engine(url: str) -> Engine:
    """Open the database."""
    engine = create_engine(url, pool_size=10, max_overflow=10)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    for one in PRAGMAS:
        connection.execute(f"PRAGMA {one}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def create_app(engine: Engine) -> Flask:
    """Make the application."""
    app = Flask(__name__, static_folder=None)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters |= words.FILTERS
    app.jinja_env.globals |= {
        name: getattr(facts, name)
        for name in (
            *("STAGES", "MOVES", "BUTTONS_OF", "GROUPS_OF", "SOURCES", "PRIORITIES", "KINDS"),
            *("FIELDS", "FILTERS", "COLUMNS", "HEADS"),
        )
    }
    app.after_request(add_headers)
    _add_pages(app, engine)
    _add_forms(app, engine)
    return app


@contextmanager
def asking(engine: Engine, *, writes: bool = False) -> Iterator[Connection]:
    """Yield a connection for a request of somebody who is signed in."""
    with engine.connect() as connection, connection.execution_options(writes=writes).begin():
        g.me = me_of(connection)
        yield connection
    if g.me.is_stale:
        with engine.connect() as connection, connection.execution_options(writes=True).begin():
            touch(connection, g.me)


def page(connection: Connection, template: str, **context: Any) -> str:
    """Render a page within its frame."""
    late, unread = reading.frame(connection, g.me)
    shared = {"me": g.me, "csrf": form_token(), "late": late, "notices": unread}
    shared |= {"here": request.path, "now": words.now(), "token": _token, "width": ""}
    return render_template(template, **{**shared, **context})


def _token() -> str:
    return secrets.token_urlsafe(18)


def found(path: str) -> dict[str, Any]:
    """Return what a list is narrowed to, with the addresses that its page needs."""
    given = {one: request.args[one] for one in FILTERED if request.args.get(one)}
    text = urlencode(given)
    return {
        "q": "",
        "filters": given,
        "query": f"?{text}" if text else "",
        "kept": f"{text}&" if text else "",
        "chips": [_chip(given, one) for one in given],
        "path": path,
    }


def _chip(given: dict[str, str], name: str) -> dict[str, str]:
    values = given[name].split(",")
    shown = [facts.STAGES[one].label if one in facts.STAGES else one for one in values]
    without = urlencode({other: value for other, value in given.items() if other != name})
    return {
        "name": name,
        "value": given[name],
        "label": facts.FIELDS[name][0],
        "words": f"is {', '.join(shown)}",
        "without": f"?{without}" if without else "",
    }


def _add_pages(app: Flask, engine: Engine) -> None:
    @app.get("/deal")
    def deals() -> str:
        find = found("/deal")
        with asking(engine) as connection:
            if request.args.get("_part") == "count":
                count = reading.count(connection, g.me, find["filters"])
                return f"of more than {count - 1:,}" if count > reading.COUNTED else f"of {count}"
            rows, before, after = reading.listed(
                connection, g.me, find["filters"], request.args.get("after", "")
            )
            shown = {"deals": rows, "before": before, "after": after, "find": find}
            return page(connection, "list.html", title="Deals", section="deal", **shown)

    @app.get("/deal/<int:number>")
    def record(number: int) -> str:
        with asking(engine) as connection:
            deal = reading.deal(connection, g.me, number) or abort(404)
            tasks = reading.tasks_of(connection, number)
            context = {
                "deal": deal,
                "title": "Deal",
                "section": "deal",
                "tasks": tasks,
                "task": tasks[0] if tasks else None,
                "stays": reading.stage_since(connection, number) or words.now(),
                "story": _told(reading.story(connection, number)),
                "moments": words.moments(),
            }
            return page(connection, "record.html", **context)

    @app.get("/deal/<int:number>/edit")
    def form(number: int) -> str:
        with asking(engine) as connection:
            deal = reading.deal(connection, g.me, number) or abort(404)
            context = {
                "deal": deal,
                "title": f"Edit: {deal.title}",
                "section": "deal",
                "width": "is-text",
                "clients": reading.clients_offered(connection),
                "days": list(words.days()),
                "quick_moments": list(words.quick_moments()),
                "quick_days": list(words.quick_days()),
            }
            return page(connection, "form.html", **context)

    @app.get("/search")
    def search() -> str:
        text = request.args.get("q", "").strip()
        with asking(engine) as connection:
            hits = reading.hits(connection, g.me, text) if text else []
            shown = {"hits": hits, "q": text, "width": "is-text"}
            return page(connection, "search.html", title="Search", section="", **shown)

    @app.get("/views/board")
    def board() -> str:
        with asking(engine) as connection:
            if request.args.get("_part") == "heads":
                return _heads(connection)
            lanes = [_lane(connection, one) for one in facts.STAGES]
            numbers = [deal.id for lane in lanes for deal in lane["deals"]]
            context = {
                "lanes": lanes,
                "tasks": reading.next_tasks(connection, numbers),
                "find": found("/views/board"),
            }
            shown = {"title": "Board of deals", "section": "board", **context}
            return page(connection, "board.html", **shown)

    @app.get("/my-day")
    def my_day() -> str:
        with asking(engine) as connection:
            return page(connection, "my_day.html", title="My day", **_day(connection))


def _add_forms(app: Flask, engine: Engine) -> None:
    @app.post("/deal/new")
    def create() -> Any:
        check_form()
        with asking(engine, writes=True) as connection:
            number = writing.create(connection, g.me, request.form)
        return redirect(f"/deal/{number}", 303)

    @app.post("/deal/<int:number>/edit")
    def change(number: int) -> Any:
        check_form()
        with asking(engine, writes=True) as connection:
            writing.change(connection, g.me, number, request.form)
        return redirect(f"/deal/{number}", 303)

    @app.post("/deal/<int:number>/press/talked")
    def press(number: int) -> Any:
        check_form()
        with asking(engine, writes=True) as connection:
            writing.press_talked(connection, g.me, number, request.form)
        return redirect(f"/deal/{number}", 303)

    @app.errorhandler(writing.Wrong)
    def wrong(mistake: writing.Wrong) -> Response:
        lines = [f"{name}: {said}" for name, said in mistake.messages.items()]
        return Response("\n".join(lines), 422, mimetype="text/plain")


def _lane(connection: Connection, stage: str) -> dict[str, Any]:
    known = facts.STAGES[stage]
    rows = reading.lane(connection, g.me, stage, closed=known.closes)
    shown = rows[: reading.LANE]
    after = quote(reading.cursor(shown[-1])) if len(rows) > reading.LANE else ""
    return {"id": stage, "stage": known, "deals": shown, "next": after}


def _heads(connection: Connection) -> str:
    lanes = [
        {"id": one[0], "count": f"{one[1]:,}", "sum": one[2] or 0}
        for one in reading.lane_heads(connection, g.me)
    ]
    return render_template("board_heads.html", lanes=lanes)


def _day(connection: Connection) -> dict[str, Any]:
    now, today = words.now(), words.today()
    end = reading.day_end(today)
    return {
        "section": "my_day",
        "today": words.heading(),
        "clock": words.clock(now),
        "moments": words.moments(),
        "done": reading.done_today(connection, g.me, reading.day_begin(today)),
        "late_tasks": reading.my_tasks(connection, g.me, None, now),
        "today_tasks": reading.my_tasks(connection, g.me, now, end),
        "coming": reading.my_tasks(connection, g.me, end, end + timedelta(days=7)),
        "fresh": reading.fresh(connection, g.me, reading.day_begin(today - timedelta(days=2))),
        "unread": reading.unread(connection, g.me),
        "changed": reading.changed(connection, g.me, now - timedelta(days=7)),
    }


VERBS = {
    ("deal", "create"): ("plus", "made this record"),
    ("deal", "edit"): ("note", "changed"),
    ("deal", "press"): ("bolt", "pressed Talked"),
    ("activity", "create"): ("note", "wrote"),
    ("task", "create"): ("check", "made a task"),
    ("task", "finish"): ("check", "finished a task"),
}


def _told(rows: reading.Rows) -> dict[Any, list[dict[str, Any]]]:
    """Return what happened, day by day."""
    days: dict[Any, list[dict[str, Any]]] = {}
    for row in rows:
        icon, verb = VERBS.get((row.entity, row.action), ("note", row.action))
        told = {"icon": icon, "who": row.actor_name, "verb": verb, "at": row.at, "text": row.text}
        told["changes"] = list(_changes(row)) if row.action in ("edit", "press") else []
        days.setdefault(row.at.astimezone(words.ZONE).date(), []).append(told)
    return days


def _changes(row: Any) -> Iterator[dict[str, Any]]:
    for name in row.fields or ():
        if name in facts.FIELDS and name != "amount":
            before, after = ((one or {}).get(name) for one in (row.before, row.after))
            yield {"label": facts.FIELDS[name][0], "before": before, "after": after}


def main(url: str) -> None:
    """Serve a database; says the port when it listens."""
    server = waitress.create_server(
        create_app(open_engine(url)), host="127.0.0.1", port=0, threads=THREADS, ident=""
    )
    sys.stdout.write(f"{server.effective_port}\n")
    sys.stdout.flush()
    server.run()


if __name__ == "__main__":
    main(sys.argv[1])
