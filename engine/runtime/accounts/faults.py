"""What is wrong with what somebody typed about a user, by field."""

from __future__ import annotations

import re
from collections.abc import Mapping

from engine.errors import Message, ValidationFailed, say
from engine.metadata.model.application import Application

Faults = dict[str, tuple[Message, ...]]
LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}")  # as the core package asks
LONGEST_NAME = 200


def login_faults(login: str) -> tuple[Message, ...]:
    """Return what is wrong with a new login."""
    if not login:
        return (say("Write a login."),)
    if not LOGIN.fullmatch(login):
        return (say("Small Latin letters, digits, dots, dashes; at most 60 of them."),)
    return ()


def name_faults(name: str) -> tuple[Message, ...]:
    """Return what is wrong with a person's name."""
    if not name:
        return (say("Write a name."),)
    if len(name) > LONGEST_NAME:
        return (say("Take at most {number} characters.", number=LONGEST_NAME),)
    return () if name.isprintable() else (say("Use letters, digits and signs only."),)


def role_faults(roles: tuple[str, ...], application: Application) -> tuple[Message, ...]:
    """Return what is wrong with the roles; an unknown one lists those that there are."""
    unknown = [one for one in roles if one not in application.roles]
    if unknown:
        return (
            say(
                "There is no role '{role}'. The roles are: {roles}.",
                role=unknown[0],
                roles=", ".join(application.roles),
            ),
        )
    return () if roles else (say("Choose at least one role."),)


def differs(password: str, repeated: str) -> tuple[Message, ...]:
    """Return what is wrong with a password typed twice."""
    return () if password == repeated else (say("The two passwords differ."),)


def refuse(faults: Mapping[str, tuple[Message, ...]]) -> None:
    """Refuse if there is any fault."""
    found = {field: messages for field, messages in faults.items() if messages}
    if found:
        raise ValidationFailed(found)
