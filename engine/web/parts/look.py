"""Through whose eyes a page is drawn: who looks, when, in which zone and language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from engine.errors import Message
from engine.metadata.expressions.templates import Show
from engine.metadata.model.application import Application
from engine.metadata.model.field import Field
from engine.metadata.model.text import Value
from engine.runtime import speech
from engine.runtime.actor import Actor
from engine.web import request as asked
from engine.web.templating import reader


@dataclass(frozen=True)
class Look:
    """One person's view of the records: the same to the end of a request."""

    application: Application
    actor: Actor
    now: datetime
    zone: ZoneInfo
    language: str
    show: Callable[[Value, Field], str]
    writer: Callable[[Field], Callable[[Any], str]]
    text: Callable[[Message], str]
    shower: Show
    company_zone: ZoneInfo

    @cached_property
    def today(self) -> date:
        """Return the viewer's day."""
        return self.now.astimezone(self.zone).date()

    def local(self, at: datetime) -> datetime:
        """Return an instant on the viewer's clock."""
        return at.astimezone(self.zone)


def current_look() -> Look:
    """Return the look of whoever sent the request at hand."""
    to = reader()
    return Look(
        application=to.application,
        actor=asked.current_actor(),
        now=asked.now(),
        zone=to.zone,
        language=to.language,
        show=lambda value, field: speech.show_field(value, field, to),
        writer=lambda field: speech.writer_of(field, to),
        text=to.text,
        shower=lambda value, typed: speech.show_kind(value, typed.kind, typed.options, to),
        company_zone=asked.company_zone(),
    )
