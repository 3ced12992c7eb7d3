"""What conditions and texts of the configuration mean, found out once for a version."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TypeAlias

from engine.metadata.expressions.compile import Typed, typed
from engine.metadata.expressions.evaluate import Context, Result, closure
from engine.metadata.expressions.names import Scope
from engine.metadata.expressions.templates import TextTemplate, typed_template
from engine.metadata.model.application import Application
from engine.metadata.model.text import Expression, Template

Judge: TypeAlias = Callable[[Context], Result]


class Meanings:
    """Reads conditions and texts about records; those of a configuration are few and stay."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._scope = cache(self._make_scope)
        self.condition = cache(self._condition)
        self.text = cache(self._text)

    def _condition(self, entity_id: str, condition: Expression) -> tuple[Typed, Judge]:
        """Return a condition and what judges it."""
        found = typed(condition, self._scope(entity_id))
        return found, closure(found)

    def _text(self, entity_id: str, template: Template) -> TextTemplate:
        """Return the parts of a text."""
        return typed_template(template, self._scope(entity_id))

    def _make_scope(self, entity_id: str) -> Scope:
        return Scope(self._application, self._application.entity(entity_id))
