"""The records of the rights matrix: each entity, each owner and each state, full of canaries.

Every text field holds `CNRY-entity-field-id`, so that whatever leaves the reader says where it is
from. The records are written once; each role table brings its own rights over them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from sqlalchemy import update

from engine.metadata.model.text import RecordRef
from engine.runtime.access import Access
from engine.runtime.actor import Actor, user_actor
from engine.runtime.query.select import Reader
from engine.runtime.sqlite_functions import fold
from tests.kit.applications import application_anew
from tests.kit.stock import MONDAY, Stock
from tests.perm_model import Model, User

ENTITIES = """
name: matrix
entities:
  client:
    search: [name, phone, secret]
    fields:
      name: {type: text, required: true}
      phone: {type: text}
      city: {type: text}
      secret: {type: text}
      inner: {type: text, hidden: true}
      key: {type: text}
  deal:
    owner: seller
    search: [name, note]
    fields:
      name: {type: text}
      note: {type: text}
      client: {type: link, to: client}
      seller: {type: user}
      stage: {type: stage, pipeline: sale}
  item:
    title: "{{ code }} {{ client.city }}"
    search: [code]
    fields:
      code: {type: text}
      client: {type: link, to: client}
pipelines: {sale: {stages: {new: {}, won: {}}}}
scopes:
  new_deals: {entity: deal, where: stage == 'new'}
  my_clients: {entity: client, where: created_by == user}
  home_items: {entity: item, where: client.key == user.login}
"""
SCOPES = {
    "new_deals": lambda _, one: one["stage"] == "new",
    "my_clients": lambda user, one: one["creator"] == user.id,
    "home_items": lambda user, one: (
        one["client"] is not None and one["client"]["key"] == f"key{user.id}"
    ),
}
OWN_SCOPE = {"client": "my_clients", "deal": "new_deals", "item": "home_items"}
TEXTS = {
    "client": ("name", "phone", "city", "secret", "inner"),
    "deal": ("name", "note"),
    "item": ("code",),
    "task": ("subject", "result"),
    "activity": ("text",),
    "notification": ("text",),
    "user": ("phone",),
    "team": ("key",),
}
SHARP = """
roles:
  role0:
    can:
      client: {see: own, peek: all, edit: own, delete: own}
      deal: {see: team, edit: new_deals, export: own, delete: own}
      item: {see: home_items, peek: all}
    hide: [client.secret, client.city]
  role1:
    can:
      client: {see: all, export: my_clients, edit: team}
      deal: {see: own, every: all, delete: none, peek: team}
      item: {every: all, export: all}
    hide: [deal.note, client.phone]
  role2:
    can:
      client: {peek: team}
      deal: {see: new_deals, every: team}
    hide: [client.name, deal.name]
  role3:
    can:
      client: {see: my_clients, every: all, export: team}
      deal: {see: team, edit: new_deals, delete: new_deals}
      item: {see: all, delete: home_items}
    hide: [item.code]
  role4:
    can:
      deal: {see: all, edit: own}
      item: {peek: team}
    hide: [client.secret, deal.note]
