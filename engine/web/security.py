"""The lock on the door: hosts, origins, sessions, form tokens and the headers of every answer.

Each view asks for a signed-in person unless it is marked `public`; each change asks for the token
of the session. Nothing about a person is ever read from a parameter or a forwarded header.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256
from ipaddress import ip_address
from typing import NoReturn, cast
from urllib.parse import unquote_to_bytes, urlsplit

from flask import Flask, Response, g, request

from engine.errors import BadQuery, NotAllowed, say
from engine.log import logger
from engine.runtime.accounts.sessions import Started
from engine.runtime.audit import Denial, record_denial
from engine.settings import Network, Settings
from engine.web.request import (
    PUBLIC,
    current_actor,
    current_session,
    is_marked,
    logged_path,
    services,
    session_cookie,
    visitor,
)

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
LOCAL = "127.0.0.1"  # where nobody has said under which address we are reached
HEALTH = frozenset({"/healthz", "/readyz"})  # asked by machines that know only an address
FORM_TOKEN = "_csrf"  # noqa: S105 - the name of an input
TOKEN_HEADER = "X-CSRF-Token"  # noqa: S105 - the name of a header
COOKIE_LONGEST = 200
FORM = "application/x-www-form-urlencoded"
MOST_PAIRS = 5_000

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "object-src 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not `no-referrer`: with it browsers send `Origin: null` from our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
A_YEAR = 365 * 24 * 3600

log = logger("web.security")


def init_security(app: Flask) -> None:
    """Put the checks before every view and the headers on every answer."""
    app.before_request(check_request)
    app.after_request(add_headers)


def check_request() -> None:
    """Refuse what comes from elsewhere, from nobody, or twice under one name."""
    settings = services().settings
    if request.path not in HEALTH:
        check_host(settings)
    changes = request.method not in SAFE_METHODS
    if changes:
        check_origin(settings)
    if not is_public():
        current_actor()
    if changes:
        check_body()
        check_form_token()
        check_names()


def check_body() -> None:
    """Refuse a body that is none of ours: letters cut in two, names without end."""
    body = request.get_data()
    if body.count(b"&") > MOST_PAIRS:
        raise BadQuery("Content-Length", say("This form has too many fields."))
    try:
        unquote_to_bytes(body).decode()
    except UnicodeDecodeError:
        raise BadQuery("Content-Type", say("What was sent is not UTF-8 text.")) from None


def is_public() -> bool:
    """Say whether the view answers people who are not signed in."""
    return is_marked(PUBLIC)


def check_host(settings: Settings) -> None:
    """Refuse a Host header that names neither the public address nor this machine."""
    if settings.any_host or host_is_ours(settings, request.host):
        return
    raise BadQuery(
        "Host",
        say(
            "This address does not belong to this CRM. Its operator can name it with {setting}.",
            setting="KARTOTEKA_PUBLIC_URL",
        ),
    )


def host_is_ours(settings: Settings, host: str) -> bool:
    """Say whether a host is the public one; on a loopback address any of its names will do."""
    ours = settings.public_host
    if host.lower() == ours:
        return True
    ours_name, name = _name_of(ours), _name_of(host)
    return ours_name in LOOPBACK | {""} and name in LOOPBACK


def _name_of(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.lower().partition(":")[0]


def check_origin(settings: Settings) -> None:
    """Refuse a change that a page of another site has sent."""
    sent = request.headers.get("Origin") or _origin_of(request.headers.get("Referer", ""))
    if sent and sent.lower() not in own_origins(settings):
        refuse_form("origin")
    if not sent and request.headers.get("Sec-Fetch-Site", "none") not in {"same-origin", "none"}:
        refuse_form("fetch site")


def own_origins(settings: Settings) -> Iterator[str]:
    """Yield the origins that our own pages have; under https there is exactly one."""
    if settings.public_url:
        yield settings.public_url
    if not settings.is_https:
        yield f"{request.scheme}://{request.host.lower()}"


def _origin_of(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return "null"  # as browsers say it of a page whose address is nobody's business
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def check_form_token() -> None:
    """Refuse a change without the token that was given to this very session."""
    sent = request.headers.get(TOKEN_HEADER) or request.form.get(FORM_TOKEN, "")
    if not any(hmac.compare_digest(sent.encode(), one.encode()) for one in expected_tokens()):
        refuse_form("token")


def refuse_form(reason: str) -> NoReturn:
    """Write down why a form was refused, and say what helps."""
    log.warning("form_refused", reason=reason, path=logged_path())
    note_denial("send a form", reason=reason)
    raise NotAllowed(
        say("This form was not sent from a fresh page of this CRM, so nothing was changed."),
        say("Go back, reload the page and try again."),
    )


def note_denial(verb: str, **what: object) -> None:
    """Write into the log what somebody who is signed in was not allowed to do here."""
    actor = visitor()
    if actor is not None:
        g.is_denial_noted = True
        denial = Denial(actor, verb, what={"path": logged_path(), **what})
        record_denial(services().database, denial, client_address())


def expected_tokens() -> Iterator[str]:
    """Yield the tokens that hold for this request."""
    if current_session():
        yield token_for(request.cookies[session_cookie()])
    visit = request.cookies.get(visit_cookie(), "")
    if is_public() and 0 < len(visit) <= COOKIE_LONGEST:
        yield token_for(visit)


def form_token() -> str:
    """Return the token for forms of the page at hand; somebody not signed in gets a visit."""
    if current_session():
        return token_for(request.cookies[session_cookie()])
    if "visit" not in g:
        known = request.cookies.get(visit_cookie(), "")
        g.visit = known if 0 < len(known) <= COOKIE_LONGEST else secrets.token_urlsafe(32)
    return token_for(cast(str, g.visit))


def token_for(secret: str) -> str:
    """Return the form token that belongs to a cookie's secret; the secret can't be told from it."""
    digest = hmac.digest(secret.encode(), b"kartoteka form", sha256)
    return urlsafe_b64encode(digest).decode().rstrip("=")


def visit_cookie() -> str:
    """Return the name of the cookie that binds forms of people who are not signed in."""
    return f"{session_cookie()}_visit"


def check_names() -> None:
    """Refuse what is no form, and a name that stands both in the address and in the form."""
    if request.mimetype != FORM and request.get_data():
        raise BadQuery("Content-Type", say("What was sent is no form of this CRM."))
    for name in request.args:
        if name in request.form:
            raise BadQuery(name, say("{name} is given more than once.", name=name))


def set_cookie(response: Response, name: str, value: str, max_age: int | None = None) -> None:
    """Set a cookie that scripts can't read and other sites can't send."""
    response.set_cookie(
        name,
        value,
        max_age=max_age,
        httponly=True,
        secure=services().settings.is_https,
        samesite="Lax",
        path="/",
    )


def start_session(response: Response, started: Started) -> Response:
    """Give the browser its new session; what it had before ends, the secret of the visit too."""
    before = current_session()
    if before is not None:
        services().accounts.door.sign_out(before)
    set_cookie(response, session_cookie(), started.cookie, started.max_age)
    response.delete_cookie(visit_cookie(), path="/", secure=services().settings.is_https)
    g.pop("visit", None)
    return response


def end_session(response: Response) -> Response:
    """Take the session from the browser, with what its pages have kept there."""
    response.delete_cookie(session_cookie(), path="/", secure=services().settings.is_https)
    response.headers["Clear-Site-Data"] = '"storage"'
    return response


def external_url(path: str) -> str:
    """Return a whole address for use outside the pages; the Host header has no say in it."""
    return (services().settings.public_url or f"http://{LOCAL}") + path


def client_address() -> str:
    """Return the address of the person's machine; forwarded ones count from known proxies only."""
    trusted = services().settings.proxies
    hops = [one.strip() for one in ",".join(request.headers.getlist("X-Forwarded-For")).split(",")]
    address = request.remote_addr or ""
    while hops and any(_lies_in(address, network) for network in trusted):
        address = hops.pop() or address
    return address[:64]


def _lies_in(address: str, network: Network) -> bool:
    try:
        return ip_address(address) in network
    except ValueError:
        return False


def add_headers(response: Response) -> Response:
    """Put the security headers on an answer; nothing is kept in caches unless a view says so."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    response.vary.add("HX-Request")
    if "services" in g:
        if services().settings.is_https:
            response.headers["Strict-Transport-Security"] = f"max-age={A_YEAR}"
        if "visit" in g and request.cookies.get(visit_cookie()) != g.visit:
            set_cookie(response, visit_cookie(), g.visit)
    return response
