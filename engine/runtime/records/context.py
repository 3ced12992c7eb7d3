"""What an expression sees while a record is written: the record, what it links to, who acts.

`Lookup` fetches each linked record once per transaction. Conditions and formulas read with the
configuration's authority: their author decided what counts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from engine.metadata.expressions.templates import Show
from engine.metadata.model.application import Workdays
from engine.metadata.model.text import RecordRef, Value
from engine.metadata.moments import Length, add_length
from engine.runtime.actor import Actor
from engine.runtime.records.changes import Values
from engine.runtime.records.compiled import CompiledEntity, as_value
from engine.runtime.records.store import CHUNK, Lock, fetch_titles, fetch_values
from engine.runtime.tables.system import STAYS

Path = tuple[str, ...]
SINCE = ("since",)


@dataclass(frozen=True, slots=True)
class Setting:
    """When a transaction happens, in which company, and who acts."""

    now: datetime
    zone: ZoneInfo
    workdays: Workdays
    actor: Actor

    def after(self, instant: datetime, length: Length) -> datetime | None:
        """Return the instant so much later for the company, None where its calendar has none."""
        try:
            return add_length(instant, length, self.zone, self.workdays)
        except (ValueError, OverflowError):
            return None


class Lookup:
    """Other records and where they stand, as the transaction sees them."""

    def __init__(
        self, connection: Connection, entities: Mapping[str, CompiledEntity], setting: Setting
    ) -> None:
        self._connection = connection
        self._entities = entities
        self._setting = setting
        self._known: dict[tuple[str, int], Values | None] = {}
        self._met: dict[tuple[str, int], str] = {}  # titles of records outside the trash
        self._stays: dict[tuple[str, int], dict[tuple[str, str], datetime]] = {}

    def values(self, entity_id: str, record_id: int) -> Values | None:
        """Return a record's values, None where there is no such record."""
        key = (entity_id, record_id)
        if key not in self._known:
            self.fetch(entity_id, (record_id,))
        return self._known[key]

    def known(self, entity_id: str, record_id: int) -> Values | None:
        """Return a record's values where they were fetched or written already."""
        return self._known.get((entity_id, record_id))

    def fetch(self, entity_id: str, record_ids: Iterable[int], *, hold: bool = False) -> None:
        """Fetch records that will be asked for; `hold` keeps others from changing them."""
        hold = hold and self._connection.dialect.name == "postgresql"  # SQLite has one writer
        wanted = sorted({one for one in record_ids if hold or (entity_id, one) not in self._known})
        if not wanted or entity_id not in self._entities:
            self._known |= {(entity_id, one): None for one in wanted}
            return
        lock = Lock.SHARED if hold else None
        found = fetch_values(self._connection, self._entities[entity_id], wanted, lock)
        for one in wanted:
            self._known[entity_id, one] = found.get(one)

    def meet(self, wanted: Mapping[str, Collection[int]]) -> None:
        """Learn at once which records of several entities are outside the trash, and their names.

        It is less than `fetch`, for records of which no expression will read anything.
        """
        unknown = {
            entity_id: sorted(one for one in ids if not self._is_met(entity_id, one))
            for entity_id, ids in wanted.items()
            if entity_id in self._entities
        }
        asked = {entity_id: ids for entity_id, ids in unknown.items() if ids}
        if asked:
            self._met |= fetch_titles(self._connection, self._entities, asked)

    def is_there(self, entity_id: str, record_id: int) -> bool:
        """Say of a record that was met or fetched whether it is outside the trash."""
        key = (entity_id, record_id)
        if key not in self._known:
            return key in self._met
        values = self._known[key]
        return values is not None and values["trashed_at"] is None

    def _is_met(self, entity_id: str, record_id: int) -> bool:
        key = (entity_id, record_id)
        return key in self._known or key in self._met

    def put(self, entity_id: str, record_id: int, values: Values) -> None:
        """Remember what has just been written."""
        self._known[entity_id, record_id] = values

    def entered_at(self, entity_id: str, record_id: int, field: str, stage: str) -> datetime | None:
        """Return when a record entered the stage in which it stands, None for any other stage."""
        key = (entity_id, record_id)
        if key not in self._stays:
            self.fetch_stays(entity_id, (record_id,))
        return self._stays[key].get((field, stage))

    def fetch_stays(self, entity_id: str, record_ids: Iterable[int]) -> None:
        """Fetch where records stand that will be asked for."""
        wanted = sorted({one for one in record_ids if (entity_id, one) not in self._stays})
        self._stays |= {(entity_id, one): {} for one in wanted}
        for start in range(0, len(wanted), CHUNK):
            query = select(STAYS).where(
                STAYS.c.entity == entity_id, STAYS.c.record_id.in_(wanted[start : start + CHUNK])
            )
            for row in self._connection.execute(query):
                self._stays[entity_id, row.record_id][row.field, row.stage] = row.entered_at

    def put_stay(
        self, entity_id: str, record_id: int, field: str, stage: str, entered_at: datetime
    ) -> None:
        """Remember where a record stands now, where that was looked up before."""
        known = self._stays.get((entity_id, record_id))
        if known is not None:
            known[field, stage] = entered_at

    def title(self, entity_id: str, record_id: int) -> str:
        """Return the title of a record."""
        key = (entity_id, record_id)
        if key in self._met and key not in self._known:
            return self._met[key]
        values = self.values(entity_id, record_id)
        return str(values["title"] or "") if values is not None else ""

    def read(self, entity_id: str, record_id: int, path: Path) -> Value:
        """Read a path that begins at a record."""
        if path in ((), ("id",)):
            return record_id
        values = self.values(entity_id, record_id)
        if values is None:
            return None
        return RecordContext(self._entities[entity_id], values, self, self._setting).read(path)


