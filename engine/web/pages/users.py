"""User administration: who may come in, with which roles, and the way back in for the locked out.

Only the built-in role `admin` finds these pages; everybody else finds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict

from engine.errors import BadQuery, Conflict, EngineError, NotFound, ValidationFailed, say, verbatim
from engine.runtime.accounts.people import Profile
from engine.runtime.accounts.throttle import Ban, login_key
from engine.runtime.accounts.users import User
from engine.web.htmx import go, respond, show
from engine.web.inputs import Errors, Inputs
from engine.web.request import current_actor, read_values, services
from engine.web.security import external_url, note_denial
from engine.web.toasts import toast
from engine.web.urls import user_url, users_url, welcome_url
from engine.web.widgets import Input

bp = Blueprint("users", __name__, url_prefix="/admin/users")

MOST = 500  # a company with more of them searches
PROFILE = ("login", "name", "team", "_version")


@dataclass(frozen=True, slots=True)
class Line:
    """One user of the list."""

    url: str
    name: str
    login: str
    roles: str
    team: str
    signed_in_at: datetime | None
    state: str  # disabled, banned, invited, or '' for an open door


@dataclass(frozen=True, slots=True)
class UsersContext:
    """What the list shows: users, and logins and addresses that must wait."""

    q: str
    lines: tuple[Line, ...]
    is_cut: bool
    has_teams: bool
    bans: tuple[Ban, ...]


@dataclass(frozen=True, slots=True)
class UserFormContext:
    """What a user's page shows: the inputs, and what else can be done with the account."""

    user: User | None
    is_me: bool
    is_banned: bool
    action: str
    inputs: tuple[Input, ...]
    version: int | None
    link: str = ""
    others: tuple[str, ...] = ()


@bp.before_request
def only_admins() -> None:
    """Hide these pages from everybody else."""
    if not current_actor().is_admin:
        note_denial("manage users")
        raise NotFound(say("There is nothing at this address, or nothing that you may see."))


@bp.get("")
def listed() -> Response:
    """Show the users whose name or login holds the words of `q`."""
    q = read_values(request.args, ("q",))["q"]
    people = services().accounts.people
    bans = people.bans()
    banned = {one.subject for one in bans if one.kind == "login"}
    lines = tuple(line(one, banned) for one in people.listed(q[:100], MOST))
    context = UsersContext(
        q=q,
        lines=lines,
        is_cut=len(lines) == MOST,
        has_teams=bool(people.teams()),
        bans=bans,
    )
    return respond("pages/users.html", "parts/users_list.html", context)


def line(user: User, banned: set[str]) -> Line:
    """Return a user as the list shows them."""
    return Line(
        url=user_url(user.id),
        name=user.name,
        login=user.login,
        roles=", ".join(role_labels(user.roles)),
        team=user.team,
        signed_in_at=user.signed_in_at,
        state=state_of(user, banned),
    )


def state_of(user: User, banned: set[str]) -> str:
    """Return what keeps a user out, if anything does."""
    if user.is_disabled:
        return "disabled"
    if login_key(user.login) in banned:
        return "banned"
    return "" if user.has_password else "invited"


def role_labels(roles: tuple[str, ...]) -> list[str]:
    """Return the labels of roles; one that the configuration has dropped keeps its id."""
    known = services().application.roles
    return [known[one].label if one in known else one for one in roles]


@bp.get("/new")
def new() -> Response:
    """Show the form for a new user."""
    return show("pages/user_form.html", form_of(None))


@bp.post("/new")
def add() -> Response:
    """Add a user; a one-time link lets them set a password."""
    return save(None, lambda: added(request.form))


@bp.get("/<int:user_id>")
def one(user_id: int) -> Response:
    """Show a user."""
    return show("pages/user_form.html", form_of(services().accounts.people.get(user_id)))


@bp.post("/<int:user_id>")
def change(user_id: int) -> Response:
    """Change name, roles and team."""
    user = services().accounts.people.get(user_id)
    return save(user, lambda: changed(user, request.form))


@bp.post("/<int:user_id>/disable")
def disable(user_id: int) -> Response:
    """Shut a user out at once."""
    user = services().accounts.people.get(user_id)

    def work() -> str:
        services().accounts.people.disable(current_actor(), user_id)
        toast(say("{name} can no longer sign in.", name=user.name), f"{user_url(user_id)}/enable")
        return user_url(user_id)

    return save(user, work)


@bp.post("/<int:user_id>/enable")
def enable(user_id: int) -> Response:
    """Let a user in again."""
    user = services().accounts.people.get(user_id)
    services().accounts.people.enable(current_actor(), user_id)
    toast(say("{name} can sign in again.", name=user.name))
    return go(user_url(user_id))


