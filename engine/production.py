"""How gunicorn serves a CRM: `gunicorn -c python:engine.production 'engine.wsgi:application()'`.

Each value can be given on gunicorn's command line instead. Whoever is asked to stop answers what it
has begun; lines of the server come in the same form as all others.
"""

from __future__ import annotations

import os

from gunicorn.config import Config
from gunicorn.glogging import Logger

from engine.log import start_logging
from engine.settings import read_settings

bind = ["127.0.0.1:8000"]
workers = 3
threads = 4
worker_class = "gthread"
preload_app = True  # a worker in the place of a lost one is there at once
timeout = 60  # seconds until a worker that gives no sign is replaced
graceful_timeout = 30  # seconds for what has been begun
keepalive = 5
control_socket_disable = True  # signals do, and need no file in somebody's home
limit_request_field_size = 8190
forwarded_allow_ips = ""  # `web.security` reads what proxies say, and believes known ones only


class Lines(Logger):  # type: ignore[misc] # gunicorn carries no types
    """Lets the lines of the server go where all lines go."""

    def setup(self, cfg: Config) -> None:
        """Take gunicorn's own way of writing lines away."""
        settings = read_settings(os.environ)
        start_logging(settings.log, settings.log_level)
        super().setup(cfg)
        for one in (self.error_log, self.access_log):
            one.handlers.clear()
            one.propagate = True


logger_class = Lines
