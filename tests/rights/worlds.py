"""The three worlds: the small example, the large one, and a CRM made to be hard to guard.

Each has records of everybody and of nobody, in every state, and in each record a mark in every text
and a prime in every amount.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import update

from engine.metadata.model.text import RecordRef
from engine.resources import resource_dir
from engine.runtime.actor import ENGINE
from tests.kit.web import Site, open_site
from tests.perm_model import Model, User
from tests.rights.marks import primes, text_mark
from tests.rights.world import World, below, merged

SHARP = (Path(__file__).parent / "sharp.yaml").read_text(encoding="utf-8")
STATES = ("active", "archived", "trashed")
Scopes = dict[str, Callable[[User, Any], bool]]
# login -> roles, team
People = Mapping[str, tuple[tuple[str, ...], str]]


@dataclass
class Writer:
    """Writes marked records with the configuration's authority."""

    site: Site
    ids: Mapping[str, int]
    count: int = 0
    phones: int = 0
    numbers: dict[int, Iterator[int]] = field(default_factory=dict)
    states: list[tuple[str, str, int]] = field(default_factory=list)

    def prime(self, start: int) -> int:
        """Returns a prime that no other amount has."""
        return next(self.numbers.setdefault(start, primes(start)))

    def phone(self) -> str:
        """Returns a phone that no other record has."""
        self.phones += 1
        return f"+3598881{self.phones:05}"

    def add(
        self, entity: str, texts: tuple[str, ...], *, state: str = "active", **values: object
    ) -> int:
        """Writes a record with a mark in each of the texts, and another mark before each."""
        self.count += 1
        marks = {name: marked(entity, name, 900 + self.count) for name in texts}
        made = self.site.create(entity, **marks, **values)
        self.change(entity, made, **{name: marked(entity, name, self.count) for name in texts})
        self.states.append((state, entity, made))
        return made

    def change(self, entity: str, record_id: int, **values: object) -> None:
        """Changes fields of a record."""
        if values:
            self.site.services.records.update(ENGINE, entity, record_id, values, None)

    def made_by(self, entity: str, record_id: int, login: str | None) -> None:
        """Says who has created a record."""
        services = self.site.services
        table = services.tables.table(entity)
        made = update(table).where(table.c.id == record_id)
        with services.database.write() as connection:
            connection.execute(made.values(created_by=self.ids.get(login or "")))

    def settle(self) -> None:
        """Puts away what is to be put away, once everything links to everything."""
        records = self.site.services.records
        deeds = {"archived": records.archive, "trashed": records.delete}
        for state, entity, record_id in self.states:
            if state in deeds:
                deeds[state](ENGINE, entity, record_id)


def marked(entity: str, name: str, number: int) -> str:
    """Returns the mark of a text as its field takes it."""
    mark = text_mark(entity, name, number)
    return f"{mark}@example.com" if name == "email" else mark


@contextmanager
def opened(
    name: str, texts: Mapping[str, str], people: People, scopes: Scopes, *, url: str | None = None
) -> Iterator[tuple[World, Writer]]:
    """Serves a CRM with its people, and a writer for its records."""
    others: dict[str, Any] = {one: text for one, text in texts.items() if one != "crm.yaml"}
    with open_site(texts["crm.yaml"], url=url, **others) as site:
        model = Model(merged(*texts.values()), scopes)
        teams = {one.key: one.id for one in site.services.accounts.people.teams()}
        above = {one: (said or {}).get("parent") or "" for one, said in _teams(model).items()}
        ids = {
            login: site.user(login, *roles, team=teams.get(team))
            for login, (roles, team) in people.items()
        }
        users = {
            login: User(ids[login], list(roles), _below(people, ids, above, team))
            for login, (roles, team) in people.items()
        }
        writer = Writer(site, ids)
        for number, login in enumerate(people):
            mail = marked("user", "email", number)
            writer.change("user", ids[login], email=mail, phone=writer.phone())
        yield World(name, site, model, users), writer


def _teams(model: Model) -> dict[str, Any]:
    found: dict[str, Any] = model.yaml.get("teams", {})
    return found


def _below(people: People, ids: Mapping[str, int], above: Mapping[str, str], team: str) -> set[int]:
    within = set(below(above, team)) if team else set()
    return {ids[one] for one, (_, its) in people.items() if its in within}


# The small example

VET_PEOPLE: People = {
    "rada": (("reception",), ""),
    "vera": (("vet",), ""),
    "boris": (("vet",), ""),
    "head": (("admin", "reception"), ""),
    "boss": (("admin",), ""),
}
BOARD = "  stages: {entity: visit, label: Stages, type: board, sum: debt}\n"
REMARK = "    buttons: {{remark: {{label: Remark, ask: {{said: text}}, do: [note: '{note}']}}}}\n"
NOTES = {
    "owner": "{{ name }}, {{ note }}: {{ ask.said }}",
    "animal": "{{ name }}, {{ caution }}: {{ ask.said }}",
    "visit": "{{ complaint }}, {{ animal.owner.note }}: {{ ask.said }}",
}


