"""Words and values in the language of the reader."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from babel.messages.catalog import Catalog

from engine.clock import FrozenClock
from engine.errors import say, say_many
from engine.metadata.expressions.compile import typed
from engine.metadata.model.field import Field
from engine.runtime.catalogues import LANGUAGES, Words, words_in, words_of
from engine.runtime.spoken import Place, Weekday
from engine.runtime.translate import CompanyWords, Translator
from tests.metadata.expressions.sample import APPLICATION, DEAL, SCOPE, expression, make_field

NOW = datetime(2026, 3, 4, 10, tzinfo=UTC)  # 12:00 in Sofia
SOFIA = ZoneInfo("Europe/Sofia")


def russian() -> Words:
    catalog = Catalog(locale="ru")
    catalog.add("Today", "Сегодня")
    catalog.add("Yes", "Да")
    catalog.add("{hours} h {minutes} min", "{hours} ч {minutes} мин")
    catalog.add("Call {name} in {place}", "Звонок: {name}, {place}")
    catalog.add("Broken {name}", "Сломано {nmae}")
    catalog.add("Unsure", "Неточно", flags=["fuzzy"])
    catalog.add("Untranslated", "")
    forms = ("{number} запись", "{number} записи", "{number} записей")
    catalog.add(("{number} record", "{number} records"), forms)
    return words_in(catalog)


RUSSIAN = russian()
TRANSLATOR = Translator(
    FrozenClock(NOW), lambda language: RUSSIAN if language == "ru" else words_of("en")
)


def shown(value: Any, field: Field, language: str = "en", zone: ZoneInfo = SOFIA) -> str:
    text = TRANSLATOR.show(value, field, language, zone, APPLICATION)
    return text.replace("\N{NO-BREAK SPACE}", "_")


def test_a_sentence_is_said_in_the_language_of_the_reader() -> None:
    message = say("Call {name} in {place}", name="Anna", place=Place("Asia/Almaty"))
    assert TRANSLATOR.text(message, "ru") == "Звонок: Anna, Алматы"
    assert TRANSLATOR.text(message, "bg") == "Call Anna in Алмати"
    assert str(message) == "Call Anna in Almaty"
    on = say("on {day}", day=Weekday(date(2026, 3, 4)))
    assert [TRANSLATOR.text(on, one) for one in LANGUAGES] == [
        "on Wednesday",
        "on сряда",
        "on среда",
    ]


@pytest.mark.parametrize("text", ["Unsure", "Untranslated", "Never seen"])
def test_what_is_not_translated_for_certain_stays_english(text: str) -> None:
    assert TRANSLATOR.gettext(text, "ru") == text


def test_a_translation_that_lost_a_value_is_not_shown() -> None:
    assert TRANSLATOR.text(say("Broken {name}", name="Anna"), "ru") == "Broken Anna"


def test_a_text_with_braces_of_its_own_is_shown_as_it_is() -> None:
    assert (
        TRANSLATOR.text(say("{text}", text="{name} {0.__class__}"), "ru") == "{name} {0.__class__}"
    )


@pytest.mark.parametrize(
    "number, said",
    [(1, "1 запись"), (2, "2 записи"), (5, "5 записей"), (11, "11 записей"), (21, "21 запись")],
)
def test_a_number_chooses_the_form(number: int, said: str) -> None:
    message = say_many("{number} record", "{number} records", number)
    assert TRANSLATOR.text(message, "ru") == said
    assert TRANSLATOR.text(message, "en") == f"{number} record{'s' * (number != 1)}"
    form = TRANSLATOR.ngettext("{number} record", "{number} records", number, "ru")
    assert form.format(number=number) == said


@pytest.mark.parametrize(
    "value, field, en, bg, ru",
    [
        (Decimal("3328.00"), "amount", "3,328.00_€", "3_328,00_€", "3_328,00_€"),
        (Decimal("-0.50"), "amount", "-0.50_€", "-0,50_€", "-0,50_€"),
        (Decimal("-0.00"), "amount", "0.00_€", "0,00_€", "0,00_€"),
        (Decimal("6.40"), "length_m", "6.4", "6,4", "6,4"),
        (Decimal("12345.67"), "length_m", "12,345.67", "12_345,67", "12_345,67"),
        (2026, "count", "2026", "2026", "2026"),
        (Decimal("12.5"), "discount", "12.5%", "12,5%", "12,5_%"),
        (True, "hot", "Yes", "Yes", "Да"),
        ("new", "stage", "New", "New", "New"),
        (("vip", "urgent_now"), "tags", "Vip, Urgent Now", "Vip, Urgent Now", "Vip, Urgent Now"),
        (date(2026, 3, 6), "start", "6 Mar 2026", "6 март 2026 г.", "6 мар. 2026 г."),
        (NOW, "due", "Today 12:00", "Today 12:00", "Сегодня 12:00"),
        (
            datetime(2026, 3, 6, 12, tzinfo=UTC),
            "due",
            *("Fri 6 March, 14:00", "пт 6 март, 14:00", "пт 6 марта, 14:00"),
        ),
        (
            datetime(2025, 3, 6, 12, tzinfo=UTC),
            "due",
            *("6 March 2025, 14:00", "6 март 2025 г., 14:00", "6 марта 2025 г., 14:00"),
        ),
        (None, "amount", "", "", ""),
    ],
)
def test_a_value_is_written_as_the_reader_writes_it(
    value: Any, field: str, en: str, bg: str, ru: str
) -> None:
    assert [shown(value, DEAL.fields[field], one) for one in LANGUAGES] == [en, bg, ru]


def test_a_moment_is_told_by_the_clock_and_day_of_the_reader() -> None:
    late = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)
    due = DEAL.fields["due"]
    assert shown(late, due) == "Tomorrow 1:30"
    assert shown(late, due, zone=ZoneInfo("America/New_York")) == "Today 18:30"
    assert shown(datetime(2026, 3, 3, 7, tzinfo=UTC), due) == "Yesterday 9:00"


@pytest.mark.parametrize(
    "value, kind, text",
    [
        ("+359888123456", "phone", "088_812_3456"),
        ("+77015550418", "phone", "+7_701_555_0418"),
        ("call me", "phone", "call me"),
        ("Asia/Almaty", "timezone", "Almaty"),
        ("K-2026-0001", "sequence", "K-2026-0001"),
        ("a@b.bg", "email", "a@b.bg"),
    ],
)
def test_contacts_are_written_as_one_dials_and_names_them(value: str, kind: str, text: str) -> None:
    assert shown(value, make_field("client", "x", kind)) == text


def test_a_unit_stays_with_its_number() -> None:
    assert shown(Decimal("6.40"), make_field("deal", "x", "number", unit="m")) == "6.4_m"


def test_what_is_stored_names_no_day_by_its_nearness() -> None:
    show = CompanyWords(TRANSLATOR, APPLICATION).shower("")
    assert show(NOW, typed(expression("due"), SCOPE)) == "4 March 2026, 12:00"
    assert (
        show(timedelta(hours=3, minutes=20), typed(expression("due - now()"), SCOPE))
        == "3 h 20 min"
    )
    spoken = CompanyWords(TRANSLATOR, APPLICATION).shower("ru")
    assert spoken(timedelta(minutes=200), typed(expression("due - now()"), SCOPE)) == "3 ч 20 мин"
    assert spoken("new", typed(expression("stage"), SCOPE)) == "New"
