"""Where everything meets: a configuration and a database become services, and they are served.

The only place, beside the command line, where concrete classes are joined.
"""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

import waitress

from engine.clock import Clock
from engine.errors import Refused, say
from engine.metadata.model.application import Application
from engine.runtime.access import Access
from engine.runtime.accounts.accounts import open_accounts
from engine.runtime.accounts.passwords import Passwords
from engine.runtime.database import Database
from engine.runtime.plan.versions import applied_version
from engine.runtime.query.select import Reader
from engine.runtime.records.service import RecordService
from engine.runtime.services import Services
from engine.runtime.tables.entity import build_tables
from engine.runtime.translate import CompanyWords, Translator
from engine.settings import Settings
from engine.web.factory import create_app

__all__ = ["Services", "applied_services", "listen", "open_services", "serve", "stop_on_signal"]

BACKLOG = 256
HEADERS = 32 * 1024
SLACK = 64 * 1024  # what is a little too large gets a page of ours, not the server's


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
    records = RecordService(database, application, tables, access, clock, words)
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
    )


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


def listen(host: str, port: int) -> socket.socket:
    """Take a port before anything else is done."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        listener = socket.socket(family, kind, protocol)
        if sys.platform != "win32":  # there it would let two programs share the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        raise Refused(
            say(
                "Nothing can be served at {host}, port {port}: {reason}.",
                host=host,
                port=port,
                reason=error.strerror or str(error),
            ),
            say("Another program may be there already; choose another port with --port."),
        ) from error
    return listener


def serve(current: Callable[[], Services], listener: socket.socket) -> None:
    """Serve until somebody stops the process; requests at work are answered first."""
    settings = current().settings
    server = waitress.create_server(
        create_app(current),
        sockets=[listener],
        threads=settings.threads,
        ident="",
        max_request_body_size=settings.max_body + SLACK,
        max_request_header_size=HEADERS,
        # `web.security` reads them itself, and believes known proxies only.
        clear_untrusted_proxy_headers=False,
    )
    server.run()


def stop_on_signal() -> None:
    """Let SIGTERM end the process like Ctrl-C: politely, whatever it is at."""
    signal.signal(signal.SIGTERM, _stop)


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)
