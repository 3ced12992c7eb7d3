"""The panel that makes one filter of a list: field, operator, value -> a parameter of the address.

It is a plain GET form. Its controls (`_filter`, `_op`, `_value`, `_to`, `_was`, `_columns`) never
stay in the address: `canonical` turns them into the parameter that they mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from engine.errors import Message, say
from engine.metadata.fieldtypes.base import Storage
from engine.runtime.query.operands import escaped, shown, split, takes_several
from engine.runtime.query.operators import OPERATORS
from engine.runtime.query.paths import FieldPath
from engine.runtime.query.periods import words_for_days
from engine.web.parts.desk import Desk
from engine.web.parts.list_query import ListQuery, Pairs
from engine.web.widgets import Pick

CONTROLS = frozenset({"_filter", "_op", "_value", "_to", "_was", "_columns"})
EMPTY, GIVEN = "empty", "given"
MARKS: Mapping[str, str] = MappingProxyType({EMPTY: "-", GIVEN: "*"})
MANY = frozenset({"options", "link"})

WORDS: Mapping[str, Message] = MappingProxyType(
    {
        "eq": say("is"),
        "ne": say("is not"),
        "gt": say("more than"),
        "ge": say("at least"),
        "lt": say("less than"),
        "le": say("at most"),
        "between": say("between"),
        "has": say("contains"),
        "starts": say("starts with"),
        EMPTY: say("is empty"),
        GIVEN: say("is not empty"),
    }
)
TIME_WORDS: Mapping[str, Message] = MappingProxyType(
    {"gt": say("after"), "ge": say("from"), "lt": say("before"), "le": say("until")}
)
PERIODS = (
    "today",
    "tomorrow",
    "yesterday",
    "this_week",
    "next_week",
    "last_week",
    "this_month",
    "last_month",
    "this_year",
    "last_30_days",
    "in_7_days",
)
KINDS: Mapping[Storage, str] = MappingProxyType(
    {
        Storage.INTEGER: "number",
        Storage.SCALED: "number",
        Storage.BOOL: "options",
        Storage.OPTIONS: "options",
        Storage.DATE: "time",
        Storage.INSTANT: "time",
        Storage.LINK: "link",
        Storage.ANY_LINK: "link",
    }
)


@dataclass(frozen=True, slots=True)
class Panel:
    """One filter being made; `kind` is text, number, time, options or link.

    `more` are further texts that will do as well as `text`.
    """

    path: str
    label: str
    kind: str
    operators: tuple[Pick, ...]
    picks: tuple[Pick, ...]
    choices: tuple[Pick, ...]
    text: str
    more: tuple[str, ...]
    to: str
    picker: str
    was: str
    kept: Pairs
    cancel: str


def canonical(
    pairs: Iterable[tuple[str, str]], find: Callable[[str], FieldPath | None]
) -> Pairs | None:
    """Return the address that the controls mean, None where it needs no change.

    `find` gives the field of a path, None where there is none for this person. A panel that is
    only being opened (no `_op`) stays as it is.
    """
    pairs = tuple(pairs)
    given = {name: [text for one, text in pairs if one == name] for name in CONTROLS}
    plain = tuple(one for one in pairs if one[0] not in CONTROLS and one != ("q", ""))
    if given["_columns"]:
        return (*_without(plain, "columns"), ("columns", ",".join(given["_columns"])))
    if given["_filter"] and given["_op"]:
        named, operator = given["_filter"][0], given["_op"][0]
        values = [one.strip() for one in given["_value"] if one.strip()]
        if is_typed(find(named), operator):
            values = [escaped(one) for one in values]
        made = parameter(named, operator, values, next(iter(given["_to"]), ""))
        kept = _without(plain, *given["_was"], *([made[0]] if made else []))
        return (*kept, made) if made else kept
    return plain if ("q", "") in pairs else None


def _without(pairs: Pairs, *names: str) -> Pairs:
    return tuple((name, text) for name, text in pairs if name not in names)


def is_typed(path: FieldPath | None, operator: str) -> bool:
    """Say whether a comma in a value is its own: in a text, and in a number with decimals."""
    if path is None or operator not in OPERATORS or kind_of(path) not in ("text", "number"):
        return False
    is_whole = path.type.storage is Storage.INTEGER
    return not is_whole and takes_several(OPERATORS[operator], path.field)


def parameter(path: str, operator: str, chosen: Sequence[str], to: str) -> tuple[str, str] | None:
    """Return the parameter for an operator and its values; None where nothing was chosen."""
    if operator in MARKS:
        return path, MARKS[operator]
    if not chosen:
        return None
    name = path if operator == "eq" else f"{path}.{operator}"
    if to.strip() and operator in ("between", "eq", "ge"):
        return f"{path}.between", f"{chosen[0]}..{to.strip()}"
    if len(chosen) > 1:
        return name, ",".join(chosen)
    return name, chosen[0]


def make_panel(desk: Desk, query: ListQuery, path: FieldPath) -> Panel:
    """Return the panel of a field; `_was` names the parameter of the filter that is changed."""
    was = query.control("_was")
    kind = kind_of(path)
    standing = next((one for one in query.request.filters if one.parameter == was), None)
    operator, text = (standing.operator, standing.text) if standing else ("", "")
    if text in MARKS.values() and operator == "eq":
        operator, text = next(name for name, mark in MARKS.items() if mark == text), ""
    low, _, high = text.partition("..") if operator == "between" else (text, "", "")
    more: tuple[str, ...] = ()
    if is_typed(path, operator):
        low, *rest = (shown(one) for one in split(text) or ("",))
        more = tuple(rest)
    chosen = frozenset(text.split(",")) if kind in MANY else frozenset()
    hidden = ((was, ""),) if standing and standing.from_view else ()  # the view's own filter ends
    return Panel(
        path=path.text,
        label=desk.look.text(path.label),
        kind=kind,
        operators=operators_of(desk, path, operator),
        picks=picks_of(desk, path, kind, chosen),
        choices=linked(desk, path, chosen) if kind == "link" else (),
        text=low,
        more=more,
        to=high,
        picker=f"/search/filter/{query.entity.id}/{path.text}",
        was=was,
        kept=(*query.kept(was), *hidden),
        cancel=query.url(),
    )


def kind_of(path: FieldPath) -> str:
    """Return what the value is chosen with."""
    if path.field.type in ("choice", "stage"):
        return "options"
    return KINDS.get(path.type.storage, "text")


def operators_of(desk: Desk, path: FieldPath, chosen: str) -> tuple[Pick, ...]:
    """Return the operators of the field's type, in words."""
    words = {**WORDS, **(TIME_WORDS if kind_of(path) == "time" else {})}
    marks = () if path.field.type == "bool" else (EMPTY, GIVEN)
    names = (*(one for one in path.type.operators if one in words), *marks)
    return tuple(Pick(one, desk.look.text(words[one]), chosen=one == chosen) for one in names)


def picks_of(desk: Desk, path: FieldPath, kind: str, chosen: frozenset[str]) -> tuple[Pick, ...]:
    """Return the values that stand open: options, yes and no, days in words, me and my team."""
    text = desk.look.text
    if path.field.type == "bool":
        named = {"true": text(say("Yes")), "false": text(say("No"))}
    elif kind == "time":
        said = ((name, words_for_days(name)) for name in PERIODS)
        named = {name: text(word) for name, word in said if word}
    elif path.field.to == "user":
        named = {"me": text(say("me")), "my_team": text(say("my team"))}
    else:
        return tuple(
            Pick(one.id, one.label, color=one.color, chosen=one.id in chosen)
            for one in path.field.options.values()
        )
    return tuple(Pick(name, word, chosen=name in chosen) for name, word in named.items())


def linked(desk: Desk, path: FieldPath, chosen: frozenset[str]) -> tuple[Pick, ...]:
    """Return the first few records that the link may point at, with the chosen ones."""
    titles = ((one, desk.choices.title(path.field, one)) for one in sorted(chosen))
    here = tuple(Pick(one, title, chosen=True) for one, title in titles if title)
    others = (one for one in desk.choices.pick(path.field, "") if one.value not in chosen)
    return (*here, *others)
