"""Short messages that outlive one redirect: "Archived. Undo".

They travel in a cookie that is signed with the session's secret, so nobody can put words into
another person's page, and there is no row to write or to clear.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import cast

from flask import Response, g, request
from itsdangerous import BadSignature, TimestampSigner

from engine.errors import Message
from engine.web.request import session_cookie
from engine.web.urls import local_path

LONGEST_WAIT = 60
MOST = 3


@dataclass(frozen=True, slots=True)
class Way:
    """A link: what it opens and where that is."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Toast:
    """A sentence; the address that takes the change back by POST, or ways to what came of it."""

    message: Message
    undo: str = ""
    ways: tuple[Way, ...] = ()


def toast(message: Message, undo: str = "", ways: tuple[Way, ...] = ()) -> None:
    """Say something on the next page that this person sees, or on this one where a part is drawn.

    A part does so with `parts/toasts.html`.
    """
    g.setdefault("toasts_out", []).append(Toast(message, undo, ways[:MOST]))


def waiting_toasts() -> tuple[Toast, ...]:
    """Return what waits to be said, once."""
    g.toasts_shown = True
    return (*_read(request.cookies.get(toast_cookie(), "")), *g.pop("toasts_out", ()))


def toast_cookie() -> str:
    """Return the name of the cookie in which toasts wait."""
    return f"{session_cookie()}_said"


def carry_toasts(response: Response) -> Response:
    """Put what is still to be said on its way, and drop what has been shown."""
    waiting = g.get("toasts_out", ())
    if waiting:
        response.set_cookie(
            toast_cookie(),
            _sealed([_packed(one) for one in waiting]),
            max_age=LONGEST_WAIT,
            httponly=True,
            samesite="Lax",
            secure=session_cookie().startswith("__Host-"),
        )
    elif g.get("toasts_shown") and toast_cookie() in request.cookies:
        response.delete_cookie(toast_cookie(), secure=session_cookie().startswith("__Host-"))
    return response


def _packed(one: Toast) -> tuple[object, ...]:
    ways = [(way.label, way.href) for way in one.ways]
    return (one.message.text, _plain(one.message), one.undo, ways)


def _plain(message: Message) -> dict[str, object]:
    return {
        name: value if isinstance(value, int | str) else str(value)
        for name, value in message.values.items()
    }


def _read(text: str) -> tuple[Toast, ...]:
    try:
        found = cast(
            list[tuple[str, dict[str, object], str, list[tuple[str, str]]]],
            json.loads(urlsafe_b64decode(_signer().unsign(text, max_age=LONGEST_WAIT))),
        )
    except BadSignature:
        return ()
    return tuple(
        Toast(
            Message(text, values),
            local_path(undo) if undo else "",
            tuple(Way(label, local_path(href)) for label, href in ways),
        )
        for text, values, undo, ways in found[:MOST]
    )


def _sealed(said: list[tuple[object, ...]]) -> str:
    return _signer().sign(urlsafe_b64encode(json.dumps(said).encode())).decode()


def _signer() -> TimestampSigner:
    return TimestampSigner(request.cookies.get(session_cookie(), "nobody"), salt="toasts")
