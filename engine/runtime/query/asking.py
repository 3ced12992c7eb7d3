"""The circumstances in which the text of a filter is read, and the refusal of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from engine.errors import Message
from engine.metadata.model.application import Application, Workdays
from engine.metadata.model.field import Field
from engine.runtime.actor import Actor


class Unclear(Exception):
    """The text is nothing that the field can be compared with."""

    def __init__(self, message: Message) -> None:
        self.message = message
        super().__init__(str(message))


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, when and in which zone, in a company of which working days and phone region."""

    actor: Actor
    now: datetime
    zone: ZoneInfo
    workdays: Workdays
    phone_region: str

    @property
    def today(self) -> date:
        """Return the day on which the actor asks."""
        return self.now.astimezone(self.zone).date()


def zone_of(actor: Actor, application: Application) -> ZoneInfo:
    """Return the zone of an actor; one that is not known any more is the company's."""
    try:
        return ZoneInfo(actor.timezone or application.timezone)
    except (KeyError, ValueError, OSError):
        return ZoneInfo(application.timezone)


@dataclass(frozen=True, slots=True)
class Asked:
    """The field that is asked for, with the decimals of its values."""

    field: Field
    scale: int
