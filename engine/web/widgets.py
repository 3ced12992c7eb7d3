"""A field and its value -> an `Input`, which `widgets/<widget>.html` draws.

The macro `field` of `macros/fields.html` draws one input with its label, help and the line below;
what a person typed stands in the control again when the form comes back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Protocol
from zoneinfo import available_timezones

from engine.errors import Message, say
from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.metadata.model.application import Application
from engine.metadata.model.field import Field
from engine.metadata.model.text import RecordRef, Value
from engine.runtime.records.conditions import FieldState
from engine.runtime.writing import currency_sign
from engine.web.quick import (
    Now,
    Press,
    bound,
    bound_words,
    hour_there,
    quick_days,
    quick_hours,
    quick_moments,
)

FEW = 4  # options up to this number stand open, as buttons to press
GROUPED = frozenset({"choices", "date", "datetime"})
FULL = frozenset({"long_text", "datetime", "date", "choices"})
SMALL = frozenset({"number", "bool"})


@dataclass(frozen=True, slots=True)
class Pick:
    """One value that may be chosen."""

    value: str
    label: str
    note: str = ""
    color: str = ""
    chosen: bool = False


class Picker(Protocol):
    """Finds records that a link may point at: (entity, id, title, subtitle) each."""

    def __call__(self, field: Field, text: str) -> Sequence[Pick]:
        """Return the best few."""
        ...


@dataclass(frozen=True, slots=True)
class Input:
    """One field of a form, ready to be drawn."""

    name: str
    widget: str
    label: str
    text: str = ""
    shown: str = ""
    help: str = ""
    placeholder: str = ""
    hint: str = ""
    unit: str = ""
    docs: str = ""
    visible: bool = True
    required: bool = False
    readonly: bool = False
    reason: str = ""
    errors: tuple[str, ...] = ()
    picks: tuple[Pick, ...] = ()
    days: tuple[Press, ...] = ()
    hours: tuple[Press, ...] = ()
    quick: tuple[Press, ...] = ()
    native: str = ""
    said: str = ""
    said_there: str = ""
    there: str = ""
    href: str = ""
    picker: str = ""
    create: str = ""
    find: str = ""
    more: bool = False
    grouped: bool = False
    size: str = ""
    prefix: str = "f"

    @property
    def id(self) -> str:
        """Return the element's id: unique on the page by the form's prefix."""
        return f"{self.prefix}-{self.name}"

    @property
    def described(self) -> str:
        """Return the ids of what explains the control."""
        return f"{self.id}-below" + (f" {self.id}-help" if self.help else "")

    @property
    def state(self) -> str:
        """Return a mark that differs when the field must be drawn anew during typing."""
        flags = f"{self.visible:d}{self.required:d}{self.readonly:d}"
        drawn = self.shown if self.readonly else ""
        picks = ",".join(one.value for one in self.picks)
        return "|".join((flags, self.reason, picks, drawn, *self.errors))


@dataclass(frozen=True, slots=True)
class FormState:
    """What a form stands on: stored values, texts as typed, and what the server says of them.

    `titles` names the record that each link shows, stored or just chosen.
    """

    values: Mapping[str, Value] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    verdicts: Mapping[str, FieldState] = field(default_factory=dict)
    errors: Mapping[str, tuple[Message, ...]] = field(default_factory=dict)
    finds: Mapping[str, str] = field(default_factory=dict)
    readonly: frozenset[str] = frozenset()


class Widgets:
    """Makes inputs for one person's forms."""

    def __init__(
        self,
        application: Application,
        now: Now,
        text: Callable[[Message], str],
        show: Callable[[Value, Field], str],
        pick: Picker,
    ) -> None:
        """Keep who speaks (`text`), who formats (`show`) and who finds records (`pick`)."""
        self.application = application
        self.now = now
        self.text = text
        self.show = show
        self.pick = pick

    def input(self, one: Field, state: FormState, prefix: str = "f") -> Input:
        """Return the input of a field."""
        kind = FIELD_TYPES[one.type]
        value = state.values.get(one.id)
        typed = state.typed.get(one.id)
        verdict = state.verdicts.get(one.id)
        text = typed[0] if typed else self._text(value, one)
        made = Input(
            name=one.id,
            widget=kind.widget,
            label=one.label,
            text=text,
            shown=state.titles.get(one.id) or self.show(value, one),
            help=one.help,
            placeholder=one.placeholder,
            hint=self._hint(one),
            unit=self.unit(one),
            docs=one.docs,
            visible=verdict.visible if verdict else not one.hidden,
            required=verdict.required if verdict else one.required,
            readonly=self._readonly(one, verdict, state),
            reason=self.text(verdict.reason) if verdict and verdict.reason else "",
            errors=tuple(self.text(each) for each in state.errors.get(one.id, ())),
            quick=tuple(Press(each, each, chosen=each == text) for each in one.quick),
            grouped=kind.widget in GROUPED,
            size="full" if kind.widget in FULL else "s" if kind.widget in SMALL else "",
            prefix=prefix,
        )
        finish = FINISH.get(kind.widget)
        if finish is None or made.readonly:
            return replace(made, grouped=False) if made.readonly else made
        return finish(self, made, one, state)

    def inputs(
        self, fields: Sequence[Field], state: FormState, prefix: str = "f"
    ) -> tuple[Input, ...]:
        """Return the inputs of several fields in their order."""
        return tuple(self.input(one, state, prefix) for one in fields)

    def unit(self, one: Field) -> str:
        """Return what stands behind a number: its unit, the currency or %."""
        if one.type == "money":
            return currency_sign(self.application.currency, self.now.language)
        return one.unit or ("%" if one.type == "percent" else "")

    def _readonly(self, one: Field, verdict: FieldState | None, state: FormState) -> bool:
        fixed = one.readonly or one.formula is not None or one.type in ("stage", "sequence")
        return fixed or one.id in state.readonly or bool(verdict and verdict.readonly)

    def _text(self, value: Value, one: Field) -> str:
        """Return a value as a person would type it."""
        match value:
            case None:
                return ""
            case bool():
                return "true" if value else "false"
            case datetime():
                return f"{value.astimezone(self.now.zone):%Y-%m-%d %H:%M}"
            case date():
                return value.isoformat()
            case Decimal():
                return _plain(value, self.application.currency_decimals, money=one.type == "money")
            case RecordRef():
                return f"{value.entity}/{value.id}"
            case tuple():
                return ", ".join(value)
            case _:
                return str(value)

    def _hint(self, one: Field) -> str:
        """Return the line below a control: its bounds, or an example."""
        if one.type in ("date", "datetime"):
            return self._time_hint(one)
        match one.min, one.max:
            case str(low), str(high):
                return self.text(say("From {low} to {high}", low=low, high=high))
            case str(low), None:
                return self.text(say("At least {low}", low=low))
            case None, str(high):
                return self.text(say("At most {high}", high=high))
        return self.text(say("For example {example}", example=one.example)) if one.example else ""

    def _time_hint(self, one: Field) -> str:
        low, high = (
            bound_words(self.now, each, self.text) if each else "" for each in (one.min, one.max)
        )
        if low and high:
            return self.text(say("From {low} to {high}", low=low, high=high))
        if low:
            return self.text(say("Not before {low}", low=low))
        return self.text(say("Not after {high}", high=high)) if high else ""


