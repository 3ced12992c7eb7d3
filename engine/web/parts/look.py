"""Through whose eyes a page is drawn: who looks, when, in which zone and language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from engine.errors import Message
from engine.metadata.expressions.compile import Typed
from engine.metadata.expressions.evaluate import Result
from engine.metadata.expressions.templates import Show
from engine.metadata.model.application import Application
from engine.metadata.model.field import Field
from engine.metadata.model.text import Value
from engine.runtime.actor import Actor
from engine.web import request as asked
from engine.web.templating import sentence, show_value


@dataclass(frozen=True, slots=True)
class Look:
    """One person's view of the records: the same to the end of a request."""

    application: Application
    actor: Actor
    now: datetime
    zone: ZoneInfo
    language: str
    show: Callable[[Value, Field], str]
    text: Callable[[Message], str]
    shower: Show
    company_zone: ZoneInfo

    @property
    def today(self) -> date:
        """Return the viewer's day."""
        return self.now.astimezone(self.zone).date()

    def local(self, at: datetime) -> datetime:
        """Return an instant on the viewer's clock."""
        return at.astimezone(self.zone)


def show_typed(value: Result, typed: Typed) -> str:
    """Return the value of an expression as a person reads it."""
    parts, language = asked.services(), asked.language()
    return parts.translator.show_typed(value, typed, language, asked.zone(), parts.application)


def current_look() -> Look:
    """Return the look of whoever sent the request at hand."""
    return Look(
        application=asked.services().application,
        actor=asked.current_actor(),
        now=asked.now(),
        zone=asked.zone(),
        language=asked.language(),
        show=show_value,
        text=sentence,
        shower=show_typed,
        company_zone=asked.company_zone(),
    )
