"""Whoever works in Bulgarian or Russian meets no English word of the engine on any page.

The CRM of this test is written in Cyrillic from end to end and says that its language is Bulgarian,
so a Latin word on a page is one of the engine's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from html.parser import HTMLParser
from types import MappingProxyType

import pytest
from werkzeug.test import TestResponse

from tests.kit.web import Browser, Site, open_site

CRM = """
name: shop
label: Клиника
language: bg
currency: EUR
timezone: Europe/Sofia
languages: [en, bg, ru]
workdays: {days: [mon, tue, wed, thu, fri], from: "09:00", to: "18:00"}
entities:
  client:
    label: Клиент
    plural: Клиенти
    help: Плащат
    fields:
      name: {type: text, label: Име, required: true, max_length: 40, help: Двете имена}
      phone: {type: phone, label: Телефон, unique: true}
      mail: {type: email, label: Поща}
      page: {type: url, label: Адрес}
      zone: {type: timezone, label: Пояс}
      kinds: {type: choices, label: Групи, options: {a: {label: Едни}, b: {label: Други}}}
      share: {type: percent, label: Дял, min: 0, max: 50}
      about: {type: long_text, label: Бележки}
  deal:
    label: Сделка
    plural: Сделки
    fields:
      name: {type: text, label: Тема, required: true}
      number: {type: sequence, label: Знак, format: "{n:4}"}
      client: {type: link, label: Клиент, to: client, reverse: deals}
      owner: {type: user, label: Отговорник, default: "= user"}
      stage: {type: stage, label: Етап, pipeline: sale}
      kind: {type: choice, label: Вид, options: {x: {label: Нов}, y: {label: Стар}}}
      price: {type: money, label: Цена, min: 0}
      tax: {type: money, label: Данък, formula: price * 0.2}
      pieces: {type: integer, label: Брой, min: 1, max: 9}
      sure: {type: bool, label: Сигурно, locked_when: pieces == 9}
      born: {type: date, label: Начало, max: today}
      until: {type: datetime, label: Край, quick: [in 1 h, tomorrow 9:00, in 3 d, in 2 workd]}
      why: {type: long_text, label: Причина}
pipelines:
  sale:
    label: Продажба
    stages:
      new: {label: Начало}
      talk: {label: Разговор, require: [price]}
      paid: {label: Платено, closes: done, require: [why], probability: 90}
      lost: {label: Загуба, closes: lost}
    moves: {new: [talk, lost], talk: [paid, new]}
roles:
  seller:
    label: Продавач
    can: {client: {every: all, export: all}, deal: {every: all, export: all}}
  guest: {label: Гост, can: {client: {see: all}, deal: {see: all}}}
views:
  mine: {entity: deal, label: Мои, filters: {owner: me}, sort: [name]}
"""
LATIN = re.compile(r"[A-Za-z]{2,}")
# Formats, keys, zones, languages; ids that were asked for; logins, the browser; places of values.
NAMES = re.compile(
    r"\b(CSV|CRM|Kartoteka|English|Ctrl|Enter|Esc|[A-Z]\w+/[\w/+-]+|UTC|[a-z]+(_[a-z]+)+|(bg|ru)\d)\b|^test$"
    r"|https?://\S+|\{\w+\}"
)
SPOKEN_ATTRIBUTES = {"title", "placeholder", "aria-label", "alt", "label"}
SILENT = {"script", "style", "svg", "kbd", "title", "textarea"}
LANGUAGES = ("bg", "ru")


class Spoken(HTMLParser):
    """Collects each text that a person reads or hears."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in SILENT
        words = tag == "template" and ("id", "words") in attrs
        self.texts += [
            text
            for name, text in attrs
            if text and (name in SPOKEN_ATTRIBUTES or (words and name.startswith("data-")))
        ]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in SILENT

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.texts.append(" ".join(data.split()))


