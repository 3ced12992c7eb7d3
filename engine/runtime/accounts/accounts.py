"""Joins the room: the door, the people and their one-time links."""

from __future__ import annotations

from dataclasses import dataclass

from engine.clock import Clock
from engine.metadata.model.application import Application
from engine.runtime.accounts.door import Door
from engine.runtime.accounts.invitations import Invitations
from engine.runtime.accounts.ledger import Ledger
from engine.runtime.accounts.passwords import Passwords
from engine.runtime.accounts.people import People
from engine.runtime.accounts.sessions import Sessions
from engine.runtime.accounts.throttle import Throttle
from engine.runtime.accounts.users import UserRecords, Users
from engine.runtime.database import Database
from engine.runtime.tables.entity import RecordTables


@dataclass(frozen=True, slots=True)
class Accounts:
    """Everything about who may come in."""

    door: Door
    people: People
    invitations: Invitations


def open_accounts(
    database: Database,
    tables: RecordTables,
    application: Application,
    clock: Clock,
    records: UserRecords,
    passwords: Passwords,
) -> Accounts:
    """Join the room for one version of a configuration; `passwords` is the process's only one."""
    users = Users(application, tables)
    sessions = Sessions(database, clock)
    throttle = Throttle(database, clock)
    ledger = Ledger(database, clock, passwords)
    door = Door(database, clock, users, passwords, sessions, throttle, ledger)
    people = People(database, application, records, users, throttle, ledger, door)
    return Accounts(door, people, Invitations(database, clock, users, people, door, ledger))
