"""What the pages ask the database: written once, with the row right in every query on deals."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)

from bench.handwritten import words
from bench.handwritten.door import Me
from bench.handwritten.tables import CLIENT, DEAL, HISTORY, NOTE, NOTICE, STAYS, TASK, USER

PAGE, LANE, HITS, FEW = 50, 20, 20, 6
COUNTED = 1_000
STORY = 20
OWNER = USER.alias("owner")
MAKER = USER.alias("maker")
CHANGER = USER.alias("changer")

Found = Any  # a row of a query
Rows = Sequence[Found]


def seen(me: Me) -> ColumnElement[bool]:
    """Return the condition for deals that somebody sees: their own, the team's, nobody's."""
    team = select(USER.c.id).where(USER.c.team == me.team)
    return and_(
        DEAL.c.trashed_at.is_(None),
        or_(DEAL.c.owner == me.id, DEAL.c.owner.is_(None), DEAL.c.owner.in_(team)),
    )


def frame(connection: Connection, me: Me) -> tuple[int, int]:
    """Return how many tasks are late and how many notices unread."""
    late = select(TASK.c.id).where(
        *(TASK.c.to == me.id, TASK.c.done.is_(False), TASK.c.trashed_at.is_(None)),
        *(TASK.c.archived.is_(False), TASK.c.due < words.now()),
    )
    unread = select(NOTICE.c.id).where(
        *(NOTICE.c.to == me.id, NOTICE.c.read.is_(False), NOTICE.c.trashed_at.is_(None)),
        NOTICE.c.archived.is_(False),
    )
    counts = select(
        select(func.count()).select_from(late.limit(100).subquery()).scalar_subquery(),
        select(func.count()).select_from(unread.limit(100).subquery()).scalar_subquery(),
    )
    found = connection.execute(counts).one()
    return found[0], found[1]


def narrowed(me: Me, filters: dict[str, str]) -> ColumnElement[bool]:
    """Return the condition of a list."""
    parts = [seen(me), DEAL.c.archived.is_(False)]
    parts += [DEAL.c[name].in_(value.split(",")) for name, value in filters.items()]
    return and_(*parts)


def listed(
    connection: Connection, me: Me, filters: dict[str, str], after: str
) -> tuple[Rows, str, str]:
    """Return a page of deals, the newest first, and the cursors before and after it."""
    query = _with_names(DEAL.c.source, DEAL.c.priority, DEAL.c.next_contact, DEAL.c.created_at)
    query = query.where(narrowed(me, filters))
    if after:
        query = query.where(tuple_(DEAL.c.created_at, DEAL.c.id) < _read(after))
    query = query.order_by(DEAL.c.created_at.desc(), DEAL.c.id.desc()).limit(PAGE + 1)
    found = connection.execute(query).all()
    shown = found[:PAGE]
    following = cursor(shown[-1]) if len(found) > PAGE else ""
    return shown, (cursor(shown[0]) if shown and after else ""), following


def count(connection: Connection, me: Me, filters: dict[str, str]) -> int:
    """Return how many deals a list has, as far as anybody counts."""
    found = select(DEAL.c.id).where(narrowed(me, filters)).limit(COUNTED + 1)
    counted = connection.scalar(select(func.count()).select_from(found.subquery()))
    return int(counted or 0)


def deal(connection: Connection, me: Me, number: int) -> Found | None:
    """Return a deal with the names of whom it points at."""
    query = (
        select(
            DEAL,
            CLIENT.c.title.label("client_title"),
            OWNER.c.title.label("owner_title"),
            MAKER.c.title.label("maker_title"),
            CHANGER.c.title.label("changer_title"),
        )
        .select_from(DEAL)
        .outerjoin(CLIENT, CLIENT.c.id == DEAL.c.client)
        .outerjoin(OWNER, OWNER.c.id == DEAL.c.owner)
        .outerjoin(MAKER, MAKER.c.id == DEAL.c.created_by)
        .outerjoin(CHANGER, CHANGER.c.id == DEAL.c.updated_by)
        .where(DEAL.c.id == number, seen(me))
    )
    return connection.execute(query).one_or_none()


def stage_since(connection: Connection, number: int) -> datetime | None:
    """Return since when a deal stands in its stage."""
    return connection.scalar(
        select(STAYS.c.entered_at).where(
            STAYS.c.entity == "deal", STAYS.c.record_id == number, STAYS.c.field == "stage"
        )
    )


def tasks_of(connection: Connection, number: int) -> Rows:
    """Return the open tasks about a deal, the first one first."""
    query = select(TASK.c.id, TASK.c.title, TASK.c.due).where(
        *(TASK.c.about_entity == "deal", TASK.c.about_id == number),
        *(TASK.c.done.is_(False), TASK.c.trashed_at.is_(None), TASK.c.archived.is_(False)),
    )
    return connection.execute(query.order_by(TASK.c.due).limit(20)).all()


def story(connection: Connection, number: int) -> Rows:
    """Return what happened with a deal, its notes and its tasks, the newest first."""
    columns = (
        *(HISTORY.c.id, HISTORY.c.entity, HISTORY.c.action, HISTORY.c.at, HISTORY.c.actor_name),
        *(HISTORY.c.before, HISTORY.c.after, HISTORY.c.fields),
    )
    own = select(*columns, literal("").label("text")).where(
        HISTORY.c.entity == "deal", HISTORY.c.record_id == number
    )
    notes = (
        select(*columns, NOTE.c.text)
        .select_from(HISTORY)
        .join(NOTE, NOTE.c.id == HISTORY.c.record_id)
        .where(HISTORY.c.entity == "activity", HISTORY.c.action == "create")
        .where(NOTE.c.about_entity == "deal", NOTE.c.about_id == number)
        .where(NOTE.c.trashed_at.is_(None))
    )
    tasks = (
        select(*columns, TASK.c.title.label("text"))
        .select_from(HISTORY)
        .join(TASK, TASK.c.id == HISTORY.c.record_id)
        .where(HISTORY.c.entity == "task", HISTORY.c.action.in_(("create", "finish")))
        .where(TASK.c.about_entity == "deal", TASK.c.about_id == number)
        .where(TASK.c.trashed_at.is_(None))
    )
    found = [
        row
        for query in (own, notes, tasks)
        for row in connection.execute(
            query.order_by(HISTORY.c.at.desc(), HISTORY.c.id.desc()).limit(STORY)
        )
    ]
    return sorted(found, key=lambda one: (one.at, one.id), reverse=True)[:STORY]


def clients_offered(connection: Connection) -> Rows:
    """Return the clients that a form offers."""
    query = select(CLIENT.c.id, CLIENT.c.title, CLIENT.c.city).where(
        CLIENT.c.trashed_at.is_(None), CLIENT.c.archived.is_(False)
    )
    return connection.execute(
        query.order_by(CLIENT.c.updated_at.desc(), CLIENT.c.id.desc()).limit(8)
    ).all()


def hits(connection: Connection, me: Me, text: str) -> Rows:
    """Return records whose texts hold all words, those that begin with the first one first."""
    parts = [one.casefold() for one in text.split()]
    kinds = [
        ("client", CLIENT, CLIENT.c.city, CLIENT.c.trashed_at.is_(None)),
        ("deal", DEAL, DEAL.c.city, seen(me)),
        ("task", TASK, literal(""), and_(TASK.c.to == me.id, TASK.c.trashed_at.is_(None))),
        ("user", USER, literal(""), USER.c.trashed_at.is_(None)),
    ]
    found = [
        select(
            literal(kind).label("kind"),
            *(table.c.id, table.c.title, note.label("note"), table.c.title_key.label("key")),
            case((_like(table.c.title_key, parts[0], ""), 0), else_=1).label("r"),
        ).where(right, *(_like(table.c.search_text, one) for one in parts))
        for kind, table, note, right in kinds
    ]
    all_of_them = union_all(*found).subquery()
    query = select(all_of_them).order_by(all_of_them.c.r, all_of_them.c.key).limit(HITS)
    return connection.execute(query).all()


def lane(connection: Connection, me: Me, stage: str, *, closed: bool) -> Rows:
    """Return the cards of a column of the board, and one more."""
    query = _with_names(
        *(DEAL.c.amount, DEAL.c.promised_for, DEAL.c.created_at, DEAL.c.last_activity_at)
    )
    order = DEAL.c.updated_at if closed else DEAL.c.created_at
    query = query.where(narrowed(me, {"stage": stage}))
    return connection.execute(query.order_by(order.desc(), DEAL.c.id.desc()).limit(LANE + 1)).all()


def lane_heads(connection: Connection, me: Me) -> Rows:
    """Return how many deals each column of the board holds, and what they come to."""
    query = select(DEAL.c.stage, func.count(), func.sum(DEAL.c.amount))
    return connection.execute(query.where(narrowed(me, {})).group_by(DEAL.c.stage)).all()


def next_tasks(connection: Connection, numbers: Iterable[int]) -> dict[int, Found]:
    """Return the open task of each of some deals that is due first."""
    query = select(TASK.c.id, TASK.c.title, TASK.c.due, TASK.c.about_id.label("about")).where(
        *(TASK.c.about_entity == "deal", TASK.c.about_id.in_(list(numbers))),
        *(TASK.c.done.is_(False), TASK.c.trashed_at.is_(None), TASK.c.archived.is_(False)),
    )
    found = connection.execute(query.order_by(TASK.c.due.desc())).all()
    return {one.about: one for one in found}


def my_tasks(connection: Connection, me: Me, begin: datetime | None, end: datetime) -> Rows:
    """Return somebody's open tasks of a stretch of time, with the deals that they are about."""
    about = and_(TASK.c.about_entity == "deal", DEAL.c.id == TASK.c.about_id, seen(me))
    query = (
        select(
            *(TASK.c.id, TASK.c.title, TASK.c.due, DEAL.c.id.label("about")),
            *(DEAL.c.title.label("deal_title"), DEAL.c.city.label("deal_city")),
            *(DEAL.c.phone.label("deal_phone"), DEAL.c.stage.label("deal_stage")),
        )
        .select_from(TASK)
        .outerjoin(DEAL, about)
        .where(TASK.c.to == me.id, TASK.c.done.is_(False), TASK.c.trashed_at.is_(None))
        .where(TASK.c.archived.is_(False), TASK.c.due < end)
    )
    if begin is not None:
        query = query.where(TASK.c.due >= begin)
    limit = LANE if begin is None else FEW
    return connection.execute(query.order_by(TASK.c.due, TASK.c.id).limit(limit)).all()


