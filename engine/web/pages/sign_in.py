"""The way in and out: `/sign-in`, `/sign-out`, and `/`, which leads to where work begins."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, request

from engine.errors import EngineError, Message, TooManyAttempts, ValidationFailed
from engine.runtime.accounts.door import Visit
from engine.runtime.actor import Actor
from engine.web.htmx import go, go_afresh, show
from engine.web.request import (
    LANGUAGE_COOKIE,
    LANGUAGES,
    current_actor,
    current_session,
    public,
    read_values,
    services,
    single,
)
from engine.web.security import client_address, end_session, set_cookie, start_session
from engine.web.urls import local_path, sign_in_url, view_url

bp = Blueprint("sign_in", __name__)

A_YEAR = 365 * 24 * 3600
MY_DAY = "/my-day"
USERS = "/admin/users"
ADMIN_ONLY = ("admin",)


@dataclass(frozen=True, slots=True)
class SignInContext:
    """What the sign-in page shows: what was typed, where to go then, and what was wrong."""

    login: str
    back: str
    here: str
    stay: bool
    message: Message | None = None


@bp.get("/sign-in")
@public
def ask() -> Response:
    """Show the form; `_language` chooses the language of people who are not signed in."""
    back = local_path(single(request.args, "_next"))
    tongue = single(request.args, "_language")
    if tongue in LANGUAGES:
        response = go(sign_in_url(back))
        set_cookie(response, LANGUAGE_COOKIE, tongue, A_YEAR)
        return response
    if current_session():
        return go(back)
    return show("pages/sign_in.html", context("", back))


@bp.post("/sign-in")
@public
def sign_in() -> Response:
    """Start a session, or say what was wrong without saying which part."""
    values = read_values(request.form, ("login", "password", "stay"))
    back = local_path(single(request.form, "_next"))
    visit = visit_of(stay=bool(values["stay"]))
    try:
        started = services().accounts.door.sign_in(values["login"], values["password"], visit)
    except (ValidationFailed, TooManyAttempts) as refusal:
        return refused(refusal, context(values["login"], back, stay=visit.stay, refusal=refusal))
    return start_session(go_afresh(back), started)


@bp.post("/sign-out")
def sign_out() -> Response:
    """End the session."""
    session = current_session()
    if session:
        services().accounts.door.sign_out(session)
    return end_session(go_afresh(sign_in_url()))


@bp.get("/")
def start() -> Response:
    """Lead to the page with which this person's day begins."""
    return go(first_page(current_actor()))


def first_page(actor: Actor) -> str:
    """Return the first page of the first role that the configuration gives one."""
    application = services().application
    wanted = next((application.start[one] for one in actor.roles if one in application.start), "")
    if wanted in application.views:
        return view_url(wanted)
    if wanted in application.entities:
        return f"/{wanted}"
    return USERS if actor.roles == ADMIN_ONLY else MY_DAY


def visit_of(*, stay: bool) -> Visit:
    """Return where the request comes from."""
    return Visit(client_address(), request.user_agent.string, stay=stay)


def context(
    login: str, back: str, *, stay: bool = False, refusal: EngineError | None = None
) -> SignInContext:
    """Return what the page shows."""
    return SignInContext(
        login=login,
        back=back,
        here=sign_in_url(back),
        stay=stay,
        message=_words_of(refusal),
    )


def _words_of(refusal: EngineError | None) -> Message | None:
    if isinstance(refusal, ValidationFailed):
        return next(one for many in refusal.messages.values() for one in many)
    return refusal.message if refusal else None


def refused(refusal: EngineError, shown: SignInContext) -> Response:
    """Show the form again."""
    response = show("pages/sign_in.html", shown, refusal.status)
    if isinstance(refusal, TooManyAttempts):
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response
