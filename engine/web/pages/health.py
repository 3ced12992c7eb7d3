"""Answers for machines: does the process live, and can it do its work."""

from __future__ import annotations

from flask import Blueprint, Response, make_response

from engine.errors import EngineError
from engine.runtime.readiness import ready
from engine.web.request import public, services

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def alive() -> Response:
    """Answer that the process lives; nothing else is looked at."""
    return plain("ok", 200)


@bp.get("/readyz")
@public
def at_work() -> Response:
    """Answer whether the database answers and a version is applied."""
    try:
        is_ready = ready(services().database)
    except EngineError:
        is_ready = False
    return plain("ready", 200) if is_ready else plain("not ready", 503)


def plain(text: str, status: int) -> Response:
    """Answer with one word."""
    return make_response(text + "\n", status, {"Content-Type": "text/plain; charset=utf-8"})
