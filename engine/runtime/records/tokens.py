"""Form tokens: the same request twice is done once and answered twice.

The token is taken by a unique key inside the transaction of the write, so that a refused write
leaves it free, and of two equal requests at the same moment one waits for the other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from engine.errors import Conflict, ValidationFailed, say
from engine.metadata.model.text import RecordRef
from engine.runtime.actor import Actor
from engine.runtime.database import Database
from engine.runtime.records.changes import Saved
from engine.runtime.tables.system import FORM_TOKENS
from engine.runtime.upsert import insert_new

KEPT = timedelta(hours=24)
LONGEST = 200
TIDY = "00"  # about one form in 256 takes the old tokens away
REMEMBERING = (
    update(FORM_TOKENS)
    .where(FORM_TOKENS.c.token == bindparam("text"))
    .values(result=bindparam("result"))
)


class Token:
    """A form token being used: by whom, for what body."""

    def __init__(self, text: str, actor: Actor, body: Mapping[str, object]) -> None:
        if not text or len(text) > LONGEST or not text.isprintable():
            raise ValidationFailed({"": (say("The form has lost its token: open it again."),)})
        self.text = text
        self.user_id = actor.user_id
        self.digest = body_digest(body)

    def take(self, connection: Connection, now: datetime) -> Saved | None:
        """Take the token; return the first result where the same request was done before."""
        if self.digest.startswith(TIDY):
            forget_old(connection, now)
        row = {
            "token": self.text,
            "user_id": self.user_id,
            "digest": self.digest,
            "created_at": now,
        }
        return None if insert_new(connection, FORM_TOKENS, row) else self._first_result(connection)

    def remember(self, connection: Connection, saved: Saved) -> None:
        """Keep the result for whoever asks again."""
        made = [[one.entity, one.id] for one in saved.made]
        result = {"entity": saved.entity, "id": saved.id, "version": saved.version, "made": made}
        connection.execute(REMEMBERING, {"text": self.text, "result": result})

    def _first_result(self, connection: Connection) -> Saved:
        found = connection.execute(
            select(FORM_TOKENS).where(FORM_TOKENS.c.token == self.text)
        ).one()
        if (found.digest, found.user_id) != (self.digest, self.user_id):
            raise Conflict(
                say("This form was sent before with other values. Open it again to change them.")
            )
        result = found.result
        made = tuple(RecordRef(*one) for one in result.get("made", ()))
        return Saved(result["entity"], result["id"], result["version"], repeated=True, made=made)


def was_used(database: Database, actor: Actor, token: str, record: RecordRef) -> bool:
    """Say whether this person has done something to a record with a form token before."""
    query = select(FORM_TOKENS.c.result).where(
        FORM_TOKENS.c.token == token, FORM_TOKENS.c.user_id == actor.user_id
    )
    with database.read() as connection:
        result = connection.scalar(query) or {}
    return (result.get("entity"), result.get("id")) == (record.entity, record.id)


def forget_old(connection: Connection, now: datetime) -> None:
    """Drop the tokens that nobody will send again."""
    connection.execute(delete(FORM_TOKENS).where(FORM_TOKENS.c.created_at < now - KEPT))


def body_digest(body: Mapping[str, object]) -> str:
    """Return a digest of what was asked for: equal requests have equal ones."""
    try:
        text = json.dumps(body, sort_keys=True, default=_plain, ensure_ascii=True)
    except (ValueError, TypeError, RecursionError):  # endless digits, rings, odd keys
        raise ValidationFailed({"": (say("What was sent can't be read."),)}) from None
    return sha256(text.encode()).hexdigest()


def _plain(value: object) -> Any:
    match value:
        case Decimal():
            return str(value)
        case datetime() | date():
            return value.isoformat()
        case RecordRef():
            return [value.entity, value.id]
        case Mapping():
            return dict(value)
        case set() | frozenset():
            return sorted(map(str, value))
        case _:
            return repr(value)
