"""The living parts of one applied version, joined: what a page, a command or a job works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from engine.clock import Clock
from engine.metadata.model.application import Application
from engine.runtime.access import Access
from engine.runtime.accounts.accounts import Accounts
from engine.runtime.database import Database
from engine.runtime.plan.folder import WatchedFolder
from engine.runtime.plan.steps import Plan
from engine.runtime.query.select import Reader
from engine.runtime.records.service import RecordService
from engine.runtime.tables.entity import RecordTables
from engine.runtime.translate import Translator
from engine.settings import Settings

# A plan that somebody has agreed to, what is served after it, and who applies it.
ApplyPlan: TypeAlias = Callable[[Plan, Application, str], None]


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that one version of a CRM does; `engine.app` makes it."""

    application: Application
    clock: Clock
    database: Database
    tables: RecordTables
    access: Access
    reader: Reader
    records: RecordService
    accounts: Accounts
    translator: Translator
    settings: Settings
    apply: ApplyPlan
    folder: WatchedFolder | None = None
