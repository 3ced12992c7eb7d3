"""What waits for one person: tasks, new records, notifications; asked for as any list is."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from engine.runtime.actor import Actor
from engine.runtime.query.records import Page, Record
from engine.runtime.query.request import ListRequest
from engine.web import request as asked

MOST_COUNTED = 99

LATE_TASKS: Mapping[str, str] = MappingProxyType({"to": "me", "done": "false", "due.lt": "now"})
UNREAD: Mapping[str, str] = MappingProxyType({"to": "me", "read": "false"})


def wanted(actor: Actor, entity_id: str, query: Mapping[str, str]) -> ListRequest:
    """Return the list that a query of an address means."""
    return asked.services().reader.parse(actor, entity_id, query.items())


def found(actor: Actor, entity_id: str, query: Mapping[str, str]) -> tuple[Record, ...]:
    """Return the first records of a list."""
    return page_of(actor, entity_id, query).records


def page_of(actor: Actor, entity_id: str, query: Mapping[str, str]) -> Page:
    """Return a page of a list."""
    return asked.services().reader.page(actor, wanted(actor, entity_id, query))


def pages_of(actor: Actor, entity_id: str, *queries: Mapping[str, str]) -> tuple[Page, ...]:
    """Return a page of each of some lists of one kind of records."""
    requests = [wanted(actor, entity_id, one) for one in queries]
    return asked.services().reader.pages(actor, requests)


def how_many(actor: Actor, *lists: tuple[str, Mapping[str, str]]) -> tuple[int, ...]:
    """Return how many records each of some lists has, at most `MOST_COUNTED` and one."""
    requests = [wanted(actor, entity_id, query) for entity_id, query in lists]
    return asked.services().reader.counts(actor, requests, MOST_COUNTED)
