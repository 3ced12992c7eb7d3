"""The tables as this CRM uses them: the columns that its pages read and write, and no others."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Dialect,
    Integer,
    MetaData,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.types import TypeDecorator, TypeEngine

METADATA = MetaData()
RecordId = BigInteger().with_variant(Integer, "sqlite")
Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class Moment(TypeDecorator[datetime]):
    """An instant in UTC; a text of fixed width in SQLite."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the type of the database."""
        kind = TIMESTAMP(timezone=True) if dialect.name == "postgresql" else Text()
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Write an instant."""
        if value is None or dialect.name == "postgresql":
            return value
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def process_result_value(
        self, value: str | datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Read an instant."""
        del dialect
        return datetime.fromisoformat(value) if isinstance(value, str) else value


def _record(name: str, *columns: Column[Any]) -> Table:
    return Table(
        name,
        METADATA,
        Column("id", RecordId, primary_key=True),
        Column("title", Text),
        Column("title_key", Text),
        Column("search_text", Text),
        Column("created_at", Moment),
        Column("created_by", BigInteger),
        Column("updated_at", Moment),
        Column("updated_by", BigInteger),
        Column("archived", Boolean, default=False),
        Column("trashed_at", Moment),
        Column("version", Integer, default=1),
        Column("last_activity_at", Moment),
        *columns,
    )


def _about() -> tuple[Column[Any], Column[Any]]:
    """Return the columns of the record that something is about."""
    return (
        Column("_about_entity", Text, key="about_entity"),
        Column("_about_id", BigInteger, key="about_id"),
    )


USER = _record("e_user", Column("name", Text), Column("roles", Text), Column("team", BigInteger))
CLIENT = _record(
    "e_client",
    Column("name", Text),
    Column("city", Text),
    Column("owner", BigInteger),
)
DEAL = _record(
    "e_deal",
    Column("name", Text),
    Column("client", BigInteger),
    Column("owner", BigInteger),
    Column("stage", Text),
    Column("source", Text),
    Column("priority", Text),
    Column("next_contact", Moment),
    Column("phone", Text),
    Column("email", Text),
    Column("city", Text),
    Column("address", Text),
    Column("length_m", BigInteger),
    Column("price", BigInteger),
    Column("extras", BigInteger),
    Column("discount", BigInteger),
    Column("amount", BigInteger),
    Column("prepaid", BigInteger),
    Column("promised_for", Date),
    Column("urgent", Boolean, default=False),
    Column("wishes", Text),
    Column("lost_reason", Text),
)
TASK = _record(
    "e_task",
    Column("subject", Text),
    Column("due", Moment),
    Column("to", BigInteger),
    Column("type", Text),
    Column("done", Boolean, default=False),
    *_about(),
)
NOTE = _record(
    "e_activity",
    Column("type", Text),
    Column("text", Text),
    Column("by", BigInteger),
    Column("at", Moment),
    *_about(),
)
NOTICE = _record("e_notification", Column("to", BigInteger), Column("read", Boolean))
HISTORY = Table(
    "kt_history",
    METADATA,
    Column("id", RecordId, primary_key=True),
    Column("entity", Text),
    Column("record_id", BigInteger),
    Column("version", Integer),
    Column("action", Text),
    Column("actor_kind", Text),
    Column("user_id", BigInteger),
    Column("actor_name", Text),
    Column("at", Moment),
    Column("before", Json),
    Column("after", Json),
    Column("fields", Json),
)
OUTBOX = Table(
    "kt_outbox",
    METADATA,
    Column("id", RecordId, primary_key=True),
    Column("history_id", BigInteger),
    Column("entity", Text),
    Column("record_id", BigInteger),
    Column("kind", Text, default="change"),
    Column("key", Text),
    Column("state", Text, default="waiting"),
    Column("available_at", Moment),
    Column("created_at", Moment),
)
STAYS = Table(
    "kt_stays",
    METADATA,
    Column("entity", Text, primary_key=True),
    Column("record_id", BigInteger, primary_key=True),
    Column("field", Text, primary_key=True),
    Column("stage", Text),
    Column("entered_at", Moment),
)
SESSIONS = Table(
    "kt_sessions",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("user_id", BigInteger),
    Column("seen_at", Moment),
    Column("expires_at", Moment),
    Column("ended_at", Moment),
)
ACCOUNTS = Table(
    "kt_accounts",
    METADATA,
    Column("user_id", BigInteger, primary_key=True),
    Column("disabled_at", Moment),
)
