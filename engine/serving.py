"""Serving: a port, a server, and the version that is applied at the moment.

Every process serves one version and goes over to the next between requests: when another process
has applied a plan, this one notices within a second. A request keeps the version it began with.
"""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Lock
from types import FrameType
from typing import NoReturn

import waitress

from engine.app import open_services
from engine.errors import EngineError, Refused, say
from engine.log import logger
from engine.metadata.model.application import Application
from engine.runtime.accounts.passwords import Passwords
from engine.runtime.database import Database
from engine.runtime.plan.folder import WatchedFolder
from engine.runtime.plan.versions import KNOWN, applied_version
from engine.runtime.readiness import newest_digest
from engine.runtime.services import Services
from engine.settings import Settings
from engine.web.factory import create_app

LOOK_EVERY = timedelta(seconds=1)
BACKLOG = 256
HEADERS = 32 * 1024
SLACK = 64 * 1024  # what is a little too large gets a page of ours, not the server's

log = logger("serving")


class Current:
    """Gives the services of the version that is applied now."""

    def __init__(
        self,
        application: Application,
        database: Database,
        settings: Settings,
        passwords: Passwords | None = None,
    ) -> None:
        self._database = database
        self._settings = settings
        self._passwords = passwords or Passwords()
        self._folder: WatchedFolder | None = None
        KNOWN.add(application)
        self._services = self._open(application)
        self._digest = newest_digest(database)
        self._looked_at = database.clock.now()
        self._turn = Lock()

    def __call__(self) -> Services:
        """Return the services; once a second somebody looks whether there is a newer version.

        Where somebody has met one already, all wait until this process serves it.
        """
        now = self._database.clock.now()
        if self._database.has_news:
            with self._turn:
                if self._database.has_news:
                    self._database.has_news = False
                    self._looked_at = now
                    self._look()
        elif self._is_time(now) and self._turn.acquire(blocking=False):
            try:
                self._looked_at = now
                self._look()
            finally:
                self._turn.release()
        return self._services

    def go_over(self) -> None:
        """Look at once: somebody here has applied another version."""
        with self._turn:
            self._looked_at = self._database.clock.now()
            self._look()

    def watch(self, folder: WatchedFolder) -> None:
        """Let pages see the folder that this process watches."""
        with self._turn:
            self._folder = folder
            self._services = replace(self._services, folder=folder)

    def _is_time(self, now: datetime) -> bool:
        return abs(now - self._looked_at) >= LOOK_EVERY  # also when the clock was set back

    def _look(self) -> None:
        """Go over to the newest version, if this engine can read it."""
        try:
            if newest_digest(self._database) == self._digest:
                return
            version = applied_version(self._database)
        except EngineError:
            return  # whatever the request needs of the database will say so
        application = version.application() if version else None
        if version is None or application is None:
            log.error("version_unreadable")  # the one before goes on as far as it can
            return
        self._database.forget_statements()
        self._services = self._open(application)
        self._digest = version.digest
        log.info("version_changed", version=version.id)
        if self._folder is not None:
            self._folder.look_again()

    def _open(self, application: Application) -> Services:
        services = open_services(
            application, self._database, settings=self._settings, passwords=self._passwords
        )
        return replace(services, folder=self._folder)


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
