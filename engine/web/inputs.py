"""Inputs of forms that are about no record: sign-in, account, users."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from engine.errors import Message
from engine.web.templating import sentence
from engine.web.widgets import Input, Pick, zone_picks

Errors = Mapping[str, tuple[Message, ...]]


class Inputs:
    """Makes inputs that show what was typed and what is wrong with it."""

    def __init__(self, errors: Errors, prefix: str = "f") -> None:
        self._errors = errors
        self._prefix = prefix

    def text(
        self,
        name: str,
        label: Message,
        text: str = "",
        widget: str = "text",
        hint: Message | None = None,
        *,
        required: bool = True,
    ) -> Input:
        """Return a line of text, or another widget that holds one."""
        return Input(
            name=name,
            widget=widget,
            label=sentence(label),
            text=text,
            hint=sentence(hint) if hint else "",
            required=required,
            errors=self.said(name),
            prefix=self._prefix,
        )

    def one_of(
        self, name: str, label: Message, text: str, labels: Mapping[str, Message], none: Message
    ) -> Input:
        """Return a list of which one is chosen; `none` says what choosing nothing means."""
        return Input(
            name=name,
            widget="choice",
            label=sentence(label),
            text=text,
            placeholder=sentence(none),
            errors=self.said(name),
            picks=picks(labels, {text}),
            prefix=self._prefix,
        )

    def zone(self, name: str, label: Message, text: str, company: str) -> Input:
        """Return a time zone; empty means the company's, which is shown."""
        return Input(
            name=name,
            widget="timezone",
            label=sentence(label),
            text=text,
            placeholder=company,
            errors=self.said(name),
            picks=zone_picks(),
            prefix=self._prefix,
        )

    def some_of(
        self, name: str, label: Message, labels: Mapping[str, Message], chosen: Collection[str]
    ) -> Input:
        """Return boxes to tick."""
        return Input(
            name=name,
            widget="choices",
            label=sentence(label),
            required=True,
            grouped=True,
            errors=self.said(name),
            picks=picks(labels, chosen),
            size="full",
            prefix=self._prefix,
        )

    def said(self, name: str) -> tuple[str, ...]:
        """Return what is wrong with a field, in the language of the request."""
        return tuple(sentence(one) for one in self._errors.get(name, ()))


def picks(labels: Mapping[str, Message], chosen: Collection[str]) -> tuple[Pick, ...]:
    """Return what can be chosen, in the order given."""
    return tuple(Pick(key, sentence(label), chosen=key in chosen) for key, label in labels.items())
