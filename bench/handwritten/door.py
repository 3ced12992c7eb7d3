"""Who asks: the session behind a cookie, the token of forms, and the headers of every answer."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from flask import Response, abort, g, request
from sqlalchemy import Connection, bindparam, select, update

from bench.handwritten import words
from bench.handwritten.tables import ACCOUNTS, SESSIONS, USER

COOKIE = "kartoteka"
SEEN_EVERY = timedelta(minutes=1)
IDLE = timedelta(days=14)
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
    "Vary": "HX-Request",
}
SESSION = (
    select(
        *(SESSIONS.c.id.label("session"), SESSIONS.c.seen_at, SESSIONS.c.expires_at),
        *(USER.c.id, USER.c.name, USER.c.roles, USER.c.team),
    )
    .join(ACCOUNTS, ACCOUNTS.c.user_id == SESSIONS.c.user_id)
    .join(USER, USER.c.id == SESSIONS.c.user_id)
    .where(
        SESSIONS.c.id == bindparam("digest"),
        SESSIONS.c.ended_at.is_(None),
        ACCOUNTS.c.disabled_at.is_(None),
        USER.c.trashed_at.is_(None),
        USER.c.archived.is_(False),
    )
)
TOUCHING = (
    update(SESSIONS).where(SESSIONS.c.id == bindparam("digest")).values(seen_at=bindparam("now"))
)


@dataclass(frozen=True, slots=True)
class Me:
    """Who is signed in."""

    id: int
    name: str
    initials: str
    team: int
    roles: str
    session: str
    is_stale: bool


def me_of(connection: Connection) -> Me:
    """Return who asks; nobody else gets further."""
    digest = sha256(request.cookies.get(COOKIE, "").encode()).hexdigest()
    found = connection.execute(SESSION, {"digest": digest}).one_or_none()
    now = words.now()
    if found is None or found.expires_at < now or now - found.seen_at > IDLE:
        abort(401)
    letters, is_stale = words.initials(found.name), now - found.seen_at > SEEN_EVERY
    return Me(found.id, found.name, letters, found.team, found.roles, digest, is_stale)


def touch(connection: Connection, me: Me) -> None:
    """Note that a session is in use."""
    connection.execute(TOUCHING, {"digest": me.session, "now": words.now()})


def form_token() -> str:
    """Return the token that belongs to the cookie of this request."""
    secret = request.cookies.get(COOKIE, "").encode()
    digest = hmac.digest(secret, b"handwritten form", sha256)
    return urlsafe_b64encode(digest).decode().rstrip("=")


def check_form() -> None:
    """Refuse a form that was not made for this session."""
    if not hmac.compare_digest(request.form.get("_csrf", "").encode(), form_token().encode()):
        abort(403)


def add_headers(response: Response) -> Response:
    """Put the headers of security on an answer."""
    for name, value in HEADERS.items():
        response.headers[name] = value
    g.pop("me", None)
    return response
