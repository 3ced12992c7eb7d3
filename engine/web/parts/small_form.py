"""A form of a few inputs for one deed: in the dialog of a page, or on a page of its own.

Without a script the page posts and leads back to where it was asked for; with one, the dialog
closes and the page behind it is drawn anew.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from flask import Response

from engine.errors import ValidationFailed
from engine.web.htmx import is_fragment, show, swap_into
from engine.web.parts.forms import Messages
from engine.web.parts.look import Look
from engine.web.widgets import Input


@dataclass(frozen=True, slots=True)
class SmallForm:
    """A form: `kept` travels with it, `next` are inputs under a heading of their own.

    `others` are the sentences about what no input shows.
    """

    action: str
    back: str
    token: str
    title: str
    subject: str
    save: str
    inputs: tuple[Input, ...]
    next: tuple[Input, ...] = ()
    kept: tuple[tuple[str, str], ...] = ()
    others: tuple[str, ...] = ()
    has_mistakes: bool = False


@dataclass(frozen=True, slots=True)
class SmallFormContext:
    """What the form's page or dialog shows."""

    form: SmallForm


def draw_small(form: SmallForm) -> Response:
    """Answer with a form; one that was refused says so with its status."""
    status = ValidationFailed.status if form.has_mistakes else 200
    if is_fragment():
        part = show("parts/small_form.html", SmallFormContext(form), status)
        return swap_into(part, "#dialog", "innerHTML")
    return show("pages/small_form.html", SmallFormContext(form), status)


def others_of(look: Look, drawn: Collection[str], errors: Messages) -> tuple[str, ...]:
    """Return the sentences that no input of a form shows."""
    return tuple(
        look.text(one) for name, many in errors.items() if name not in drawn for one in many
    )
