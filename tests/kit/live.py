"""A site of the kit behind a real port, for a real browser."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page
from werkzeug.serving import make_server

from tests.kit.web import Site


@contextmanager
def serving(site: Site) -> Iterator[str]:
    """Serves a site meanwhile; gives its address."""
    server = make_server("127.0.0.1", 0, site.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def sign_in(page: Page, site: Site, address: str, login: str) -> None:
    """Gives a tab the session of a person."""
    cookie = site.browser(login).cookie("kartoteka")
    page.context.add_cookies([{"name": "kartoteka", "value": cookie, "url": address}])
