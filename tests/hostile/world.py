"""A CRM with a field of every type, a form for each of them, and pages of every kind."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from werkzeug.test import TestResponse

from tests.kit.every_type import FIELDS
from tests.kit.web import Browser, Site, open_site

ABOVE = """
label: Everything
currency: EUR
phone_region: BG
languages: [en, bg]
entities:
  place:
    fields: {name: text, note: long_text}
  thing:
    title: "{{ text }} {{ number }}"
    search: [text, email]
    fields:
"""
BELOW = """\
      margin: money
      twice: {type: number, decimals: 3, formula: number * 2}
    buttons:
      answer:
        label: Answer
        ask:
          said: text
          more: long_text
          amount: {type: number, decimals: 3}
          when: datetime
          day: date
          how: {type: choice, options: [red, green]}
          where: {type: link, to: place}
          who: user
          cost: money
          sure: bool
        do:
          - note: "{{ ask.said }} {{ ask.amount }} {{ ask.when }} {{ ask.how }} {{ ask.where }}"
          - set: {text: "= ask.said", money: "= ask.cost"}
pipelines: {way: {stages: {first: {}, second: {}}}}
roles:
  clerk:
    can:
      thing: {every: all, export: all}
      place: {every: all, export: all}
    hide: [thing.margin]
views:
  all_of_them: {entity: thing, label: All, columns: [text, number]}
  by_stage: {entity: thing, label: Stages, type: board, sum: money}
  by_day: {entity: thing, label: Days, type: calendar, date: datetime}
"""
CRM = ABOVE + FIELDS.replace("to: thing", "to: place") + BELOW


@dataclass
class World:
    """The CRM, its people, a record to change, and the statements that were sent."""

    site: Site
    boss: Browser
    clerk: Browser
    thing: int
    place: int

    def values(self) -> dict[str, Any]:
        """Returns what is stored of the record."""
        services = self.site.services
        return dict(services.reader.get(self.site.actor("boss"), "thing", self.thing).values)


@contextmanager
def open_world(url: str | None = None) -> Iterator[World]:
    """Serves it, with a record of each kind."""
    with open_site(CRM, url=url) as site:
        site.user("boss", "admin", "clerk")
        site.user("ivan", "clerk")
        place = site.create("place", name="Sofia")
        thing = site.create("thing", text="one", number="1.5", margin="7")
        yield World(site, site.browser("boss"), site.browser("ivan"), thing, place)


def encoded(pairs: Iterable[tuple[str, str]]) -> bytes:
    """Returns pairs as a body or a query; half letters stay what they are."""
    return urlencode(list(pairs), errors="surrogatepass").encode()


def send(
    browser: Browser, path: str, pairs: Iterable[tuple[str, str]], **headers: str
) -> TestResponse:
    """Posts pairs, whatever letters they hold."""
    body = encoded([("_csrf", browser.csrf), *pairs])
    form = "application/x-www-form-urlencoded"
    return browser.client.post(path, data=body, content_type=form, headers=headers)


def is_sound(answer: TestResponse) -> bool:
    """Says whether an answer is none of ours that broke."""
    return answer.status_code < 500 and "Traceback" not in answer.text


def version_in(page: str) -> str:
    """Returns the version that a form was drawn with."""
    found = re.search(r'name="_version" value="(\d+)"', page)
    return found[1] if found else ""