Finish = Callable[[Widgets, Input, Field, FormState], Input]


# All of these share one signature; not each needs every part of it.
# ruff: noqa: ARG001


def _choice(widgets: Widgets, made: Input, one: Field, state: FormState) -> Input:
    """Add the options: few of them stand open, many in a list."""
    picks = _options(one, state, {made.text})
    few = len(picks) <= FEW
    return replace(made, picks=picks, grouped=few)


def _choices(widgets: Widgets, made: Input, one: Field, state: FormState) -> Input:
    """Add the options to tick."""
    value = state.values.get(one.id)
    stored = value if isinstance(value, tuple) else ()
    chosen = set(state.typed.get(one.id, stored))
    return replace(made, picks=_options(one, state, chosen))


def _options(one: Field, state: FormState, chosen: set[str]) -> tuple[Pick, ...]:
    verdict = state.verdicts.get(one.id)
    allowed = verdict.options if verdict and verdict.options is not None else tuple(one.options)
    return tuple(
        Pick(each.id, each.label, each.help, each.color, each.id in chosen)
        for each in one.options.values()
        if each.id in allowed or each.id in chosen
    )


def _date(widgets: Widgets, made: Input, one: Field, state: FormState) -> Input:
    """Add the day buttons and the browser's own calendar."""
    day = _day_of(made.text)
    days = _days(widgets, one, day)
    return replace(
        made,
        quick=quick_moments(widgets.now, one.quick, made.text, widgets.text, timed=False),
        days=days,
        native=day.isoformat() if day else "",
        said=_said(widgets, made, one, state),
        hint="",
    )


