"""The folder beside a serving process: each change of it is served at once, asked about, or told.

A look has two halves. `examine` reads the folder and finds what to do; it changes nothing, so that
a file that is half written may be read twice. `settle` does it: applies what only adds or looks
different, and keeps everything else for a person. Whatever goes wrong, the version that is served
goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event, Lock

from engine.app import apply_plan
from engine.errors import EngineError, Message, Refused, Unavailable, say
from engine.log import logger
from engine.metadata.load import ReadFiles, load
from engine.metadata.model.application import Application
from engine.runtime.database import Database
from engine.runtime.plan.agreement import Agreement, require_agreement
from engine.runtime.plan.compare import make_plan
from engine.runtime.plan.folder import FolderState, Standing
from engine.runtime.plan.history import brings_back
from engine.runtime.plan.renames import Renames
from engine.runtime.plan.steps import Plan
from engine.runtime.readiness import newest_digest
from engine.start import AUTHOR

log = logger("live")

Tell = Callable[[FolderState, Plan | None], None]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a look found: the state to come, and the plan to apply before it.

    `after` is how often the folder had been applied here when the look began.
    """

    state: FolderState
    to_apply: Plan | None = None
    after: int = 0

    @property
    def is_doubtful(self) -> bool:
        """Say whether it may be gone at the next look: a file may have been half written."""
        return self.state.standing is not Standing.SERVED


class LiveFolder:
    """A folder of a CRM, with what was found in it and what is to be done.

    `tell` hears of every new state, and of the plan where one was applied by itself; `go_over`
    lets the process serve what was applied.
    """

    def __init__(
        self,
        folder: Path,
        database: Database,
        state: FolderState,
        *,
        tell: Tell,
        go_over: Callable[[], None],
        demo: bool = False,
        files: ReadFiles | None = None,
    ) -> None:
        self.folder = folder
        self.again = Event()
        self._database = database
        self._state = state
        self._tell = tell
        self._go_over = go_over
        self._demo = demo
        self._turn = Lock()
        self._applies = 0
        self._files = files or ReadFiles()

    @property
    def name(self) -> str:
        """Return the folder as it was typed."""
        return str(self.folder)

    @property
    def state(self) -> FolderState:
        """Return what was found at the last look."""
        return self._state

    def look_again(self) -> None:
        """Let the watcher look once more."""
        self.again.set()

    def examine(self) -> Finding:
        """Read the folder and find out what to do with it."""
        after = self._applies
        return replace(self._examined(), after=after)

    def _examined(self) -> Finding:
        try:
            found = load(self.folder, self._files)
        except EngineError as error:
            return Finding(self._wrong(error.message))
        if found.application is None:
            now = self._database.clock.now()
            return Finding(FolderState(Standing.WRONG, now, found.problems, found.sources))
        plan = make_plan(self._database, found.application, demo=self._demo)
        state = FolderState(
            Standing.SERVED, self._database.clock.now(), found.problems, found.sources
        )
        held = brings_back(self._database, plan)
        return judged(state, plan, found.application, taken_back=held)

    def settle(self, finding: Finding) -> None:
        """Do what a look has found out, and tell it where it is news.

        What was found before somebody has applied the folder is looked for again.
        """
        with self._turn:
            if finding.after != self._applies:
                self.again.set()
                return
            if finding.to_apply is not None and finding.state.wanted is not None:
                state = self._applied(finding.to_apply, finding.state.wanted, finding.state)
            else:
                state = finding.state
            is_news = finding.to_apply is not None or not is_same(state, self._state)
            if is_news:
                self._state = state
        if is_news:
            is_done = state.standing is Standing.SERVED and state.refusal is None
            self._tell(state, finding.to_apply if is_done else None)

    def give_up(self, message: Message) -> None:
        """Say why the folder can't be looked at for now."""
        self.settle(Finding(self._wrong(message), after=self._applies))

    def plan(self, renames: Renames) -> Plan | None:
        """Return the plan as the data are now; None where the folder does not ask."""
        state = self._state
        if state.standing is not Standing.ASKS or state.wanted is None:
            return None
        return make_plan(self._database, state.wanted, demo=self._demo, renames=renames)

    def apply(self, plan: Plan, agreement: Agreement, author: str) -> None:
        """Apply a plan of this folder that somebody has agreed to, and serve it."""
        with self._turn:
            wanted = self._state.wanted
            if wanted is None or wanted.digest != plan.wanted:
                raise Refused(
                    say("The folder has changed since this plan was made."),
                    say("Nothing was changed. Look at the plan again."),
                )
            require_agreement(plan, agreement)
            self._apply(plan, wanted, author)
            state = FolderState(
                Standing.SERVED,
                self._database.clock.now(),
                self._state.problems,
                self._state.sources,
            )
            self._state = state
        self._tell(state, plan)

    def _applied(self, plan: Plan, wanted: Application, state: FolderState) -> FolderState:
        """Apply by itself, and return the state after it.

        What failed has changed nothing, but for rows: the version is served without them then.
        """
        try:
            self._apply(plan, wanted, AUTHOR)
        except EngineError as error:
            if isinstance(error, Unavailable):
                self.again.set()  # that passes by itself
            elif newest_digest(self._database) == wanted.digest:
                return replace(state, wanted=None, refusal=error.message)
            return self._wrong(error.message)
        except Exception:
            log.exception("apply_broke", folder=self.name)
            return self._wrong(
                say("Something went wrong inside Kartoteka; the change was not applied.")
            )
        return replace(state, wanted=None)

    def _apply(self, plan: Plan, wanted: Application, author: str) -> None:
        try:
            apply_plan(self._database, plan, wanted, author, demo=self._demo)
        finally:
            self._applies += 1
            self._go_over()
            self.again.set()  # somebody else may have been faster
            if newest_digest(self._database) in (plan.base, plan.wanted):
                self.again.clear()  # what is served now is known here

    def _wrong(self, refusal: Message) -> FolderState:
        return FolderState(Standing.WRONG, self._database.clock.now(), refusal=refusal)


def judged(
    state: FolderState, plan: Plan, wanted: Application, *, taken_back: bool = False
) -> Finding:
    """Return what a plan means for a folder without mistakes."""
    if plan.is_empty and plan.base == plan.wanted:
        return Finding(state)
    if plan.needs_yes or taken_back:
        return Finding(
            replace(state, standing=Standing.ASKS, plan=plan, wanted=wanted, taken_back=taken_back)
        )
    return Finding(replace(state, wanted=wanted), plan)


def is_same(state: FolderState, before: FolderState) -> bool:
    """Say whether a state tells a person nothing new."""
    return told(state) == told(before)


def told(state: FolderState) -> tuple[object, ...]:
    """Return what a person hears of a state."""
    plan = state.plan
    return (
        state.standing,
        state.problems,
        state.refusal,
        state.taken_back,
        None if plan is None else (plan.digest, plan.look_alikes),
    )
