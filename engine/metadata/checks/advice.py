"""Advice: what runs, and could serve people better."""

from __future__ import annotations

from collections.abc import Iterator

from engine.metadata.checks.subject import Subject, warning
from engine.metadata.problems import Problem

SHOWN = 5


def check_help(subject: Subject) -> Iterator[Problem]:
    """Fields without a help text, in a folder where others have one.

    The help stands behind the '?' beside the field; it says what a newcomer would ask.

    Bad:
        name: shop
        entities: {item: {fields: {name: {type: text, help: As on the package}, price: money}}}
    Good:
        name: shop
        entities:
          item:
            fields:
              name: {type: text, help: As on the package}
              price: {type: money, help: With tax}
    """
    fields = [
        field
        for entity in subject.application.entities.values()
        for field in entity.fields.values()
        if field.layer == "own" and not field.hidden
    ]
    silent = [one for one in fields if not one.help]
    if silent and len(silent) < len(fields):
        names = ", ".join(f"{one.entity}.{one.id}" for one in silent[:SHOWN])
        more = ", ..." if len(silent) > SHOWN else ""
        message = f"{len(silent)} of {len(fields)} fields have no help: {names}{more}"
        hint = "write `help: ...`: what a newcomer would ask about it"
        yield warning("W901", silent[0].mark, message, hint, silent[0].address)