def vet_text() -> str:
    """Returns the small example with a board, and with a button on each record."""
    text = (resource_dir("examples") / "vet-practice" / "crm.yaml").read_text(encoding="utf-8")
    for name, note in NOTES.items():
        text = text.replace(f"\n  {name}:\n", f"\n  {name}:\n{REMARK.format(note=note)}", 1)
    return text.replace("\nviews:\n", f"\nviews:\n{BOARD}", 1)


@contextmanager
def vet(url: str | None = None) -> Iterator[World]:
    """Owners, animals, visits of each vet and of none, and tasks; the last of each is trashed."""
    with opened("vet", {"crm.yaml": vet_text()}, VET_PEOPLE, {}, url=url) as (world, writer):
        stages = ("arrived", "booked", "missed", "arrived")
        states = ("active", "archived", "active", "trashed")
        for number, vet_of in enumerate(("vera", "boris", None, "vera")):
            _visit(writer, vet_of, stages[number], states[number])
        writer.settle()
        world.read()
        yield world


def _visit(writer: Writer, login: str | None, stage: str, state: str) -> None:
    owner = writer.add(
        "owner", ("name", "email", "city", "note"), state=state, phone=writer.phone()
    )
    bites: dict[str, object] = {"owner": owner, "species": "dog", "aggressive": True}
    animal = writer.add("animal", ("name", "breed", "caution"), state=state, **bites)
    sums = {"fee": writer.prime(100_003), "medicines": writer.prime(200_003)}
    sums |= {"paid": writer.prime(50_021)}
    treated: dict[str, object] = {"at": "2026-03-03 10:00", "reason": "illness", **sums}
    treated |= {"animal": animal, "vet": writer.ids.get(login or "", "")}
    visit = writer.add("visit", ("complaint", "diagnosis"), state=state, **treated)
    records = writer.site.services.records
    if stage != "booked":
        records.move(ENGINE, "visit", visit, stage)
    for entity, number in (("owner", owner), ("animal", animal), ("visit", visit)):
        records.press(writer.site.actor("head"), entity, number, "remark")
    task: dict[str, Any] = {"about": RecordRef("visit", visit), "to": writer.ids["boris"]}
    writer.add("task", ("subject", "result"), due="2026-03-02 12:00", **task)
    told: dict[str, Any] = {"about": RecordRef("visit", visit), "to": writer.ids[login or "rada"]}
    writer.add("notification", ("text",), **told)


# The large example

KITCHEN_PEOPLE: People = {
    "ivan": (("seller",), "sellers"),
    "maria": (("seller",), "sellers"),
    "olga": (("seller",), ""),
    "petar": (("measurer",), "measurers"),
    "elena": (("head",), "sales"),
    "website": (("intake",), "sales"),
}


def _measures(user: User, deal: Any) -> bool:
    is_there = deal["values"]["stage"] in ("measuring", "production")
    return bool(deal["values"]["measurer"] == user.id and is_there)


@contextmanager
def kitchen(url: str | None = None) -> Iterator[World]:
    """Deals of each seller and of nobody, in stages that the measurer sees and does not see."""
    folder = resource_dir("examples") / "kitchen-sales"
    names = ("crm.yaml", *(one.name for one in sorted(folder.glob("*.yaml"))))
    texts = {one: (folder / one).read_text(encoding="utf-8") for one in dict.fromkeys(names)}
    scopes: Scopes = {"my_measurings": _measures}
    with opened("kitchen", texts, KITCHEN_PEOPLE, scopes, url=url) as (world, writer):
        stages = ("measuring", "new", "measuring", "lost", "new")
        states = ("active", "active", "archived", "active", "trashed")
        for number, owner in enumerate(("ivan", "maria", "olga", None, "ivan")):
            _deal(writer, owner, stages[number], states[number])
        writer.settle()
        world.read()
        yield world


def _deal(writer: Writer, login: str | None, stage: str, state: str) -> None:
    ids, records = writer.ids, writer.site.services.records
    owned: dict[str, object] = {"owner": ids[login] if login else ""}
    client = writer.add(
        "client", ("name", "email", "city", "note"), state=state, phone=writer.phone(), **owned
    )
    sums = {"extras": writer.prime(600_011), "cost": writer.prime(200_003)}
    sums |= {"prepaid": writer.prime(100_003), "paid": writer.prime(50_021)}
    values: dict[str, object] = {"length_m": 1, "measurer": ids["petar"], "client": client, **sums}
    texts = ("address", "wishes", "site_notes")
    deal = writer.add("deal", texts, state=state, **values, **owned)
    if stage == "measuring":
        writer.change("deal", deal, measure_at="2026-03-03 10:00")
    if stage == "lost":
        writer.change("deal", deal, lost_reason="price")
    if stage != "new":
        records.move(ENGINE, "deal", deal, stage)
    about: dict[str, Any] = {"about": RecordRef("deal", deal)}
    writer.add("task", ("subject", "result"), due="2026-03-02 12:00", to=ids["maria"], **about)
    writer.add("notification", ("text",), to=ids[login or "elena"], **about)
    asked: dict[str, object] = {"source": "site", "phone": writer.phone()}
    words = ("name", "email", "city", "text", "needs")
    cost = writer.prime(400_009)
    request = writer.add("request", words, state=state, ad_cost=cost, **asked, **owned)
    if stage == "lost":
        writer.change("request", request, client=client, deal=deal)