@bp.post("/<int:user_id>/link")
def make_link(user_id: int) -> Response:
    """Make a one-time link and show it this once."""
    user = services().accounts.people.get(user_id)
    try:
        secret = services().accounts.invitations.for_user(current_actor(), user_id)
    except ValidationFailed as refusal:
        return refused(user, refusal, refusal.messages)
    link = external_url(welcome_url(secret))
    return show("pages/user_form.html", form_of(user, link=link))


@bp.post("/lift")
def lift_ban() -> Response:
    """End the ban of a login or an address."""
    values = read_values(request.form, ("kind", "subject"))
    if values["kind"] not in {"login", "address"}:
        raise BadQuery("kind", say("{name} is not known here.", name="kind"))
    services().accounts.people.lift_ban(current_actor(), values["kind"], values["subject"])
    toast(say("{subject} may try again.", subject=values["subject"]))
    return go(users_url())


def save(user: User | None, work: Callable[[], str]) -> Response:
    """Do the work and go where it says, or show the form again with what was wrong."""
    try:
        return go(work())
    except ValidationFailed as refusal:
        return refused(user, refusal, refusal.messages)
    except Conflict as refusal:
        return refused(user, refusal, {"": (refusal.message,)})


def refused(user: User | None, refusal: EngineError, errors: Errors) -> Response:
    """Show the form again."""
    return show("pages/user_form.html", form_of(user, errors, request.form), refusal.status)


def added(form: MultiDict[str, str]) -> str:
    """Add the user that the form describes, and return their address."""
    values = read_values(form, PROFILE, several=("roles",))
    people = services().accounts.people
    user_id = people.add(current_actor(), values["login"], profile_of(values, form))
    toast(say("Added. A one-time link lets them set a password."))
    return user_url(user_id)


def changed(user: User, form: MultiDict[str, str]) -> str:
    """Change the user as the form says, and return the list's address."""
    values = read_values(form, [one for one in PROFILE if one != "login"], several=("roles",))
    version = number_of("_version", values["_version"])
    profile = profile_of(values, form)
    services().accounts.people.change(current_actor(), user.id, profile, version)
    toast(say("Saved."))
    return user_url(user.id)


def profile_of(values: Mapping[str, str], form: MultiDict[str, str]) -> Profile:
    """Return what the form says of a user."""
    roles = tuple(dict.fromkeys(form.getlist("roles")))
    return Profile(values["name"].strip(), roles, number_of("team", values["team"]))


def number_of(name: str, text: str) -> int | None:
    """Read an id or a version; empty is none."""
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()) or len(text) > 18:  # noqa: PLR2004 - of a BIGINT
        raise BadQuery(name, say("{name} must be a number.", name=name))
    return int(text)


def form_of(
    user: User | None,
    errors: Errors | None = None,
    form: MultiDict[str, str] | None = None,
    link: str = "",
) -> UserFormContext:
    """Return what the page of a user shows: what was typed, else what is stored."""
    errors = errors or {}
    inputs = Inputs(errors)
    made = profile_inputs(inputs, user, form)
    shown = {one.name for one in made}
    bans = services().accounts.people.bans() if user else ()
    return UserFormContext(
        user=user,
        is_me=user is not None and user.id == current_actor().user_id,
        is_banned=user is not None
        and any(one.kind == "login" and one.subject == login_key(user.login) for one in bans),
        action=user_url(user.id) if user else f"{users_url()}/new",
        inputs=made,
        version=user.version if user else None,
        link=link,
        others=tuple(text for name in errors if name not in shown for text in inputs.said(name)),
    )


def profile_inputs(
    inputs: Inputs, user: User | None, form: MultiDict[str, str] | None
) -> tuple[Input, ...]:
    """Return the inputs of a user's profile."""
    typed = form is not None and "name" in form
    name = form["name"] if form and typed else (user.name if user else "")
    roles = form.getlist("roles") if form and typed else list(user.roles if user else ())
    team = form.get("team", "") if form and typed else str(user.team_id or "") if user else ""
    parts = services()
    labels = {one.id: verbatim(one.label) for one in parts.application.roles.values()}
    teams = {str(one.id): verbatim(one.label) for one in parts.accounts.people.teams()}
    profile: tuple[Input, ...] = (
        inputs.text("name", say("Name"), name),
        inputs.some_of("roles", say("Roles"), labels, roles),
    )
    if teams:
        profile = (*profile, inputs.one_of("team", say("Team"), team, teams, say("No team")))
    if user is not None:
        return profile
    login = form.get("login", "") if form else ""
    rule = say("As they will type it to sign in; it stays.")
    return (inputs.text("login", say("Login"), login, "text", rule), *profile)