def done_today(connection: Connection, me: Me, begin: datetime) -> int:
    """Return how many tasks somebody has finished today."""
    query = select(func.count()).where(
        TASK.c.to == me.id, TASK.c.done.is_(True), TASK.c.updated_at >= begin
    )
    return int(connection.scalar(query) or 0)


def fresh(connection: Connection, me: Me, begin: datetime) -> list[Found]:
    """Return what others made somebody's in the last days, the newest first."""
    found = [
        row
        for kind, table in (("client", CLIENT), ("deal", DEAL))
        for row in connection.execute(
            select(
                literal(kind).label("kind"),
                *(table.c.id, table.c.title, table.c.city, table.c.created_at),
            )
            .where(table.c.owner == me.id, table.c.created_at >= begin)
            .where(or_(table.c.created_by.is_(None), table.c.created_by != me.id))
            .where(table.c.trashed_at.is_(None), table.c.archived.is_(False))
            .order_by(table.c.created_at.desc(), table.c.id.desc())
            .limit(FEW)
        )
    ]
    return sorted(found, key=lambda one: (one.created_at, one.id), reverse=True)[:FEW]


def unread(connection: Connection, me: Me) -> Rows:
    """Return somebody's unread notices."""
    query = select(NOTICE.c.id, NOTICE.c.title).where(
        NOTICE.c.to == me.id, NOTICE.c.read.is_(False), NOTICE.c.trashed_at.is_(None)
    )
    return connection.execute(query.order_by(NOTICE.c.created_at.desc()).limit(FEW)).all()


