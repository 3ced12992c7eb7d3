"""Where a one-time link ends: the first administrator, or somebody who sets a password."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, request

from engine.errors import ValidationFailed, say
from engine.runtime.accounts.door import Visit
from engine.runtime.accounts.invitations import Invitation
from engine.runtime.accounts.passwords import SHORTEST
from engine.runtime.accounts.sessions import Started
from engine.web.htmx import go_afresh, show
from engine.web.inputs import Errors, Inputs
from engine.web.request import public, read_values, services
from engine.web.security import client_address, start_session
from engine.web.urls import START, welcome_url
from engine.web.widgets import Input

bp = Blueprint("welcome", __name__)


@dataclass(frozen=True, slots=True)
class WelcomeContext:
    """What the page shows: for whom the link is, and the inputs."""

    is_first: bool
    login: str
    name: str
    action: str
    inputs: tuple[Input, ...]
    others: tuple[str, ...] = ()


@bp.get("/welcome/<token>")
@public
def ask(token: str) -> Response:
    """Show the form; looking uses nothing up."""
    invitation = services().accounts.invitations.read(token)
    return show("pages/welcome.html", context(token, invitation, {}, {}))


@bp.post("/welcome/<token>")
@public
def accept(token: str) -> Response:
    """Use the link up and sign in."""
    invitation = services().accounts.invitations.read(token)
    names = ("login", "name") if invitation.is_first else ()
    values = dict(read_values(request.form, (*names, "password", "repeated")))
    try:
        started = use(token, invitation, values)
    except ValidationFailed as refusal:
        shown = context(token, invitation, values, refusal.messages)
        return show("pages/welcome.html", shown, refusal.status)
    return start_session(go_afresh(START), started)


def use(token: str, invitation: Invitation, values: dict[str, str]) -> Started:
    """Hand over to the accounts what was typed."""
    invitations = services().accounts.invitations
    visit = Visit(client_address(), request.user_agent.string)
    password, repeated = values["password"], values["repeated"]
    if invitation.is_first:
        return invitations.accept_first(
            token, values["login"], values["name"].strip(), password, repeated, visit
        )
    return invitations.accept(token, password, repeated, visit)


def context(
    token: str, invitation: Invitation, values: dict[str, str], errors: Errors
) -> WelcomeContext:
    """Return what the page shows."""
    inputs = Inputs(errors)
    who = (
        inputs.text("login", say("Login"), values.get("login", ""), "login"),
        inputs.text("name", say("Your name"), values.get("name", "")),
    )
    rule = say("At least {number} characters.", number=SHORTEST)
    words = (
        inputs.text("password", say("New password"), "", "new_password", rule),
        inputs.text("repeated", say("The same once more"), "", "new_password"),
    )
    made = (*who, *words) if invitation.is_first else words
    shown = {one.name for one in made}
    return WelcomeContext(
        is_first=invitation.is_first,
        login=invitation.login,
        name=invitation.name,
        action=welcome_url(token),
        inputs=made,
        others=tuple(text for name in errors if name not in shown for text in inputs.said(name)),
    )
