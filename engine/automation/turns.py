"""Whose turn it is: of several people one, and the next one the next time.

The row of a turn is locked until the end of the transaction, so that two requests that come at
the same moment do not go to the same person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select, update

from engine.runtime.tables.system import TURNS
from engine.runtime.upsert import insert_new

NOBODY = 0


def hold_turn(connection: Connection, address: str) -> int:
    """Lock the turn of a step and return who had it last."""
    insert_new(connection, TURNS, {"address": address, "user_id": NOBODY})
    query = select(TURNS.c.user_id).where(TURNS.c.address == address).with_for_update()
    last: int = connection.scalars(query).one()
    return last


def give_turn(connection: Connection, address: str, user_id: int) -> None:
    """Write down who has the turn now."""
    connection.execute(update(TURNS).where(TURNS.c.address == address).values(user_id=user_id))


def in_turn(people: Sequence[int], last: int) -> tuple[int, ...]:
    """Return people in the order of their turns: first whoever comes behind the last one."""
    ordered = sorted(people)
    behind = [one for one in ordered if one > last]
    return (*behind, *(one for one in ordered if one <= last))


def least_busy(people: Sequence[int], last: int, tasks: Mapping[int, int]) -> int:
    """Return who has the fewest open tasks; of equals, whose turn it is."""
    return min(in_turn(people, last), key=lambda one: tasks.get(one, 0))