def _datetime(widgets: Widgets, made: Input, one: Field, state: FormState) -> Input:
    """Add the buttons for day and hour and the browser's own calendar."""
    moment = _moment_of(made.text)
    return replace(
        made,
        quick=quick_moments(widgets.now, one.quick, made.text, widgets.text, timed=True),
        days=_days(widgets, one, moment.date() if moment else None),
        hours=quick_hours(
            widgets.now, moment.time() if moment else None, moment.date() if moment else None
        ),
        native=f"{moment:%Y-%m-%dT%H:%M}" if moment else "",
        said=_said(widgets, made, one, state),
        said_there=_said_there(widgets, moment),
        there=widgets.now.there.key if widgets.now.there else "",
        hint="",
    )


def _days(widgets: Widgets, one: Field, day: date | None) -> tuple[Press, ...]:
    now = widgets.now
    low, high = bound(now, one.min, date.min), bound(now, one.max, date.max)
    return quick_days(now, day, widgets.text, low, high)


def _said(widgets: Widgets, made: Input, one: Field, state: FormState) -> str:
    """Return the moment read back in words, or the hint while there is none."""
    told = "" if one.id in state.typed else widgets.show(state.values.get(one.id), one)
    return told or made.hint


def _said_there(widgets: Widgets, moment: datetime | None) -> str:
    """Return the hour where the other person is."""
    if moment is None:
        return ""
    words = hour_there(widgets.now, moment.replace(tzinfo=widgets.now.zone))
    return widgets.text(words) if words else ""


def _day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _moment_of(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _link(widgets: Widgets, made: Input, one: Field, state: FormState) -> Input:
    """Add the chosen record and the first few others, as a plain browser needs them."""
    find = state.finds.get(one.id, "")
    found = widgets.pick(one, find)
    others = tuple(
        replace(each, chosen=True) if each.value == made.text else each for each in found
    )
    missing = made.text and not any(each.chosen for each in others)
    here = (Pick(made.text, made.shown or made.text, chosen=True),) if missing else ()
    return replace(
        made,
        picks=here + others,
        find=find,
        picker=f"/search/pick/{one.entity}/{one.id}",
        create=f"/{one.to}/new" if one.to else "",
        shown=next((each.label for each in here + others if each.chosen), ""),
    )


def _timezone(widgets: Widgets, made: Input, one: Field, state: FormState) -> Input:
    """Add every zone of the world."""
    return replace(made, picks=zone_picks())


@cache
def zone_picks() -> tuple[Pick, ...]:
    """Return every zone of the world by its present name."""
    named = (zone for zone in available_timezones() if "/" in zone and not _old(zone))
    return tuple(Pick(zone, zone.rpartition("/")[2].replace("_", " ")) for zone in sorted(named))


def _old(zone: str) -> bool:
    return zone.startswith(("Etc/", "SystemV/", "US/", "posix/", "right/", "Brazil/", "Canada/"))


def _plain(value: Decimal, decimals: int, *, money: bool) -> str:
    """Return a number without grouping; an amount keeps its decimals, others drop what is zero."""
    if money:
        return f"{value:.{decimals}f}"
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


FINISH: Mapping[str, Finish] = MappingProxyType(
    {
        "choice": _choice,
        "choices": _choices,
        "date": _date,
        "datetime": _datetime,
        "link": _link,
        "any_link": _link,
        "timezone": _timezone,
    }
)