class Scene:
    """One transaction as all its parts see it; `show` prints values for texts that are stored."""

    def __init__(
        self,
        connection: Connection,
        entities: Mapping[str, CompiledEntity],
        setting: Setting,
        show: Show,
    ) -> None:
        self.connection = connection
        self.entities = entities
        self.setting = setting
        self.show = show
        self.lookup = Lookup(connection, entities, setting)

    def context(
        self, compiled: CompiledEntity, values: Values, old: Values | None = None
    ) -> RecordContext:
        """Return what expressions about a record see."""
        return RecordContext(compiled, values, self.lookup, self.setting, old)


class RecordContext:
    """Names of an expression -> values, for one record."""

    __slots__ = ("_compiled", "_lookup", "_old", "_setting", "_values")

    def __init__(
        self,
        compiled: CompiledEntity,
        values: Values,
        lookup: Lookup,
        setting: Setting,
        old: Values | None = None,
    ) -> None:
        self._compiled = compiled
        self._values = values
        self._lookup = lookup
        self._setting = setting
        self._old = old

    @property
    def now(self) -> datetime:
        """Return the instant of the transaction."""
        return self._setting.now

    @property
    def zone(self) -> ZoneInfo:
        """Return the company's zone."""
        return self._setting.zone

    @property
    def workdays(self) -> Workdays:
        """Return the company's working time."""
        return self._setting.workdays

    def read(self, path: Path) -> Value:
        """Return what a path reads."""
        first, rest = path[0], path[1:]
        if first in self._compiled.names:
            return self._follow(first, rest) if rest else self._own(first)
        match first:
            case "user":
                return self._of_user(rest)
            case "old":
                return self._of_old(rest)
            case _:
                return self._virtual(first, rest)

    def _own(self, name: str) -> Value:
        formula = self._compiled.on_read.get(name)
        return self._values.get(name) if formula is None else as_value(formula(self))

    def _follow(self, name: str, rest: Path) -> Value:
        if rest == SINCE and name in self._compiled.pipelines:
            return self._since(name)
        target, record_id = self._compiled.targets.get(name), self._own(name)
        if target is None or not isinstance(record_id, int):
            return None
        return self._lookup.read(target, record_id, rest)

    def _since(self, field: str) -> Value:
        """Return when the record entered its stage; one that is about to enter it does so now."""
        stage, record_id = self._values.get(field), self._values.get("id")
        if stage is None:
            return None
        if not isinstance(record_id, int):
            return self.now
        entered = self._lookup.entered_at(self._compiled.id, record_id, field, str(stage))
        return self.now if entered is None else entered

    def _virtual(self, entity_id: str, rest: Path) -> Value:
        """Follow the record's link to any record, when it leads to this kind."""
        about = self._values.get(self._compiled.any_link or "")
        if not isinstance(about, RecordRef) or about.entity != entity_id:
            return None
        return self._lookup.read(about.entity, about.id, rest)

    def _of_user(self, rest: Path) -> Value:
        actor = self._setting.actor
        if actor.user_id is None:
            return None
        return self._lookup.read("user", actor.user_id, rest)

    def _of_old(self, rest: Path) -> Value:
        if self._old is None:
            return self._compiled.blank.get(rest[0]) if len(rest) == 1 else None
        return RecordContext(self._compiled, self._old, self._lookup, self._setting).read(rest)
