"""Makes the web application: pages, templates, errors and locks, joined in one place."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from logging import DEBUG, INFO
from time import perf_counter

from flask import Flask, Response, g, request
from structlog.contextvars import bind_contextvars, clear_contextvars

from engine.log import logger, new_key
from engine.runtime.services import Services
from engine.web.errors import init_errors
from engine.web.htmx import init_htmx
from engine.web.pages.registry import PAGES
from engine.web.request import EXTENSION, QUIET, is_marked, known_user, logged_path, services
from engine.web.security import init_security
from engine.web.toasts import carry_toasts

log = logger("web")


def create_app(current: Callable[[], Services]) -> Flask:
    """Make the application; `current` gives the services of the version that serves a request."""
    app = Flask("kartoteka", static_folder=None)
    app.extensions[EXTENSION] = current
    app.config["MAX_CONTENT_LENGTH"] = current().settings.max_body
    app.config["MAX_FORM_MEMORY_SIZE"] = current().settings.max_body
    app.config["MAX_FORM_PARTS"] = 1000
    app.url_map.merge_slashes = False
    app.before_request(begin)
    app.teardown_request(end)
    init_htmx(app)
    init_security(app)
    init_errors(app)
    app.after_request(carry_toasts)
    app.after_request(write_line)
    for page in PAGES:
        app.register_blueprint(page)
    return app


def begin() -> None:
    """Give the request a key, under which all its log lines stand."""
    g.action = new_key()
    g.started = perf_counter()
    clear_contextvars()
    bind_contextvars(action=g.action)
    g.page = ExitStack()
    g.page.enter_context(services().database.hold())


def end(_error: BaseException | None) -> None:
    """Let go of what the request has held."""
    g.pop("page", ExitStack()).close()


def write_line(response: Response) -> Response:
    """Write one line about the request; what was asked for in the query stays private."""
    log.log(
        DEBUG if is_marked(QUIET) else INFO,
        "answered",
        method=request.method,
        path=logged_path(),
        status=response.status_code,
        ms=round((perf_counter() - g.started) * 1000),
        user=known_user(),
    )
    response.headers["X-Request-Id"] = g.action
    return response