def english(page: TestResponse) -> list[str]:
    """Returns the texts of a page in which a Latin word stands that nobody has named."""
    parser = Spoken()
    parser.feed(page.text)
    return [text for text in parser.texts if LATIN.search(NAMES.sub("", text))]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site(CRM) as opened:
        for language in LANGUAGES:
            me = opened.user(f"{language}0", "seller", "admin", name="Анна Нова")
            opened.user(f"{language}1", "guest", name="Гост Гостев")
            fill(opened, me, language)
            for login in (f"{language}0", f"{language}1"):
                settings = {"language": language, "timezone": "", "theme": "", "density": ""}
                answer = opened.browser(login).post("/account", {"_part": "settings", **settings})
                assert answer.status_code == 303
        yield opened


def fill(site: Site, me: int, language: str) -> None:
    """Creates records in every state, and tasks late, near, far and done."""
    values = {"phone": f"+35988812345{len(language) + LANGUAGES.index(language)}"}
    client = site.create("client", name="Вера", zone="Asia/Almaty", kinds=["a"], **values)
    deal = site.create("deal", name="Голяма", client=client, owner=me, price="5", pieces=9)
    for name in ("Лоша", "Спорна", "Архивна", "Изтрита"):
        site.create("deal", name=name, client=client, owner=me)
    about = f"deal/{deal}"
    for subject, due in (("Късно", "yesterday 9:00"), ("Скоро", "in 1 h"), ("После", "in 2 d")):
        site.create("task", subject=subject, due=due, to=me, about=about, type="call")
    site.create("task", subject="Без ден", to=me)
    site.create("notification", to=me, text="Нещо", about=about)


def mine(site: Site, language: str, name: str) -> int:
    """Returns the number of a deal of the person of a language."""
    actor = site.actor(f"{language}0")
    wanted = [("owner", "me"), ("name", name)]
    for state in ([], [("archived", "only")], [("trashed", "only")]):
        request = site.services.reader.parse(actor, "deal", [*wanted, *state])
        if found := site.services.reader.page(actor, request).records:
            return found[0].id
    raise LookupError(name)


