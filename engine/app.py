"""Where everything meets: a configuration and a database become services; `serving` serves them.

The only place, beside the command line, where concrete classes are joined.
"""

from __future__ import annotations

from functools import partial

from engine.automation.rules import Rules
from engine.clock import Clock
from engine.errors import Refused, say
from engine.metadata.model.application import Application
from engine.runtime.access import Access
from engine.runtime.accounts.accounts import open_accounts
from engine.runtime.accounts.passwords import Passwords
from engine.runtime.database import Database
from engine.runtime.plan.apply import apply
from engine.runtime.plan.rows import load_rows
from engine.runtime.plan.steps import Plan
from engine.runtime.plan.versions import applied_version
from engine.runtime.query.select import Reader
from engine.runtime.records.service import RecordService
from engine.runtime.services import Services
from engine.runtime.tables.entity import build_tables
from engine.runtime.translate import CompanyWords, Translator
from engine.settings import Settings

__all__ = ["Services", "applied_services", "apply_plan", "open_services"]


def open_services(
    application: Application,
    database: Database,
    *,
    settings: Settings | None = None,
    clock: Clock | None = None,
    passwords: Passwords | None = None,
) -> Services:
    """Join the parts of one applied version; a process has one `passwords` for all of them."""
    clock = clock or database.clock
    translator = Translator(clock)
    tables = build_tables(application)
    access = Access(application, tables, database)
    words = CompanyWords(translator, application)
    rules = Rules(application, tables, access)
    records = RecordService(database, application, tables, access, clock, words, rules)
    passwords = passwords or Passwords()
    return Services(
        application=application,
        clock=clock,
        database=database,
        tables=tables,
        access=access,
        reader=Reader(application, tables, access, database, clock),
        records=records,
        accounts=open_accounts(database, tables, application, clock, records, passwords),
        translator=translator,
        settings=settings or Settings(),
        apply=partial(apply_plan, database),
    )


def apply_plan(
    database: Database, plan: Plan, wanted: Application, author: str, *, demo: bool = False
) -> None:
    """Apply a plan, write the teams as declared and load the rows that came with it.

    The version is one transaction. Teams and rows follow through the record service, each batch in
    one of its own: when the process ends in between, the next plan lists what is missing, and the
    next `apply` or start of `run` loads it; what is loaded already is known by its key.
    """
    if not plan.is_empty or plan.base != plan.wanted:
        apply(database, plan, wanted, author)
    load_rows(wanted, database, open_services(wanted, database).records, demo=demo)


def applied_services(database: Database, settings: Settings | None = None) -> Services:
    """Open the version that is applied to a database."""
    return open_services(applied_application(database), database, settings=settings)


def applied_application(database: Database) -> Application:
    """Return the configuration that is applied to a database."""
    version = applied_version(database)
    if version is None:
        raise Refused(
            say("No CRM has been applied to this database yet."),
            say("Start with: kartoteka run DIR"),
        )
    application = version.application()
    if application is None:
        raise Refused(
            say("The applied configuration can't be read by this version of Kartoteka."),
            say("Apply a folder that passes `kartoteka check`."),
        )
    return application
