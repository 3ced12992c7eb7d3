"""What stands around every page: brand, who I am, language, look. Its ways are in `navigation`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from flask import request

from engine.runtime.actor import Actor
from engine.web import request as asked
from engine.web.assets import theme_url
from engine.web.parts.folder_note import OFTEN, RARELY, FolderNote, folder_note, served_stamp
from engine.web.security import form_token
from engine.web.toasts import Toast, waiting_toasts

LANGUAGE_NAMES = {"en": "English", "bg": "Български", "ru": "Русский"}


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language that the page could be read in."""

    code: str
    name: str
    is_current: bool


class Frame:
    """The frame of one page; what a template does not ask for is not looked up."""

    @cached_property
    def brand(self) -> str:
        """The name of the CRM."""
        return asked.services().application.label

    @cached_property
    def me(self) -> Actor | None:
        """Who is signed in."""
        return asked.visitor()

    @cached_property
    def is_admin(self) -> bool:
        """Whether this person manages users."""
        return self.me is not None and self.me.is_admin

    @cached_property
    def version(self) -> str:
        """The stamp of the version that drew the page."""
        return served_stamp(asked.services().application)

    @property
    def asks_every(self) -> int:
        """After how many milliseconds the page asks whether there is another version."""
        return OFTEN if asked.services().folder else RARELY

    @cached_property
    def folder_stamp(self) -> str:
        """The stamp of what is said of the folder; '' for those whom it does not concern."""
        folder = asked.services().folder
        return folder.state.stamp if folder and self.is_admin else ""

    @cached_property
    def folder_note(self) -> FolderNote | None:
        """What an administrator has to know of the folder."""
        folder = asked.services().folder
        return folder_note(folder.state) if folder and self.is_admin else None

    @cached_property
    def roles(self) -> tuple[str, ...]:
        """The labels of this person's roles."""
        known = asked.services().application.roles
        return tuple(known[one].label for one in (self.me.roles if self.me else ()) if one in known)

    @cached_property
    def language(self) -> str:
        """The language of the engine's own words."""
        return asked.language()

    @cached_property
    def tongues(self) -> tuple[Tongue, ...]:
        """The languages to choose from."""
        return tuple(
            Tongue(code, LANGUAGE_NAMES[code], code == self.language) for code in asked.LANGUAGES
        )

    @cached_property
    def theme(self) -> str:
        """`light`, `dark`, or '' where the system decides."""
        session = asked.current_session()
        return session.theme if session else ""

    @cached_property
    def density(self) -> str:
        """`compact`, or ''."""
        session = asked.current_session()
        return session.density if session else ""

    @property
    def path(self) -> str:
        """The path of the page."""
        return request.path

    @cached_property
    def csrf(self) -> str:
        """The token that every form and every htmx request carries."""
        return form_token()

    @cached_property
    def theme_url(self) -> str:
        """The address of the style sheet with the company's colour."""
        return theme_url(asked.services().application)

    @cached_property
    def toasts(self) -> tuple[Toast, ...]:
        """What the page before wanted to say here."""
        return waiting_toasts()
