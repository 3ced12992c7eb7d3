"""My account: language, time zone and look, my password, and where I am signed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import Blueprint, Response, request

from engine.errors import BadQuery, ValidationFailed, say, verbatim
from engine.runtime.accounts.door import Visit, check_look
from engine.runtime.accounts.passwords import SHORTEST
from engine.runtime.accounts.sessions import OpenSession, Session
from engine.web.agents import agent_words
from engine.web.frame import LANGUAGE_NAMES
from engine.web.htmx import go, go_afresh, show
from engine.web.inputs import Errors, Inputs
from engine.web.request import current_actor, current_session, read_values, services, single
from engine.web.security import client_address, start_session
from engine.web.toasts import toast
from engine.web.widgets import Input

bp = Blueprint("account", __name__)

ACCOUNT = "/account"
SETTINGS = ("language", "timezone", "theme", "density")
PASSWORDS = ("old", "new", "repeated")


@dataclass(frozen=True, slots=True)
class Place:
    """A browser in which this person is signed in."""

    words: str
    address: str
    seen_at: datetime
    is_here: bool


@dataclass(frozen=True, slots=True)
class AccountContext:
    """What the account page shows."""

    name: str
    login: str
    roles: tuple[str, ...]
    team: str
    settings: tuple[Input, ...]
    passwords: tuple[Input, ...]
    places: tuple[Place, ...]
    others: tuple[str, ...] = ()


@bp.get(ACCOUNT)
def look() -> Response:
    """Show my account."""
    return show("pages/account.html", context())


@bp.post(ACCOUNT)
def save() -> Response:
    """Save the part of the page that was sent; `_part` names it."""
    part = single(request.form, "_part")
    if part not in PARTS:
        raise BadQuery("_part", say("{name} is not known here.", name="_part"))
    try:
        return PARTS[part]()
    except ValidationFailed as refusal:
        return show("pages/account.html", context(refusal.messages, request.form), refusal.status)


def save_settings() -> Response:
    """Save language, time zone and look."""
    values = read_values(request.form, (*SETTINGS, "_part"))
    actor, parts = current_actor(), services()
    check_look(values["theme"], values["density"])
    wanted = {one: values[one] or None for one in ("language", "timezone")}
    if any((getattr(actor, name) or None) != value for name, value in wanted.items()):
        me = parts.accounts.people.get(cast(int, actor.user_id))
        parts.records.update(actor, "user", me.id, wanted, me.version)
    parts.accounts.door.set_look(actor, values["theme"], values["density"])
    toast(say("Saved."))
    return go_afresh(ACCOUNT)


def save_password() -> Response:
    """Change the password; every other browser has to sign in again."""
    values = read_values(request.form, (*PASSWORDS, "_part"))
    session = my_session()
    visit = Visit(client_address(), request.user_agent.string, stay=session.stay)
    started = services().accounts.door.change_password(
        session, values["old"], values["new"], values["repeated"], visit
    )
    return start_session(go_afresh(ACCOUNT), started)


def end_sessions() -> Response:
    """Sign out everywhere but here."""
    read_values(request.form, ("_part",))
    services().accounts.door.end_others(my_session())
    toast(say("Signed out everywhere else."))
    return go(ACCOUNT)


PARTS = {"settings": save_settings, "password": save_password, "sessions": end_sessions}


def my_session() -> Session:
    """Return the session at hand; the lock has made sure that there is one."""
    return cast(Session, current_session())


def context(errors: Errors | None = None, typed: Mapping[str, str] | None = None) -> AccountContext:
    """Return what the page shows, with what was typed and what was wrong with it."""
    errors, typed = errors or {}, typed or {}
    session = my_session()
    user = services().accounts.people.get(cast(int, session.actor.user_id))
    known = services().application.roles
    inputs = Inputs(errors)
    shown = {*SETTINGS, *PASSWORDS}
    return AccountContext(
        name=user.name,
        login=user.login,
        roles=tuple(known[one].label for one in user.roles if one in known),
        team=user.team,
        settings=settings_inputs(inputs, session, typed),
        passwords=password_inputs(inputs),
        places=places(session),
        others=tuple(text for name in errors if name not in shown for text in inputs.said(name)),
    )


def settings_inputs(
    inputs: Inputs, session: Session, typed: Mapping[str, str]
) -> tuple[Input, ...]:
    """Return the inputs of the settings: what was typed, else what holds."""
    actor = session.actor
    tongue = typed.get("language", actor.language)
    zone = typed.get("timezone", actor.timezone)
    theme = typed.get("theme", session.theme)
    density = typed.get("density", session.density)
    themes = {"light": say("Light"), "dark": say("Dark")}
    tongues = {code: verbatim(name) for code, name in LANGUAGE_NAMES.items()}
    dense = {"compact": say("Compact")}
    return (
        inputs.one_of("language", say("Language"), tongue, tongues, say("As the browser asks")),
        inputs.zone("timezone", say("Time zone"), zone, services().application.timezone),
        inputs.one_of("theme", say("Light or dark"), theme, themes, say("As the system")),
        inputs.one_of("density", say("Rows of tables"), density, dense, say("Comfortable")),
    )


def password_inputs(inputs: Inputs) -> tuple[Input, ...]:
    """Return the inputs of a new password; what was typed is never shown again."""
    rule = say("At least {number} characters.", number=SHORTEST)
    return (
        inputs.text("old", say("Present password"), "", "password"),
        inputs.text("new", say("New password"), "", "new_password", rule),
        inputs.text("repeated", say("The same once more"), "", "new_password"),
    )


def places(session: Session) -> tuple[Place, ...]:
    """Return where this person is signed in, this browser first."""
    found = services().accounts.door.open_sessions(session.actor)

    def place(one: OpenSession) -> Place:
        return Place(agent_words(one.agent), one.address, one.seen_at, one.id == session.id)

    return tuple(sorted(map(place, found), key=lambda one: not one.is_here))
