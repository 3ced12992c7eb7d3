"""Who asks for what: the services, the session, language and zone of the request at hand."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import TypeVar, cast
from zoneinfo import ZoneInfo

from flask import current_app, g, request
from werkzeug.datastructures import MultiDict

from engine.errors import BadQuery, SignInNeeded, say
from engine.runtime.accounts.sessions import Session
from engine.runtime.actor import Actor
from engine.runtime.services import Services

EXTENSION = "kartoteka"
LANGUAGES = ("en", "bg", "ru")
LANGUAGE_COOKIE = "kartoteka_language"

PUBLIC = "is_public"
QUIET = "is_quiet"

View = TypeVar("View", bound=Callable[..., object])


def public(view: View) -> View:
    """Mark a view that answers people who are not signed in; every other view asks for it."""
    setattr(view, PUBLIC, True)
    return view


def quiet(view: View) -> View:
    """Mark a view that is asked so often that its lines would hide all others in the log."""
    setattr(view, QUIET, True)
    return view


def is_marked(mark: str) -> bool:
    """Say whether the view of the request carries a mark."""
    view = current_app.view_functions.get(request.endpoint or "")
    return bool(getattr(view, mark, False))


def services() -> Services:
    """Return the services of the version that serves this request; it stays the same to its end."""
    found = g.get("services")
    if found is None:
        found = g.services = newest()
    return cast(Services, found)


def go_over() -> None:
    """Serve from the next request on what was applied just now."""
    look = getattr(current_app.extensions[EXTENSION], "go_over", None)
    if look is not None:
        look()


def newest() -> Services:
    """Return the services of the version that would serve a request that begins now."""
    return cast(Callable[[], Services], current_app.extensions[EXTENSION])()


def session_cookie() -> str:
    """Return the name of the cookie that holds the session.

    Browsers share cookies between ports of one host: the port keeps two CRMs apart.
    """
    settings = services().settings
    if settings.is_https:
        return "__Host-kartoteka"
    port = settings.public_host.rpartition(":")[2]
    return f"kartoteka_{port}" if port.isdecimal() else "kartoteka"


def current_session() -> Session | None:
    """Return the living session of the request, or None."""
    if "session_found" not in g:
        g.session_found = services().accounts.door.session(
            request.cookies.get(session_cookie(), "")
        )
    return cast(Session | None, g.session_found)


def visitor() -> Actor | None:
    """Return who is signed in, or None."""
    session = current_session()
    return session.actor if session else None


def known_user() -> int | None:
    """Return the number of who is signed in, where the request has asked already."""
    session = g.get("session_found")
    return session.actor.user_id if isinstance(session, Session) else None


def current_actor() -> Actor:
    """Return who is signed in; nobody: the sign-in page follows."""
    actor = visitor()
    if actor is None:
        raise SignInNeeded(say("Please sign in."))
    return actor


def language() -> str:
    """Return the language for the engine's own words."""
    if "language" not in g:
        g.language = _choose_language()
    return cast(str, g.language)


def _choose_language() -> str:
    actor = visitor()
    wishes = (
        actor.language if actor else None,
        request.cookies.get(LANGUAGE_COOKIE),
        request.accept_languages.best_match(LANGUAGES),
        services().application.language,
    )
    return next((one for one in wishes if one in LANGUAGES), LANGUAGES[0])


def zone() -> ZoneInfo:
    """Return the time zone in which this person reads times."""
    actor = visitor()
    name = (actor.timezone if actor else None) or services().application.timezone
    return ZoneInfo(name)


def company_zone() -> ZoneInfo:
    """Return the company's time zone, in which days and working hours are meant."""
    return ZoneInfo(services().application.timezone)


def now() -> datetime:
    """Return the instant of the request, the same to its end."""
    found = g.get("now")
    if found is None:
        found = g.now = services().clock.now()
    return cast(datetime, found)


def logged_path() -> str:
    """Return the path as a log may hold it: the secret of a one-time link is left out."""
    return "/welcome/..." if request.path.startswith("/welcome/") else request.path


def single(values: MultiDict[str, str], name: str) -> str | None:
    """Return the one value given for a name, None where there is none; twice is refused."""
    found = values.getlist(name)
    if len(found) > 1:
        raise BadQuery(name, say("{name} is given more than once.", name=name))
    return found[0] if found else None


def read_values(
    values: MultiDict[str, str],
    names: Collection[str],
    several: Collection[str] = (),
) -> Mapping[str, str]:
    """Return the values given for `names`, '' where missing; unknown or repeated ones are refused.

    Names in `several` may repeat and are read by `values.getlist`; those that any form may
    carry (`_csrf`, `_next`, `_has`) need not be listed.
    """
    for name in values:
        if name not in names and name not in several and name not in COMMON:
            raise BadQuery(name, say("{name} is not known here.", name=name))
    return {name: single(values, name) or "" for name in names}


SERVED = "_served"  # the version that drew a form
COMMON = frozenset({"_csrf", "_next", "_has", SERVED})