ERRORS = {
    "/nothing/here": 404,
    "/deal/999999": 404,
    "/deal?un_known=1": 400,
    "/deal?created_at=много": 400,
}
PAGES = (
    "/my-day",
    "/client",
    "/deal",
    "/deal?price.between=5..9&stage=new&until=this_week&name.has=Г&owner=me",
    "/deal?price.gt=3&born=-&kind.ne=x&sort=-price&columns=number,client.phone,until,created_at",
    "/deal?archived=only",
    "/deal?trashed=only",
    "/deal?q=няма",
    "/views/mine",
    "/task",
    "/deal/new",
    "/client/new",
    "/task/new",
    "/search?q=Вера",
    "/search?q=щщщ",
    "/account",
    "/notifications",
    "/admin/users",
    "/admin/users?q=никой",
    "/admin/users/new",
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", [*PAGES, *ERRORS])
def test_a_page_speaks_the_language_of_its_reader(site: Site, language: str, address: str) -> None:
    page = site.browser(f"{language}0").get(address)
    assert page.status_code == ERRORS.get(address, 200)
    assert f'<html lang="{language}"' in page.text
    assert not english(page), english(page)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("field", ["name", "client", "owner", "stage", "price", "sure", "until"])
def test_a_filter_is_made_in_the_language_of_its_reader(
    site: Site, language: str, field: str
) -> None:
    page = site.browser(f"{language}0").get(f"/deal?_filter={field}")
    assert "filter-panel" in page.text
    assert not english(page), english(page)


def record(browser: Browser, number: int) -> TestResponse:
    return browser.get(f"/deal/{number}")


def quiet_record(browser: Browser, number: int) -> TestResponse:
    browser.post(f"/deal/{number}/notes", {"text": "Каза да", "_token": f"note{number}"})
    browser.post(f"/deal/{number}/edit", {"_version": "1", "price": "7", "_token": f"e{number}"})
    return browser.get(f"/deal/{number}?show=changes")


def empty_note(browser: Browser, number: int) -> TestResponse:
    return browser.post(f"/deal/{number}/notes", {"text": "", "_token": f"none{number}"})


def edit(browser: Browser, number: int) -> TestResponse:
    return browser.get(f"/deal/{number}/edit")


def move(browser: Browser, number: int) -> TestResponse:
    return browser.get(f"/deal/{number}/move?stage=talk")


def wrong_move(browser: Browser, number: int) -> TestResponse:
    return browser.post(f"/deal/{number}/move", {"stage": "paid", "_token": f"m{number}"})


def refused(browser: Browser, number: int) -> TestResponse:
    wrong = {
        "name": "",
        "price": "-3",
        "pieces": "много",
        "until": "някога",
        "born": "in 3 d",
        "client": "999999",
    }
    return browser.post(f"/deal/{number}/edit", {"_version": "1", "_token": "r", **wrong})


def refused_client(browser: Browser, number: int) -> TestResponse:
    wrong = {
        "name": "я" * 50,
        "phone": "12",
        "mail": "не",
        "page": "не",
        "share": "99",
        "zone": "Б",
    }
    return browser.post("/client/new", {"_token": f"c{number}", **wrong})


def conflict(browser: Browser, number: int) -> TestResponse:
    form = {"_version": "1", "_field": "why"}
    for text in ("Едно", "Друго"):
        sent = {**form, "why": text, "_token": f"{text}{number}"}
        answer = browser.post(f"/deal/{number}/edit", sent)
    return answer


def archived(browser: Browser, number: int) -> TestResponse:
    browser.post(f"/deal/{number}/archive")
    return browser.get(f"/deal/{number}")


def trashed(browser: Browser, number: int) -> TestResponse:
    browser.post(f"/deal/{number}/delete")
    return browser.get(f"/deal/{number}")


def wrong_account(browser: Browser, _number: int) -> TestResponse:
    form = {"_part": "password", "old": "не", "new": "къс", "repeated": "друг"}
    return browser.post("/account", form)


def wrong_user(browser: Browser, _number: int) -> TestResponse:
    return browser.post("/admin/users/new", {"login": "Я", "name": ""})


Way = Callable[[Browser, int], TestResponse]
WAYS: Mapping[Way, tuple[str, int]] = MappingProxyType(
    {
        record: ("Голяма", 200),
        quiet_record: ("Голяма", 200),
        empty_note: ("Голяма", 422),
        edit: ("Голяма", 200),
        move: ("Голяма", 200),
        wrong_move: ("Голяма", 422),
        refused: ("Лоша", 422),
        refused_client: ("Голяма", 422),
        conflict: ("Спорна", 409),
        archived: ("Архивна", 200),
        trashed: ("Изтрита", 200),
        wrong_account: ("Голяма", 422),
        wrong_user: ("Голяма", 422),
    }
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_what_is_done_is_said_in_the_language_of_its_reader(
    site: Site, language: str, way: Way
) -> None:
    name, status = WAYS[way]
    page = way(site.browser(f"{language}0"), mine(site, language, name))
    assert page.status_code == status
    assert f'<html lang="{language}"' in page.text
    assert not english(page), english(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_may_not_is_told_in_their_language(site: Site, language: str) -> None:
    guest, number = site.browser(f"{language}1"), mine(site, language, "Голяма")
    pages = [
        guest.get(f"/deal/{number}"),
        guest.get(f"/deal/{number}/edit"),
        guest.get("/deal/new"),
    ]
    assert [one.status_code for one in pages] == [200, 403, 403]
    assert [english(one) for one in pages] == [[], [], []]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_door_speaks_the_language_of_the_browser(site: Site, language: str) -> None:
    stranger = site.browser()
    wrong = {"login": "никой", "password": "няма"}
    pages = [
        stranger.get("/sign-in", Accept_Language=language),
        stranger.post("/sign-in", wrong, Accept_Language=language),
        stranger.get("/welcome/nothing", Accept_Language=language),
    ]
    assert [english(one) for one in pages] == [[], [], []]
    assert all(f'<html lang="{language}"' in one.text for one in pages)


def test_an_english_page_would_be_noticed(site: Site) -> None:
    site.user("en0", "seller", name="Анна Нова")
    found = english(site.browser("en0").get("/deal", Accept_Language="en"))
    assert {"My day", "Sections", "Find in this list"} <= set(found)
