"""Errors of the engine: what went wrong, said to a person, with the HTTP status that fits.

A `Message` is an English sentence with {named} places; it is translated only when shown.
An author's mistakes in YAML are `Problem` values (metadata.problems), never exceptions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence for a person: an English text with {named} places and their values.

    Where `plural` is given, the value named `number` chooses between the two texts.
    """

    text: str
    values: Mapping[str, object] = field(default_factory=dict)
    plural: str = ""

    def __str__(self) -> str:
        """Return the sentence in English."""
        text = self.plural if self.plural and self.values.get("number") != 1 else self.text
        return text.format_map(self.values) if self.values else text


def say(text: str, /, **values: object) -> Message:
    """Build a message; the catalogue extractor collects the texts of these calls."""
    return Message(text, values)


def say_many(one: str, many: str, number: int, /, **values: object) -> Message:
    """Build a message about so many things: `say_many("{number} day", "{number} days", 3)`."""
    return Message(one, {"number": number, **values}, many)


VERBATIM = "{text}"


def verbatim(text: str) -> Message:
    """Wrap a text of the configuration, which is shown as it is written."""
    return Message(VERBATIM, {"text": text})


class EngineError(Exception):
    """The base of every error that a person may meet."""

    code = "error"
    status = 500
    is_logged = False  # whether it stands among the denials of the log

    def __init__(self, message: Message | str, hint: Message | str | None = None) -> None:
        """Keep the sentence and, where there is one, the way out."""
        self.message = verbatim(message) if isinstance(message, str) else message
        self.hint = verbatim(hint) if isinstance(hint, str) else hint
        super().__init__(str(self.message))


class NotFound(EngineError):
    """There is no such thing, or none that this actor may know of."""

    code = "not_found"
    status = 404


class NotAllowed(EngineError):
    """The actor sees the record, and may not do this with it."""

    code = "not_allowed"
    status = 403


class SignInNeeded(EngineError):
    """Nobody is signed in, or the session has ended."""

    code = "sign_in_needed"
    status = 401


class BadQuery(EngineError):
    """A parameter of the address is unknown, repeated, forbidden or not understood."""

    code = "bad_query"
    status = 400

    def __init__(self, parameter: str, message: Message | str) -> None:
        """Keep the name of the parameter beside the sentence."""
        super().__init__(message)
        self.parameter = parameter


class ValidationFailed(EngineError):
    """Values were refused; `messages` maps a field id ('' for the record) to sentences."""

    code = "validation_failed"
    status = 422

    def __init__(self, messages: Mapping[str, tuple[Message, ...]]) -> None:
        """Keep the sentences by field."""
        super().__init__(say("Not saved yet: some fields need a change."))
        self.messages = messages


class Conflict(EngineError):
    """Somebody else changed the same fields; `fields` maps a field id to (theirs, ours)."""

    code = "conflict"
    status = 409

    def __init__(
        self,
        message: Message | str,
        fields: Mapping[str, tuple[object, object]] | None = None,
        version: int | None = None,
    ) -> None:
        """Keep both values of every field in dispute and the version that holds theirs."""
        super().__init__(message)
        self.fields = dict(fields or {})
        self.version = version


class TooManyAttempts(EngineError):
    """Too many failed attempts; try again after `retry_after` seconds."""

    code = "too_many_attempts"
    status = 429

    def __init__(self, message: Message | str, retry_after: int) -> None:
        """Keep the seconds to wait."""
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(EngineError):
    """The database can't be reached or written right now."""

    code = "unavailable"
    status = 503


class Outdated(Unavailable):
    """Another version of the CRM is served by now; nothing was done, and the same may succeed."""

    code = "outdated"


class Refused(EngineError):
    """A command that will not run as asked (exit code 3 on the command line)."""

    code = "refused"
    status = 409
