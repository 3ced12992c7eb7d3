"""The Jinja environments, one for each language: strict, escaping everything, compiled once.

Every template sees `frame` and `nav`, the fields of its context, and what stands in `environment`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache, partial
from typing import Any, cast

from flask import g
from jinja2 import FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from engine.errors import Message
from engine.metadata.model.field import Field
from engine.metadata.model.text import Value
from engine.resources import resource_dir
from engine.runtime import speech
from engine.runtime.catalogues import Words, words_of
from engine.runtime.speech import Speech
from engine.runtime.translate import Translator
from engine.web import request as asked
from engine.web import urls
from engine.web.assets import static_url
from engine.web.frame import Frame
from engine.web.navigation import Navigation, initials
from engine.web.parts.folder_note import served_stamp
from engine.web.security import FORM_TOKEN, form_token
from engine.web.template_code import PageEnvironment

ICON = re.compile(r"[a-z0-9-]+")
ALL_OF_THEM = -1


def render_template(name: str, context: Mapping[str, Any]) -> str:
    """Draw a template in the language of the request."""
    template = environment(asked.language()).get_template(name)
    return template.render(context, frame=Frame(), nav=Navigation())


@cache
def environment(language: str) -> PageEnvironment:
    """Return the templates of a language; each is compiled when it is first asked for."""
    words = words_of(language)
    made = PageEnvironment(
        loader=FileSystemLoader(resource_dir("ui_templates")),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=ALL_OF_THEM,
    )
    made.sentence = words.one
    made.constants = {"icon": icon, "static": lambda path: escape(static_url(path))}
    say = partial(Translator().text, language=language)
    made.filters.update(show=show_value, say=say, moment=show_moment, initials=initials)
    made.globals.update(
        said_in(words),
        icon=icon,
        static=static_url,
        zip=zip,
        once=cache,
        csrf_input=csrf_input,
        list_url=urls.list_url,
        record_url=urls.record_url,
        edit_url=urls.edit_url,
        new_url=urls.new_url,
        view_url=urls.view_url,
    )
    return made


def said_in(words: Words) -> Mapping[str, Any]:
    """Return the functions that say the engine's words in one language."""

    def gettext(text: str, **values: object) -> Markup:
        return Markup(words.one(text)) % values  # noqa: S704 - a text of ours

    def ngettext(singular: str, plural: str, num: int, **values: object) -> Markup:
        text = Markup(words.many(singular, plural, num))  # noqa: S704 - a text of ours
        return text % {"num": num, **values}

    return {"_": gettext, "gettext": gettext, "ngettext": ngettext}


def sentence(message: Message) -> str:
    """Return a message of the engine in the language of the request."""
    return reader().text(message)


def show_value(value: Value, field: Field) -> str:
    """Return a field's value as a person reads it."""
    return speech.show_field(value, field, reader())


def show_moment(at: datetime) -> str:
    """Return an instant as this person reads it on their own clock."""
    return speech.moment(at, reader())


def reader() -> Speech:
    """Return to whom the page speaks; it stays the same to the end of the request."""
    if "reader" not in g:
        g.reader = _reader()
    return cast(Speech, g.reader)


def _reader() -> Speech:
    language, parts = asked.language(), asked.services()
    text = partial(parts.translator.text, language=language)
    return Speech(language, asked.zone(), parts.application, text, asked.now())


@cache
def icon(name: str) -> Markup:
    """Return an icon of the sprite; it stands beside a word that says the same."""
    if not ICON.fullmatch(name):
        raise ValueError(f"no icon can be named {name!r}")
    return Markup('<svg class="icon" aria-hidden="true"><use href="{}#i-{}"></use></svg>').format(
        static_url("icons.svg"), name
    )


def csrf_input() -> Markup:
    """Return the hidden inputs that every form carries: its token, and the version that drew it."""
    if "csrf_input" not in g:
        g.csrf_input = _csrf_input()
    return cast(Markup, g.csrf_input)


def _csrf_input() -> Markup:
    stamp = served_stamp(asked.services().application)
    return Markup(
        '<input type="hidden" name="{}" value="{}"><input type="hidden" name="{}" value="{}">'
    ).format(FORM_TOKEN, form_token(), asked.SERVED, stamp)
