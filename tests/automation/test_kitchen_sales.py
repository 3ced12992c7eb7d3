"""What the buttons and rules of the kitchen maker do: a request, a deal, and who hears of what."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.errors import EngineError, ValidationFailed
from engine.metadata.model.text import Value
from engine.resources import resource_dir
from engine.runtime.actor import Actor
from engine.runtime.records.changes import Saved
from tests.kit.applications import application
from tests.kit.office import Office, office

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
AFTER_THE_HOLIDAY = datetime(2026, 3, 4, 7, 0, tzinfo=UTC)  # Wednesday, 9:00 in Sofia


@dataclass(frozen=True, slots=True)
class Firm:
    """The firm: two sellers, a measurer, a head, and the website."""

    crm: Office
    ivan: Actor
    maria: Actor
    petar: Actor
    elena: Actor
    website: Actor

    def request(self, **values: str) -> Saved:
        """The website puts in a request that nobody owns."""
        given = {"name": "Anna", "phone": "+359880000101", "source": "site", "text": "Oak, 4 m"}
        return self.crm.create(self.website, "request", **given | values)

    def client(self, **values: object) -> Saved:
        """Maria knows a client."""
        given = {"name": "Anna Petrova", "phone": "+359880000101"}
        return self.crm.create(self.maria, "client", **given | values)

    def deal(self, **values: object) -> Saved:
        """Ivan begins a deal with a client of his."""
        client = self.crm.create(self.ivan, "client", name="Boris", email="boris@example.com")
        return self.crm.create(self.ivan, "deal", client=client.id, **values)

    def now(self, saved: Saved) -> Mapping[str, Value]:
        """What is stored of a record."""
        return self.crm.record(saved.entity, saved.id)

    def gave_up(self, request: Saved) -> bool:
        """Whether a request is in the archive as unreachable, with nothing left to do."""
        now = self.now(request)
        return (now["archived"], now["outcome"]) == (True, "unreachable") and not self.crm.tasks()

    def told(self, actor: Actor) -> list[str]:
        """What a person was told."""
        return [plain(str(text)) for to, text in self.crm.told() if to == actor.user_id]


@pytest.fixture
def firm(tmp_path: Path) -> Iterator[Firm]:
    folder = resource_dir("examples") / "kitchen-sales"
    files = {one.name: one.read_text(encoding="utf-8") for one in folder.glob("*.yaml")}
    crm = application(files.pop("crm.yaml"), **files)
    with office(crm, f"sqlite:///{tmp_path / 'kitchen.db'}") as opened:
        sellers, sales = opened.team("sellers"), opened.team("sales")
        yield Firm(
            opened,
            ivan=opened.person("ivan", "seller", team=sellers),
            maria=opened.person("maria", "seller", team=sellers),
            petar=opened.person("petar", "measurer", team=opened.team("measurers")),
            elena=opened.person("elena", "head", team=sales),
            website=opened.person("website", "intake", team=sales),
        )


def refusal(firm: Firm, actor: Actor, saved: Saved, button: str, **answers: object) -> str:
    """Returns the sentence with which a press is refused."""
    with pytest.raises(EngineError) as refused:
        firm.crm.press(actor, saved, button, **answers)
    error = refused.value
    if isinstance(error, ValidationFailed):
        return plain(" ".join(str(one) for many in error.messages.values() for one in many))
    return str(error)


def plain(text: str) -> str:
    """Returns a text with common spaces."""
    return text.replace("\u00a0", " ")


def test_a_request_has_a_call_at_once_and_whoever_takes_it_has_the_call(firm: Firm) -> None:
    request = firm.request()
    due = firm.crm.clock.now() + 5 * MINUTE
    assert firm.crm.tasks("subject", "to", "due") == [("Call Anna", None, due)]
    assert firm.told(firm.ivan) == firm.told(firm.maria)
    assert firm.told(firm.ivan) == ["New request, Website: Anna. Take it"]

    firm.crm.press(firm.ivan, request, "take")
    assert firm.crm.tasks("subject", "to", "due") == [("Call Anna", firm.ivan.user_id, due)]
    assert firm.now(request)["stage"] == "working"
    assert firm.crm.timers() == [("task_due", due)]


def test_whoever_has_the_person_on_the_line_keeps_the_request(firm: Firm) -> None:
    request = firm.crm.create(
        firm.maria, "request", name="Anna", phone="+359880000101", source="phone"
    )
    assert firm.now(request)["owner"] == firm.maria.user_id
    assert firm.now(request)["stage"] == "working"
    assert firm.told(firm.ivan) == []


def test_a_request_that_nobody_takes_is_given_to_who_has_least_to_do(firm: Firm) -> None:
    firm.crm.create(firm.ivan, "task", subject="Something else")
    request = firm.request()
    firm.crm.later(14 * MINUTE)
    assert firm.now(request)["owner"] is None
    firm.crm.later(MINUTE)
    assert firm.now(request)["owner"] == firm.maria.user_id
    assert firm.told(firm.elena) == ["Nobody took the request of Anna in time; Maria has it now"]
    assert firm.crm.tasks("subject", "to")[-1] == ("Call Anna", firm.maria.user_id)


def test_each_busy_waits_longer_and_the_last_one_gives_up(firm: Firm) -> None:
    request = firm.request()
    for number, minutes in enumerate((5, 10, 30), start=1):
        firm.crm.press(firm.ivan, request, "busy")
        due = firm.crm.clock.now() + minutes * MINUTE
        subject = f"Call Anna again, try {number} of 3"
        assert firm.crm.tasks("subject", "due", "to") == [(subject, due, firm.ivan.user_id)]
        firm.crm.later(minutes * MINUTE)
    firm.crm.press(firm.ivan, request, "busy")
    assert firm.gave_up(request)


def test_nobody_is_called_again_outside_of_working_time(firm: Firm) -> None:
    request = firm.request()
    firm.crm.press(firm.ivan, request, "no_answer")
    assert firm.crm.tasks("due") == [firm.crm.clock.now() + 2 * HOUR]
    firm.crm.later(2 * HOUR)
    firm.crm.press(firm.ivan, request, "no_answer")
    assert firm.crm.tasks("due") == [AFTER_THE_HOLIDAY]
    firm.crm.press(firm.ivan, request, "no_answer")
    assert firm.gave_up(request)


def test_reaching_the_person_starts_the_tries_anew(firm: Firm) -> None:
    request = firm.request()
    firm.crm.press(firm.ivan, request, "busy")
    firm.crm.press(firm.ivan, request, "reached", needs="By May", call_again="tomorrow 10:00")
    assert firm.now(request)["needs"] == "By May"
    assert firm.crm.tasks() == ["Call Anna as agreed"]
    firm.crm.press(firm.ivan, request, "busy")
    assert firm.crm.tasks() == ["Call Anna again, try 1 of 3"]


def test_a_new_client_comes_with_a_deal_that_says_what_was_asked(firm: Firm) -> None:
    request = firm.request(email="anna@example.com", timezone="Asia/Almaty", language="ru")
    saved = firm.crm.press(firm.ivan, request, "new_client")
    assert {one.entity for one in saved.made} >= {"client", "deal"}
    (client,), (deal,) = firm.crm.records("client"), firm.crm.records("deal")
    assert (client["timezone"], client["owner"]) == ("Asia/Almaty", firm.ivan.user_id)
    assert (deal["client"], deal["owner"]) == (client["id"], firm.ivan.user_id)
    assert deal["wishes"] == "Oak, 4 m"
    assert firm.now(request)["deal"] == deal["id"]
    assert firm.now(request)["stage"] == "done"
    assert firm.crm.tasks() == ["Make a quote for Anna"]


def test_a_person_who_is_known_is_no_new_client(firm: Firm) -> None:
    firm.client()
    request = firm.request()
    said = refusal(firm, firm.ivan, request, "new_client")
    assert said == "Anna Petrova has this phone or e-mail already: press Existing client"
    assert firm.now(request)["owner"] is None
    assert firm.crm.records("deal") == []


@pytest.mark.parametrize("by", ["phone", "email"])
def test_an_existing_client_is_found_and_stays_with_who_knows_them(firm: Firm, by: str) -> None:
    client = firm.client(email="anna@example.com")
    known = {"phone": {}, "email": {"phone": "+359880000999", "email": "Anna@Example.com"}}
    request = firm.request(**known[by])
    firm.crm.press(firm.ivan, request, "existing_client")
    (deal,) = firm.crm.records("deal")
    assert (deal["client"], deal["owner"]) == (client.id, firm.maria.user_id)
    assert firm.now(request)["client"] == client.id
    assert "Your client Anna Petrova asked again: Oak, 4 m" in firm.told(firm.maria)

    again = firm.request(**known[by])
    firm.crm.press(firm.ivan, again, "existing_client")
    assert firm.now(again)["deal"] == deal["id"]
    assert len(firm.crm.records("deal")) == 1


def test_an_existing_client_that_nobody_knows_is_said_to_be_new(firm: Firm) -> None:
    request = firm.request()
    said = refusal(firm, firm.ivan, request, "existing_client")
    assert said == "No client has this phone or e-mail: press New client"
    assert firm.now(request)["stage"] == "new"


def test_junk_is_one_press(firm: Firm) -> None:
    request = firm.request()
    firm.crm.press(firm.ivan, request, "junk")
    assert (firm.now(request)["stage"], firm.now(request)["outcome"]) == ("done", "junk")
    assert firm.crm.tasks() == []


def test_a_deal_goes_its_way_by_what_happened(firm: Firm) -> None:
    deal, crm = firm.deal(), firm.crm
    agreed = {"next_contact": "tomorrow 10:00", "agreed": "Thinks it over"}
    crm.press(firm.ivan, deal, "quote_sent", length_m="5", **agreed)
    assert firm.now(deal)["stage"] == "calculation"
    assert crm.tasks("subject", "due") == [
        ("Ask Boris about the quote", crm.clock.now() + DAY),
    ]

    visit = {"measure_at": "tomorrow 15:00", "measurer": firm.petar.user_id, "address": "Varna"}
    crm.press(firm.ivan, deal, "measuring_agreed", **visit)
    assert firm.now(deal)["stage"] == "measuring"
    assert crm.tasks("subject", "to") == [("Measure at Boris", firm.petar.user_id)]

    crm.change(firm.ivan, deal, measure_at="in 2 d 9:00")
    assert crm.tasks("due") == [firm.now(deal)["measure_at"]]

    crm.press(firm.petar, deal, "measured", length_m="5.2", site_notes="Crooked")
    said = "Tell Boris the exact price and ask for the prepayment"
    assert crm.tasks("subject", "to") == [(said, firm.ivan.user_id)]

    promised = {"promised_for": "2026-04-10"}
    too_little = refusal(firm, firm.ivan, deal, "prepaid", prepaid="650", **promised)
    assert "Take the prepayment first: 30 per cent of 2,184.00 €" in too_little
    crm.press(firm.ivan, deal, "prepaid", prepaid="1000", **promised)
    assert firm.now(deal)["stage"] == "production"

    crm.press(firm.ivan, deal, "installed", installed_on="today")
    assert [plain(one) for one in crm.tasks()] == ["Ask Boris for the rest: 1,184.00 €"]
    crm.press(firm.ivan, deal, "paid", sum="184")
    assert firm.now(deal)["stage"] == "production"
    crm.press(firm.ivan, deal, "paid", sum="1000")
    assert firm.now(deal)["stage"] == "won"
    assert crm.tasks() == []


def test_a_deal_that_is_lost_says_why_and_may_begin_again(firm: Firm) -> None:
    deal = firm.deal(length_m="20")
    assert refusal(firm, firm.ivan, deal, "lost") == "Fill in Lost reason."
    firm.crm.press(firm.ivan, deal, "lost", lost_reason="price", lost_note="Found it for less")
    assert firm.now(deal)["stage"] == "lost"
    assert firm.told(firm.elena) == [
        "Lost: Boris, K0001, 8,400.00 €. Too expensive. Found it for less"
    ]
    firm.crm.press(firm.ivan, deal, "again")
    assert (firm.now(deal)["stage"], firm.now(deal)["lost_reason"]) == ("new", None)
    assert firm.crm.tasks() == ["Make a quote for Boris"]


def test_a_deal_that_stands_too_long_reaches_the_head(firm: Firm) -> None:
    firm.deal()
    firm.crm.later(3 * DAY - MINUTE)  # Monday to Thursday, and Tuesday is a holiday
    assert firm.told(firm.elena) == []
    firm.crm.later(MINUTE)
    assert firm.told(firm.elena) == ["Boris, K0001 stands in New for 3 d, Ivan"]
