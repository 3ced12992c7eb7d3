"""A site of the kit behind a real port, for a real browser.

A module of tests makes its `site`, a fixture of its own for the whole module. It is served at
`address`; a `Tab` of somebody who is signed in is made by `tab_of`.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
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


@dataclass(frozen=True)
class Tab:
    """A tab of a person on a site."""

    page: Page
    site: Site
    address: str

    def open(self, path: str) -> Page:
        """Opens a path of the site."""
        self.page.goto(self.address + path)
        return self.page

    @property
    def focused(self) -> str:
        """The element that has the focus, as HTML."""
        return str(self.page.evaluate("document.activeElement.outerHTML"))


@pytest.fixture(scope="module")
def address(site: Site) -> Iterator[str]:
    """Where the module's site is served."""
    with serving(site) as found:
        yield found


@pytest.fixture
def tab_of(page: Page, site: Site, address: str) -> Callable[[str], Tab]:
    """Gives the tab of the test to a person."""

    def open_tab(login: str) -> Tab:
        sign_in(page, site, address, login)
        return Tab(page, site, address)

    return open_tab
