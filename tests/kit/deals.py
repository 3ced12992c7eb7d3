"""The sample DEALS, served to its people, and deals in a stage."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.kit.applications import DEALS
from tests.kit.web import Site, open_site


@contextmanager
def open_deals() -> Iterator[Site]:
    """Serves it to somebody of each role that has another board."""
    with open_site(DEALS) as site:
        site.user("hana", "head", name="Hana Head")
        site.user("sam", "seller", name="Sam Seller")
        site.user("gala", "guest", name="Gala Guest")
        site.user("blair", "blind", name="Blair Blind")
        yield site


def deal(site: Site, stage: str = "new", **values: object) -> int:
    """Creates a deal of Sam's in a stage."""
    seller = site.actor("sam").user_id
    return site.create("deal", **{"name": "Anna", "seller": seller, "stage": stage, **values})
