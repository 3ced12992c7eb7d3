"""The fragment protocol: whether a part of the page is asked for, and how answers differ.

A fragment is the same template as its part of the page. No other file knows of HX-* headers.
"""

from __future__ import annotations

import json
import re
from dataclasses import fields
from typing import Any, cast
from urllib.parse import SplitResult, quote, urlsplit

from flask import Flask, Response, make_response, redirect, request
from htmx_flask import Htmx
from htmx_flask.requests import HtmxAwareRequest

from engine.web.templating import render_template

SAFE_IN_ADDRESS = "/?&=%:,*;@!$'()+~-._#"
PART = "X-Part"  # the part of the page that its own address answers with, where it has one
PART_ID = re.compile(r"[a-z][a-z-]{0,39}")


def init_htmx(app: Flask) -> None:
    """Let requests of the app answer for their htmx headers."""
    Htmx(app)


def is_fragment() -> bool:
    """Say whether a part is asked for: not for a restored page, nor for one fetched whole."""
    htmx = cast(HtmxAwareRequest, request).htmx
    return bool(htmx) and not htmx.history_restore_request and not htmx.boosted


def is_htmx() -> bool:
    """Say whether htmx asks, for a part or for a whole page."""
    return bool(cast(HtmxAwareRequest, request).htmx)


def stands_at(path: str) -> bool:
    """Say whether the page that asks for a part stands at a path; one that says nothing may."""
    current = cast(HtmxAwareRequest, request).htmx.current_url
    return not current or _split(current).path == path


def respond(
    page_template: str, fragment_template: str, context: object, status: int = 200
) -> Response:
    """Answer with the whole page, or with its part where that is asked for."""
    template = fragment_template if is_fragment() else page_template
    return show(template, context, status)


def show(template: str, context: object, status: int = 200) -> Response:
    """Answer with a template; it sees the fields of `context`, a dataclass."""
    return make_response(render_template(template, names_of(context)), status)


def names_of(context: object) -> dict[str, Any]:
    """Return the fields of a context by name, as they are."""
    return {one.name: getattr(context, one.name) for one in fields(cast(Any, context))}


def go(location: str) -> Response:
    """Lead to another of our pages after a change: the same for a plain browser and for htmx.

    Where that is the page on which the change was made, its part is drawn anew in its place.
    """
    if not is_htmx():
        return cast(Response, redirect(location, 303))
    part = _part_of(location)
    if part:
        place = {"target": f"#{part}", "swap": "outerHTML", "push": "false"}
        answer = _empty("HX-Location", json.dumps({"path": ascii_url(location), **place}))
        return tell(answer, "dialog-done", {})
    target = {"path": ascii_url(location), "target": "body", "headers": {"HX-Boosted": "true"}}
    return _empty("HX-Location", json.dumps(target))


def _part_of(location: str) -> str:
    """Return the part of the page at hand that an address answers with, '' for another page."""
    part = request.headers.get(PART, "")
    here = _split(request.headers.get("HX-Current-URL", ""))
    there = urlsplit(ascii_url(location))
    is_here = (here.path, here.query) == (there.path, there.query)
    return part if is_here and PART_ID.fullmatch(part) else ""


def _split(address: str) -> SplitResult:
    """Take an address of a header apart; one that is none stands for no page of ours."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def go_afresh(location: str, status: int = 200) -> Response:
    """Lead to another page and load it anew: who is signed in, or how pages look, has changed."""
    if not is_htmx():
        return cast(Response, redirect(location, 303))
    return _empty("HX-Redirect", ascii_url(location), status)


def stay() -> Response:
    """Answer a change that leaves the page as it is."""
    return make_response("", 204)


def tell(response: Response, event: str, detail: object) -> Response:
    """Let the answer fire an event in the page; values are escaped, as headers are ASCII only."""
    events = json.loads(response.headers.get("HX-Trigger", "{}"))
    response.headers["HX-Trigger"] = json.dumps(events | {event: detail})
    return response


def push_url(response: Response, location: str) -> Response:
    """Let the address line show `location` after the part has been swapped."""
    response.headers["HX-Push-Url"] = ascii_url(location)
    return response


def swap_into(response: Response, selector: str, how: str = "outerHTML") -> Response:
    """Let the answer replace another part than the one that asked."""
    response.headers["HX-Retarget"] = selector
    response.headers["HX-Reswap"] = how
    return response


def ascii_url(location: str) -> str:
    """Return the address percent-encoded: a header with other letters kills the answer."""
    return quote(location, safe=SAFE_IN_ADDRESS)


def _empty(header: str, value: str, status: int = 200) -> Response:
    response = make_response("", status)
    response.headers[header] = value
    return response
