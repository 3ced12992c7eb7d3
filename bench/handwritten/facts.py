"""What this CRM is about: its stages, buttons, options and the words of its fields."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of the pipeline."""

    label: str
    color: str
    probability: int
    closes: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """A choice."""

    label: str
    color: str


@dataclass(frozen=True, slots=True)
class Button:
    """What can be pressed, and in which stages."""

    id: str
    label: str
    icon: str
    color: str
    group: str
    help: str
    stages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record, as search shows it."""

    label: str
    icon: str


OPEN = ("new", "quote", "measuring", "production")
STAGES = {
    "new": Stage("New", "orange", 10),
    "quote": Stage("Quote", "yellow", 30),
    "measuring": Stage("Measuring", "violet", 60),
    "production": Stage("Production", "blue", 95),
    "won": Stage("Won", "green", 100, closes=True),
    "lost": Stage("Lost", "grey", 0, closes=True),
}
MOVES = {
    "new": ("quote", "measuring", "lost"),
    "quote": ("new", "measuring", "production", "lost"),
    "measuring": ("quote", "production", "lost"),
    "production": ("won", "lost"),
    "won": (),
    "lost": ("new",),
}
BUTTONS = (
    Button(
        *("talked", "Talked", "phone", "blue", "Talk", "You spoke and agreed on the next time"),
        OPEN,
    ),
    Button(
        *("quote_sent", "Quote sent", "file", "blue", "Talk", "The client has the quote"),
        ("new",),
    ),
    Button(
        *("paid", "Prepaid", "money", "green", "Money", "Starts the production"),
        ("quote", "measuring"),
    ),
    Button(
        *("lost", "Lost", "flag", "grey", "The end", "It is over; says why"),
        ("new", "quote", "measuring"),
    ),
)
BUTTONS_OF = {one: tuple(button for button in BUTTONS if one in button.stages) for one in STAGES}
GROUPS_OF = {
    stage: {
        group: tuple(one for one in buttons if one.group == group)
        for group in dict.fromkeys(one.group for one in buttons)
    }
    for stage, buttons in BUTTONS_OF.items()
}
SOURCES = {
    "site": Option("Website", "blue"),
    "fair": Option("Fair", "orange"),
    "phone": Option("Called us", "teal"),
    "friend": Option("Recommended", "green"),
    "partner": Option("Partner", "violet"),
}
PRIORITIES = {
    "low": Option("Low", "grey"),
    "normal": Option("Normal", "blue"),
    "high": Option("High", "red"),
}
KINDS = {
    "client": Kind("Client", "user"),
    "deal": Kind("Deal", "home"),
    "task": Kind("Task", "check"),
    "user": Kind("User", "user"),
}
FIELDS = {
    "name": ("Name", "What is sold"),
    "client": ("Client", "Who buys it"),
    "owner": ("Seller", "Who sells it"),
    "stage": ("Stage", "Where the deal stands"),
    "source": ("Source", "How this deal began"),
    "priority": ("Priority", "What is done first"),
    "next_contact": ("Next contact", "When you promised to call next"),
    "phone": ("Phone", "The number for this deal"),
    "email": ("E-mail", "Where the papers of this deal go"),
    "city": ("City", "Where it is delivered"),
    "address": ("Address", "Street, floor, lift"),
    "length_m": ("Length", "All parts together"),
    "price": ("Price", "For a metre"),
    "extras": ("Extras", "What is not counted by the metre"),
    "discount": ("Discount", "More than 10 only after the head agreed"),
    "amount": ("Amount", "What the client pays in all"),
    "prepaid": ("Prepayment", "What came first"),
    "promised_for": ("Promised for", "The day that the client was told"),
    "urgent": ("Urgent", "Everybody who opens the record sees it"),
    "wishes": ("Wishes", "In the client's own words"),
    "lost_reason": ("Lost reason", "The main reason"),
}
STAMPS = (
    ("created_at", "Created"),
    ("created_by", "Created by"),
    ("updated_at", "Changed"),
    ("last_activity_at", "Last activity"),
)
FILTERS = (*((name, label) for name, (label, _) in FIELDS.items()), *STAMPS)
SHOWN = ("stage", "client", "owner", "source", "priority", "next_contact")
COLUMNS = (
    ("title", "Name"),
    *((one, FIELDS[one][0]) for one in SHOWN),
    *((name, label) for name, label in FILTERS if name not in SHOWN),
)
HEADS = (
    ("title", "Name", "name"),
    ("stage", "Stage", "a-stage"),
    ("client", "Client", "drop"),
    ("owner", "Seller", "drop"),
    ("source", "Source", "drop drop-mid"),
    ("priority", "Priority", "drop drop-mid"),
    ("next_contact", "Next contact", "a-when"),
)
