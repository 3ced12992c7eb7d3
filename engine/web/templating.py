"""The Jinja environment: strict, escaping everything, speaking the language of the request."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from flask import Flask
from jinja2 import StrictUndefined
from markupsafe import Markup

from engine.errors import Message
from engine.metadata.model.field import Field
from engine.metadata.model.text import Value
from engine.resources import resource_dir
from engine.runtime import speech
from engine.runtime.speech import Speech
from engine.web import request as asked
from engine.web import urls
from engine.web.assets import static_url
from engine.web.frame import Frame
from engine.web.security import FORM_TOKEN, form_token

ICON = re.compile(r"[a-z0-9-]+")


def init_templating(app: Flask) -> None:
    """Make the app's templates ours: strict names, i18n, our filters and addresses."""
    app.template_folder = str(resource_dir("ui_templates"))
    app.jinja_options = {
        "undefined": StrictUndefined,
        "autoescape": True,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "extensions": ["jinja2.ext.i18n"],
    }
    app.config["TEMPLATES_AUTO_RELOAD"] = True
    environment = app.jinja_env
    environment.install_gettext_callables(  # type: ignore[attr-defined] # from i18n
        gettext, ngettext, newstyle=True
    )
    environment.filters.update(show=show_value, say=sentence, moment=show_moment)
    environment.globals.update(
        icon=icon,
        static=static_url,
        csrf_input=csrf_input,
        list_url=urls.list_url,
        record_url=urls.record_url,
        edit_url=urls.edit_url,
        new_url=urls.new_url,
        view_url=urls.view_url,
    )
    app.context_processor(frame_of_page)


def frame_of_page() -> dict[str, Any]:
    """Give every template its frame."""
    return {"frame": Frame()}


def gettext(text: str) -> str:
    """Return an engine's word in the language of the request."""
    return asked.services().translator.gettext(text, asked.language())


def ngettext(singular: str, plural: str, number: int) -> str:
    """Return the form of a word that goes with a number, in the language of the request."""
    return asked.services().translator.ngettext(singular, plural, number, asked.language())


def sentence(message: Message) -> str:
    """Return a message of the engine in the language of the request."""
    return asked.services().translator.text(message, asked.language())


def show_value(value: Value, field: Field) -> str:
    """Return a field's value as a person reads it."""
    parts = asked.services()
    return parts.translator.show(value, field, asked.language(), asked.zone(), parts.application)


def show_moment(at: datetime) -> str:
    """Return an instant as this person reads it on their own clock."""
    to = Speech(asked.language(), asked.zone(), asked.services().application, sentence, asked.now())
    return speech.moment(at, to)


def icon(name: str) -> Markup:
    """Return an icon of the sprite; it stands beside a word that says the same."""
    if not ICON.fullmatch(name):
        raise ValueError(f"no icon can be named {name!r}")
    return Markup('<svg class="icon" aria-hidden="true"><use href="{}#i-{}"></use></svg>').format(
        static_url("icons.svg"), name
    )


def csrf_input() -> Markup:
    """Return the hidden input that every form carries."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FORM_TOKEN, form_token())