def changed(connection: Connection, me: Me, begin: datetime) -> list[Found]:
    """Return what others changed in somebody's records.

    The sum keeps SQLite from looking up every record of theirs first: the last days are few.
    """
    return [
        row
        for entity, table in (("client", CLIENT), ("deal", DEAL))
        for row in connection.execute(
            select(HISTORY.c.entity, HISTORY.c.record_id, HISTORY.c.actor_name, HISTORY.c.at)
            .join(table, table.c.id == HISTORY.c.record_id)
            .where(HISTORY.c.entity == entity, HISTORY.c.at >= begin)
            .where(HISTORY.c.action != "create", HISTORY.c.user_id.is_distinct_from(me.id))
            .where(table.c.owner + 0 == me.id, table.c.trashed_at.is_(None))
            .order_by(HISTORY.c.at.desc(), HISTORY.c.id.desc())
            .limit(FEW)
        )
    ]


def day_begin(day: date) -> datetime:
    """Return when a day of the company begins."""
    return datetime(day.year, day.month, day.day, tzinfo=words.ZONE)


def day_end(day: date) -> datetime:
    """Return when a day of the company ends."""
    return day_begin(day + timedelta(days=1))


def cursor(row: Found) -> str:
    """Write the place of a deal in a list."""
    text = json.dumps([row.created_at.isoformat(), row.id])
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(text: str) -> tuple[datetime, int]:
    at, number = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return datetime.fromisoformat(at), number


def _like(column: ColumnElement[str], word: str, before: str = "%") -> ColumnElement[bool]:
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return column.like(f"{before}{escaped}%", escape="\\")


def _with_names(*columns: ColumnElement[Any]) -> Select[Any]:
    return (
        select(
            *(DEAL.c.id, DEAL.c.title, DEAL.c.stage, DEAL.c.client, DEAL.c.owner),
            *columns,
            CLIENT.c.title.label("client_title"),
            OWNER.c.title.label("owner_title"),
        )
        .select_from(DEAL)
        .outerjoin(CLIENT, CLIENT.c.id == DEAL.c.client)
        .outerjoin(OWNER, OWNER.c.id == DEAL.c.owner)
    )