# The sharp one

SHARP_PEOPLE: People = {
    "ann": (("rep",), "east"),
    "bob": (("rep",), "east"),
    "cat": (("rep",), "west"),
    "dan": (("chief",), "all"),
    "eva": (("counter",), "east"),
    "fay": (("temp",), ""),
    "gil": (("rep", "counter"), "west"),
    "hal": (("admin", "temp"), "all"),
    "nil": (("guest",), "east"),
}
SHARP_SCOPES: Scopes = {
    "new_deals": lambda _, one: one["values"]["stage"] == "new",
    "my_clients": lambda user, one: one["creator"] == user.id,
    "home_items": lambda user, one: one["client"] is not None and one["client"]["owner"] == user.id,
}
OWNERS = ("ann", "cat", "eva", None)


@contextmanager
def sharp(url: str | None = None) -> Iterator[World]:
    """Clients, deals and items of each owner and of nobody, in each state."""
    with opened("sharp", {"crm.yaml": SHARP}, SHARP_PEOPLE, SHARP_SCOPES, url=url) as both:
        world, writer = both
        fill_sharp(writer)
        read_sharp(world)
        yield world


def read_sharp(world: World) -> None:
    """Takes the records, and for the scopes the client of each item."""
    world.read()
    for one in world.records:
        client = one["values"].get("client")
        one["client"] = world.by_ref.get(("client", client))


def fill_sharp(writer: Writer) -> None:
    """Writes the records of the sharp world."""
    ids = writer.ids
    places = [(owner, state) for owner in OWNERS for state in STATES]
    clients = [_client(writer, at, owner, state) for at, (owner, state) in enumerate(places)]
    for at, (owner, state) in enumerate(places):
        sums = {"amount": writer.prime(600_011), "cost": writer.prime(200_003)}
        values: dict[str, object] = {"client": clients[(at * 7) % 12], "rank": writer.prime(20_011)}
        values |= {"score": writer.prime(30_011), "seller": ids.get(owner or "", ""), **sums}
        values |= {"due": f"2026-03-{at + 3:02}", "at": f"2026-03-{at + 3:02} 10:00"}
        values |= {"about": RecordRef("client", clients[at])}
        deal = writer.add("deal", ("code", "note"), state=state, **values)
        writer.made_by("deal", deal, OWNERS[at % 4])
        _lead(writer, deal, at)
        _around(writer, deal, owner, at)
        client = clients[(at * 5 + 1) % 12]
        held: dict[str, object] = {"deal": deal, "client": client, "price": writer.prime(150_001)}
        item = writer.add("item", ("name", "memo"), state=state, **held)
        writer.made_by("item", item, owner)
    writer.settle()


def _client(writer: Writer, at: int, owner: str | None, state: str) -> int:
    values = {"phone": writer.phone(), "credit": writer.prime(300_007)}
    values |= {"owner": writer.ids.get(owner or "", "")}
    texts = ("name", "city", "secret", "inner")
    client = writer.add("client", texts, state=state, **values)
    writer.made_by("client", client, OWNERS[at % 4])
    return client


def _lead(writer: Writer, deal: int, at: int) -> None:
    """Moves some of the deals on, and lets buttons and rules leave their runs."""
    records = writer.site.services.records
    records.press(ENGINE, "deal", deal, "praise", {"said": marked("deal", "said", at)})
    writer.change("deal", deal, amount=writer.prime(700_001))
    if at % 3 == 1:
        records.move(ENGINE, "deal", deal, "work")


def _around(writer: Writer, deal: int, owner: str | None, at: int) -> None:
    """Writes a task and a notice about a deal."""
    about: dict[str, Any] = {"about": RecordRef("deal", deal)}
    to = writer.ids[("bob", "cat", "eva", "dan")[at % 4]]
    task = writer.add("task", ("subject", "result"), due="2026-03-02 12:00", to=to, **about)
    writer.made_by("task", task, owner)
    writer.add("notification", ("text",), to=to, **about)
    records = writer.site.services.records
    records.note(ENGINE, "deal", deal, marked("activity", "text", 100 + at))


WORLDS: Mapping[str, Callable[[], Any]] = {"vet": vet, "kitchen": kitchen, "sharp": sharp}
