"""The engine's own tables (`kt_*`): versions, history, outbox, timers, accounts, logs.

They belong to the engine's release, not to a configuration. `user_id` and `record_id` are ids of
records without a foreign key, because the tables of records come and go with configurations.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.dialects.postgresql import JSONB

from engine.runtime.tables.columns import Instant, RecordId, YesNo

SYSTEM: Final = MetaData()
Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def _id() -> Column[int]:
    return Column("id", RecordId, primary_key=True)


def _name(name: str, *, primary_key: bool = False, default: str | None = None) -> Column[str]:
    """Return a text that is always there."""
    return Column(name, Text, primary_key=primary_key, nullable=False, server_default=default)


def _at(name: str) -> Column[Any]:
    return Column(name, Instant, nullable=False)


META = Table("kt_meta", SYSTEM, _name("key", primary_key=True), _name("value"))

VERSIONS = Table(
    "kt_versions",
    SYSTEM,
    _id(),
    _name("digest"),
    _name("engine"),
    Column("sources", Json, nullable=False),  # path -> text of the folder
    _name("author"),
    Column("plan", Json, nullable=False),
    Column("holds", Json),  # entity -> numbers of its table and of its fields' columns
    _at("applied_at"),
    sqlite_autoincrement=True,
)

# What exists in the database: the plan compares with this, not with a guess.
TABLES = Table(
    "kt_tables",
    SYSTEM,
    _name("name", primary_key=True),
    _name("entity"),
    _name("state"),  # active, retired
    Column("retired_at", Instant),
    Column("number", Integer),  # stays whatever the table is called
)
COLUMNS = Table(
    "kt_columns",
    SYSTEM,
    _name("table_name", primary_key=True),
    _name("name", primary_key=True),
    _name("field"),
    Column("part", Integer, nullable=False, server_default="0"),  # an any_link has two
    _name("type"),  # the field's type when it was made
    _name("storage"),
    Column("scale", Integer, nullable=False, server_default="0"),
    Column("target", Text),  # the table that a link points at
    Column("computed", YesNo, nullable=False, server_default=false()),
    _name("state"),
    Column("retired_at", Instant),
    Column("number", Integer),  # stays whatever the column is called; both of an any_link share it
    Column("origin", Integer),  # the number of the first column that this field ever had
    Column("last_change", BigInteger),  # the id in kt_history of the last change before it retired
)
INDEXES = Table(
    "kt_indexes",
    SYSTEM,
    _name("name", primary_key=True),
    _name("table_name"),
    Column("columns", Json, nullable=False),
    Column("is_unique", YesNo, nullable=False, server_default=false()),
    _name("method"),
)

HISTORY = Table(
    "kt_history",
    SYSTEM,
    _id(),
    _name("entity"),
    Column("record_id", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    _name("action"),
    _name("actor_kind"),  # user, engine, rule
    Column("user_id", BigInteger),
    _name("actor_name", default=""),
    _at("at"),
    Column("before", Json),
    Column("after", Json),
    Column("fields", Json),
    Column("token", Text),
    Column("press", Json),  # which button, and which try of its ladder
    Column("run_id", BigInteger),  # the run of a rule or button that made this change
    UniqueConstraint("entity", "record_id", "version", name="uq$kt_history"),
    Index("ix$kt_history$record", "entity", "record_id", "id"),
    Index("ix$kt_history$at", "at"),
    Index("ix$kt_history$user", "user_id", "id"),
    sqlite_autoincrement=True,
)

OUTBOX = Table(
    "kt_outbox",
    SYSTEM,
    _id(),
    Column("history_id", BigInteger),
    _name("entity"),
    Column("record_id", BigInteger),
    _name("kind"),
    _name("rule_id", default=""),
    Column("action_no", Integer, nullable=False, server_default="0"),
    _name("key"),
    Column("body", Json),
    _name("state", default="waiting"),  # waiting, leased, done, dead, held
    _at("available_at"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("last_error", Text),
    Column("lease_token", Text),
    Column("lease_until", Instant),
    _at("created_at"),
    Column("done_at", Instant),
    UniqueConstraint("key", name="uq$kt_outbox$key"),
    UniqueConstraint("history_id", "rule_id", "action_no", name="uq$kt_outbox$action"),
    Index("ix$kt_outbox$due", "state", "available_at", "id"),
    sqlite_autoincrement=True,
)

TIMERS = Table(
    "kt_timers",
    SYSTEM,
    _id(),
    _name("kind"),
    _name("entity"),
    Column("record_id", BigInteger, nullable=False),
    _name("name", default=""),
    _at("due_at"),
    _name("state", default="waiting"),  # waiting, fired, cancelled, dead, held
    Column("body", Json),
    _at("created_at"),
    Column("fired_at", Instant),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("last_error", Text),
    Column("lease_token", Text),
    Column("lease_until", Instant),
    UniqueConstraint("kind", "entity", "record_id", "name", name="uq$kt_timers"),
    Index("ix$kt_timers$due", "state", "due_at"),
    sqlite_autoincrement=True,
)

RUNS = Table(
    "kt_runs",
    SYSTEM,
    _id(),
    _name("rule_id"),
    Column("history_id", BigInteger),
    _name("entity"),
    Column("record_id", BigInteger),
    _name("state"),  # running, done, not_run, stopped, guarded, failed
    Column("trace", Json),
    _at("started_at"),
    Column("finished_at", Instant),
    UniqueConstraint("history_id", "rule_id", name="uq$kt_runs"),
    Index("ix$kt_runs$record", "entity", "record_id", "id"),
    Index("ix$kt_runs$rule", "rule_id", "entity", "record_id", "started_at"),
    sqlite_autoincrement=True,
)
# Where each record stands in each pipeline, and since when.
STAYS = Table(
    "kt_stays",
    SYSTEM,
    _name("entity", primary_key=True),
    Column("record_id", BigInteger, primary_key=True, autoincrement=False),
    _name("field", primary_key=True),
    _name("stage"),
    _at("entered_at"),
)
# How often the button of a ladder was pressed on a record since its count began.
LADDERS = Table(
    "kt_ladders",
    SYSTEM,
    _name("entity", primary_key=True),
    Column("record_id", BigInteger, primary_key=True, autoincrement=False),
    _name("button", primary_key=True),
    Column("count", Integer, nullable=False),
    _at("pressed_at"),
    Column("next_at", Instant),
)
# Whose turn it was last, for each step that assigns in turn.
TURNS = Table(
    "kt_turns",
    SYSTEM,
    _name("address", primary_key=True),
    Column("user_id", BigInteger, nullable=False),
)

SESSIONS = Table(
    "kt_sessions",
    SYSTEM,
    _name("id", primary_key=True),  # the digest of what the cookie holds
    Column("user_id", BigInteger, nullable=False),
    _at("created_at"),
    _at("seen_at"),
    _at("expires_at"),
    Column("ended_at", Instant),
    _name("address", default=""),
    _name("agent", default=""),
    Column("data", Json),
    Index("ix$kt_sessions$user", "user_id"),
)
ACCOUNTS = Table(
    "kt_accounts",
    SYSTEM,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("password_hash", Text),
    Column("must_change", YesNo, nullable=False, server_default=false()),
    Column("disabled_at", Instant),
    _at("created_at"),
    Column("changed_at", Instant),
    Column("signed_in_at", Instant),
    Column("look", Json),  # how this person's pages look: theme, density
)
TOKENS = Table(
    "kt_tokens",
    SYSTEM,
    _name("id", primary_key=True),  # the digest of what the link holds
    _name("purpose"),
    Column("user_id", BigInteger),
    Column("body", Json),
    _at("created_at"),
    _at("expires_at"),
    Column("used_at", Instant),
)
ATTEMPTS = Table(
    "kt_attempts",
    SYSTEM,
    _id(),
    _at("at"),
    _name("login"),
    _name("address"),
    _name("outcome"),
    Column("user_id", BigInteger),
    Index("ix$kt_attempts$login", "login", "at"),
    Index("ix$kt_attempts$address", "address", "at"),
    sqlite_autoincrement=True,
)
BANS = Table(
    "kt_bans",
    SYSTEM,
    _name("kind", primary_key=True),  # login, address
    _name("subject", primary_key=True),
    _at("created_at"),
    _at("until"),
)
FORM_TOKENS = Table(
    "kt_form_tokens",
    SYSTEM,
    _name("token", primary_key=True),
    Column("user_id", BigInteger),
    _name("digest"),
    Column("result", Json),
    _at("created_at"),
    Index("ix$kt_form_tokens$at", "created_at"),
)
SEQUENCES = Table(
    "kt_sequences",
    SYSTEM,
    _name("entity", primary_key=True),
    _name("field", primary_key=True),
    _name("period", primary_key=True),
    Column("last", BigInteger, nullable=False),
)
ROW_KEYS = Table(
    "kt_row_keys",
    SYSTEM,
    _name("entity", primary_key=True),
    _name("key", primary_key=True),
    Column("record_id", BigInteger, nullable=False),
    Column("loaded_at", Instant),
)
LOG = Table(
    "kt_log",
    SYSTEM,
    _id(),
    _at("at"),
    _name("kind"),
    _name("actor_kind", default="user"),
    Column("user_id", BigInteger),
    _name("actor_name", default=""),
    Column("entity", Text),
    Column("record_id", BigInteger),
    _name("address", default=""),
    Column("what", Json),
    Index("ix$kt_log$at", "at"),
    sqlite_autoincrement=True,
)

# Tables that name an entity, for when it gets another id.
NAMING_ENTITIES: Final = (
    *(HISTORY, OUTBOX, TIMERS, RUNS, STAYS, LADDERS, SEQUENCES, ROW_KEYS, LOG),
)
