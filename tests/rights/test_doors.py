"""Every route is classified: what `DOORS` says of it is what the matrix knocks at."""

from flask import Flask

from engine.web.pages.registry import PAGES
from tests.rights.doors import DOORS, routes


def test_every_route_is_classified() -> None:
    app = Flask("kartoteka", static_folder=None)
    for page in PAGES:
        app.register_blueprint(page)
    assert routes(app) == set(DOORS), "a route is new or gone: say in tests/rights/doors.py"
