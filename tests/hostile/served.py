"""Leads a scratch database to a configuration and looks at every page of it, as each role."""

from collections.abc import Iterator
from pathlib import Path

from engine.app import open_services
from engine.clock import FrozenClock
from engine.metadata.model.application import Application
from engine.runtime.database import Database
from engine.runtime.plan.apply import apply
from engine.runtime.plan.compare import make_plan
from engine.runtime.plan.rollback import rollback_plan
from engine.runtime.plan.rows import load_rows
from engine.runtime.plan.steps import Plan, StepKind
from engine.settings import Settings
from engine.web.factory import create_app
from tests.kit.accounts import MONDAY, quick_passwords
from tests.kit.plans import Living
from tests.kit.web import Browser, Site

REFUSED = (303, 403, 404)  # for a role that may not look there


def become(database: Database, wanted: Application) -> None:
    """Applies a configuration; nothing may be left to plan afterwards."""
    carry_out(database, make_plan(database, wanted), wanted)


def go_back(database: Database) -> Application:
    """Goes back to the version before, and returns it."""
    plan, before = rollback_plan(database)
    carry_out(database, plan, before)
    return before


def carry_out(database: Database, plan: Plan, wanted: Application) -> None:
    """Applies a plan and loads the rows that it names; nothing may be left to plan afterwards."""
    apply(database, plan, wanted, "tester")
    if any(one.kind is StepKind.ROWS for one in plan.steps):
        load_rows(wanted, database, open_services(wanted, database).records, demo=False)
    again = make_plan(database, wanted)
    assert (again.steps, again.drift, again.look_alikes) == ((), (), ())


def site_of(database: Database, application: Application) -> Site:
    """Serves a database."""
    clock = FrozenClock(MONDAY)
    services = open_services(
        application, database, settings=Settings(), clock=clock, passwords=quick_passwords()
    )
    app = create_app(lambda: services)
    return Site(services, app, clock)


def pages(application: Application) -> Iterator[str]:
    """Yields the address of every page that needs no record."""
    yield from ("/", "/my-day", "/calendar", "/notifications", "/search?q=a", "/account")
    for entity in application.entities:
        yield from (f"/{entity}", f"/{entity}/new", f"/{entity}.csv", f"/{entity}/1")
    yield from (f"/views/{one}" for one in application.views)


def look_at_all(site: Site, *, all_roles: bool = True) -> int:
    """Looks at every page as an administrator with all roles, then as each role alone."""
    application = site.services.application
    roles = [one for one in application.roles if one != "admin"]
    people = [("admin", *roles[:100]), *([(one,) for one in roles] if all_roles else [])]
    looked = 0
    for number, some in enumerate(people):
        login = f"person{number}"
        site.user(login, *some)
        looked += look_as(site.browser(login), application)
    return looked


def look_as(browser: Browser, application: Application) -> int:
    """Looks at every page as one person."""
    looked = 0
    for path in pages(application):
        answer = browser.get(path)
        assert answer.status_code in (200, *REFUSED), (path, answer.status_code)
        looked += answer.status_code == 200
    assert looked > len(("/", "/my-day", "/calendar", "/notifications"))
    return looked


def scratch(folder: Path, name: str = "crm") -> Database:
    """Opens a database in a folder."""
    return Database(f"sqlite:///{folder / name}.db", FrozenClock(MONDAY))


def digest(database: Database) -> object:
    """Returns everything that a database holds."""
    return Living(database).dump()