"""  # role4 sees deals and nothing of their clients
SEARCHED = {
    "client": ("name", "phone", "secret"),
    "deal": ("name", "note"),
    "item": ("code",),
    "task": ("subject",),
    "activity": ("text",),
    "notification": ("text",),
    "user": ("phone",),
    "team": ("key",),
}
PARENTS = {1: None, 2: 1, 3: None}  # team -> the team above
ROLES = ("role0", "role1", "role2", "role3", "role4")
PEOPLE: tuple[tuple[tuple[str, ...], int | None], ...] = (
    (("role0",), 1),
    (("role1",), 2),
    (("role2",), 3),
    (("role3",), None),
    (("role4",), 1),
    (("role0", "role1"), 2),
    (("role2", "role3"), 1),
    (("admin",), None),
    ((), 1),
)
OWNERS = (None, 1, 2, 3)
HALVES = (0.15, 0.4)  # how often something is hidden

Kept = dict[str, Any]


@dataclass(frozen=True, slots=True, repr=False)
class World:
    """The records as they were written, and the stock that holds them."""

    stock: Stock
    records: tuple[Kept, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Rules:
    """One role table: told to the engine, and told to the model."""

    text: str
    reader: Reader
    access: Access
    model: Model


def fill(stock: Stock) -> World:
    """Writes the teams, the people and the records."""
    records = [
        _write(stock, "team", None, "active", name=f"Team {number}", parent=parent)
        for number, parent in PARENTS.items()
    ]
    records += [
        _write(
            stock, "user", None, "active", name=f"User {number}", login=f"key{number}", team=team
        )
        for number, (_, team) in enumerate(PEOPLE, start=1)
    ]
    clients = list(_clients(stock))
    records += clients
    records += list(_deals(stock, clients))
    records += list(_items(stock, clients))
    records += list(_around(stock, records))
    return World(stock, tuple(records))


def rules(world: World, roles: str) -> Rules:
    """Joins a role table with the entities; the tables stay as they are."""
    text, stock = f"{ENTITIES}\n{roles}\n", world.stock
    made = application_anew(text)
    access = Access(made, stock.tables, stock.database)
    reader = Reader(made, stock.tables, access, stock.database, stock.clock)
    return Rules(text, reader, access, Model(text, SCOPES))


def people() -> Iterator[tuple[Actor, User]]:
    """Yields everybody, for the engine and for the model."""
    for number, (roles, team) in enumerate(PEOPLE, start=1):
        below = {one for one, (_, other) in enumerate(PEOPLE, start=1) if _is_below(other, team)}
        values = {"login": f"key{number}", "roles": roles, "team": team}
        yield user_actor(number, values, PARENTS), User(number, list(roles), below)


def role_table(seed: int) -> str:
    """Writes five roles with rights at random."""
    random = Random(seed)  # noqa: S311 - chance with a seed, no secret
    lines = ["roles:"]
    for role in ROLES:
        lines += [f"  {role}:", "    can:"]
        lines += [f"      {entity}: {_can(random, scope)}" for entity, scope in OWN_SCOPE.items()]
        often = random.choice(HALVES)
        hidden = [
            f"{entity}.{name}"
            for entity in OWN_SCOPE
            for name in (*TEXTS[entity], *(("client",) if entity == "deal" else ()))
            if random.random() < often
        ]
        lines.append(f"    hide: [{', '.join(hidden)}]")
    return "\n".join(lines)


def _can(random: Random, scope: str) -> str:
    reaches = ("none", "own", "team", "all", scope)
    verbs = random.sample(("see", "peek", "edit", "delete", "export", "assign", "every"), 4)
    can = {verb: random.choice(reaches) for verb in verbs}
    return f"{{{', '.join(f'{verb}: {reach}' for verb, reach in can.items())}}}"


def _is_below(team: int | None, above: int | None) -> bool:
    while team is not None:
        if team == above:
            return True
        team = PARENTS[team]
    return False


def _states() -> Iterator[tuple[int | None, str]]:
    for owner in OWNERS:
        for state in ("active", "archived", "trashed"):
            yield owner, state


def _write(stock: Stock, entity: str, owner: int | None, state: str, **more: Any) -> Kept:
    """Writes a record and gives every text field its canary."""
    creator = more.pop("creator", owner)
    archived, trashed = state == "archived", state == "trashed"
    values = {
        name: value["id"] if isinstance(value, dict) else value for name, value in more.items()
    }
    about = values.pop("about", None)
    if about is not None:
        values["about"] = RecordRef(more["about"]["entity"], about)
    number = stock.add(
        entity,
        **values,
        created_by=creator,
        archived=archived,
        trashed_at=MONDAY if trashed else None,
    )
    texts = {name: f"CNRY-{entity}-{name}-{number:03}" for name in TEXTS[entity]}
    kept = {"entity": entity, "id": number, "owner": owner, "creator": creator} | more | texts
    kept |= {"archived": archived, "trashed": trashed}
    title = _title(kept)
    searched = (texts[one] for one in SEARCHED[entity])
    names = {"title": title, "title_key": fold(title)}
    names["search_text"] = fold(" ".join([title, *searched]))
    table = stock.tables.table(entity)
    with stock.database.write() as connection:
        connection.execute(update(table).where(table.c.id == number).values(texts | names))
    return kept | {"title": title}


def _title(kept: Mapping[str, Any] | None) -> str:
    match kept:
        case {"name": name}:
            return str(name)
        case {"entity": "item", "code": code, "client": client}:
            return f"{code} {client['city']}"
        case {"entity": "task", "subject": subject}:
            return str(subject)
        case {"entity": _, "text": text}:
            return str(text)
        case _:
            return ""


def _clients(stock: Stock) -> Iterator[Kept]:
    for at, (owner, state) in enumerate(_states()):
        yield _write(stock, "client", owner, state, key=f"key{at % 5}")


def _deals(stock: Stock, clients: list[Kept]) -> Iterator[Kept]:
    for at, (seller, state) in enumerate(_states()):
        yield _write(
            stock,
            "deal",
            seller,
            state,
            creator=OWNERS[at % 4],
            seller=seller,
            client=clients[(at * 7) % 12],
            stage=("new", "won")[at % 2],
        )


def _items(stock: Stock, clients: list[Kept]) -> Iterator[Kept]:
    for at, (owner, state) in enumerate(_states()):
        yield _write(stock, "item", owner, state, client=clients[(at * 5 + 1) % 12])


def _around(stock: Stock, records: list[Kept]) -> Iterator[Kept]:
    """Writes tasks, notes and notices about every third record."""
    about_them = [one for one in records if one["entity"] in OWN_SCOPE]
    for at, about in enumerate(about_them[::3]):
        owner = OWNERS[at % 4]
        yield _write(stock, "task", owner, "active", to=owner, creator=at % 3 + 1, about=about)
        yield _write(stock, "activity", owner, "active", by=owner, about=about)
        yield _write(stock, "notification", at % 3 + 1, "active", to=at % 3 + 1, about=about)
