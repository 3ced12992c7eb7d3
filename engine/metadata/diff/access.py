"""Changes of rights: what a role reaches, which fields it sees, who may move a record where."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from engine.metadata.diff.change import Change, Sort, Touches
from engine.metadata.diff.spelling import spell
from engine.metadata.model.pipeline import Move, Pipeline
from engine.metadata.model.role import REACHES, Role


def rights(before: Role, after: Role, named_now: Callable[[str], str]) -> Iterator[Change]:
    """Yield what a role gains and loses; `named_now` turns `client.city` into its name of today."""
    address = f"roles.{after.id}"
    old, new = _reaches(before, named_now), _reaches(after, str)
    for name in dict.fromkeys((*old, *new)):
        was, now = _reach(old, name), _reach(new, name)
        if was != now:
            yield _right(f"{address}.can.{name}", "can", was, now, grows=may_grow(was, now))
    yield from _withheld(address, "hide", {named_now(one) for one in before.hide}, after.hide)
    yield from _withheld(
        address, "readonly", {named_now(one) for one in before.readonly}, after.readonly
    )


def _reaches(role: Role, named_now: Callable[[str], str]) -> dict[str, str]:
    return {
        f"{named_now(entity)}.{verb}": reach
        for entity, verbs in role.can.items()
        for verb, reach in verbs.items()
    }


def _reach(reaches: Mapping[str, str], name: str) -> str:
    """Return how far a right goes; whoever sees a record may peek at it without being told so."""
    entity, _, verb = name.rpartition(".")
    seen = reaches.get(f"{entity}.see") if verb == "peek" else None
    return reaches.get(name) or seen or "none"


def _withheld(address: str, key: str, before: set[str], after: frozenset[str]) -> Iterator[Change]:
    for name in sorted(before - after):
        yield _right(f"{address}.{key}.{name}", key, name, "", grows=True)
    for name in sorted(after - before):
        yield _right(f"{address}.{key}.{name}", key, "", name, grows=False)


def _right(address: str, key: str, before: str, after: str, *, grows: bool) -> Change:
    return Change(address, Sort.CHANGED, "right", Touches.ACCESS, key, before, after, grows)


def may_grow(before: str, after: str) -> bool:
    """Say whether a reach may show more than before; two scopes can't be compared."""
    if before in REACHES and after in REACHES:
        return REACHES.index(after) > REACHES.index(before)
    return before != "all" and after != "none"


def moves(address: str, before: Pipeline, after: Pipeline) -> Iterator[Change]:
    """Yield the moves that came, went or are open to others."""
    old, new = _moves_by_name(before), _moves_by_name(after)
    if old is None or new is None:
        if old is not new:
            was, now = ("free" if one is None else "listed" for one in (old, new))
            grows = old is not None and any(one.roles for one in old.values())
            yield Change(
                address, Sort.CHANGED, "move", Touches.ACCESS, "moves", was, now, grows=grows
            )
        return
    for name in dict.fromkeys((*old, *new)):
        yield from _move(f"{address}.{name}", old.get(name), new.get(name))


def _move(address: str, before: Move | None, after: Move | None) -> Iterator[Change]:
    if before is None or after is None:
        sort = Sort.ADDED if before is None else Sort.REMOVED
        yield Change(address, sort, "move", Touches.BEHAVIOUR)
        return
    if spell(before.when) != spell(after.when):
        was, now = spell(before.when), spell(after.when)
        yield Change(f"{address}.when", Sort.CHANGED, "move", Touches.BEHAVIOUR, "when", was, now)
    if before.roles != after.roles:
        was, now = spell(before.roles), spell(after.roles)
        grows = bool(before.roles) and not (after.roles and set(after.roles) <= set(before.roles))
        yield Change(
            f"{address}.roles", Sort.CHANGED, "move", Touches.ACCESS, "roles", was, now, grows=grows
        )


def _moves_by_name(pipeline: Pipeline) -> dict[str, Move] | None:
    if pipeline.moves is None:
        return None
    return {f"{one.source}.{one.target}": one for moves in pipeline.moves.values() for one in moves}
